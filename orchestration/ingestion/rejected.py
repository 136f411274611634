"""The rejected rows of one delivery, read back as they were kept.

Belongs here: reading them. Does not belong here: writing them (reject.py), what a sender is told (reports).
`row_text` is the delivered row and must not reach a log or a message.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.ingestion.record import REJECTED, DeliveryRecord, reading_folder
from orchestration.sql import literal

_AT_ONCE = 10_000


class RejectedRow(NamedTuple):
    """One broken rule of one delivered row; `column` is the feed column, '' where the whole row is meant."""

    table: str
    feed: str
    file: str
    line: int
    column: str
    rule: str
    reason: str
    row_text: str | None


def rejected_files(raw_dir: Path, record: DeliveryRecord) -> list[Path]:
    """Parquet files of the reading that counts; columns as in RejectedRow, but table_name and column_name."""
    return sorted(reading_folder(raw_dir, REJECTED, record).glob("*.parquet"))


def rejected_rows(raw_dir: Path, record: DeliveryRecord) -> Iterator[RejectedRow]:
    """In the order of tables, files and lines; never all at once in memory."""
    rows = _stored(raw_dir, record)
    if rows is None:
        return
    with duckdb.connect(":memory:") as con:
        con.execute(
            f"""SELECT table_name, feed, file, line, column_name, rule, reason, row_text FROM {rows}
            ORDER BY table_name, file, line, column_name, rule"""
        )
        while batch := con.fetchmany(_AT_ONCE):
            yield from map(RejectedRow._make, batch)


def rejected_counts(raw_dir: Path, record: DeliveryRecord) -> list[tuple[str, str, int]]:
    """(table, rule, rows) of one delivery."""
    rows = _stored(raw_dir, record)
    if rows is None:
        return []
    with duckdb.connect(":memory:") as con:
        return con.execute(f"SELECT table_name, rule, count(*) FROM {rows} GROUP BY ALL ORDER BY ALL").fetchall()


def _stored(raw_dir: Path, record: DeliveryRecord) -> str | None:
    """The relation of all rejected rows; None where there are none."""
    listed = ", ".join(literal(str(file)) for file in rejected_files(raw_dir, record))
    return f"read_parquet([{listed}], union_by_name = true)" if listed else None
