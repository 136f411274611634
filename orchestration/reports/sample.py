"""The first rows that a contract makes of each table of a delivery, for the person who writes the contract.

Belongs here: reading them. Does not belong here: what senders are told (facts.py), how they are shown (cli/check.py).
These are values of children: they are for the screen of whoever asks and stand in no report, log or JSON document.
"""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract
from orchestration.feeds import FEEDS
from orchestration.ingestion.record import DeliveryRecord, reading_folder
from orchestration.sql import literal


@dataclass(frozen=True)
class Sample:
    """Accepted rows of one table, in the order of its files; None is a missing value."""

    table: str
    feed: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...] = field(repr=False)


def first_rows(con: duckdb.DuckDBPyConnection, contract: Contract, raw_dir: Path, record: DeliveryRecord, most: int) -> tuple[Sample, ...]:
    """At most so many rows of each table that was read; a delivery that is not taken in has none."""
    found = []
    for number, table in enumerate(contract.tables):
        files = sorted(reading_folder(raw_dir, table.feed, record).glob(f"{number:03}-*.parquet"))
        if not files:
            continue
        relation = con.sql(f"FROM read_parquet([{', '.join(literal(str(file)) for file in files)}], union_by_name = true)")
        columns = tuple(name for name in FEEDS[table.feed].by_name if name in relation.columns)
        texts = ", ".join(f"{name}::VARCHAR" for name in columns)
        found.append(Sample(table.name, table.feed, columns, tuple(relation.project(texts).limit(most).fetchall())))
    return tuple(found)
