"""Which physical line of a file a record stands on, and the proof that no line was lost.

DuckDB reads records; people open files at line numbers. Belongs here: the map from the one to the other, and the count of
lines against records. Does not belong here: reading records (scan.py).
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.contracts.model import Table
from orchestration.ingestion.file_bytes import CHUNK
from orchestration.ingestion.header import csv_dialect
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text_file import TextFile

_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r)(?=\r\n|\n|\r)")


@dataclass(frozen=True)
class LineMap:
    """Lines of one file: `above` lines stand before the first row; `missing` lines below it are no rows that could be read, in order."""

    text: TextFile
    skipped: int
    above: int
    missing: tuple[int, ...]
    plain: bool
    dialect: Mapping[str, Any]

    def create(self, con: duckdb.DuckDBPyConnection, ordinals: str) -> None:
        """Create temp table `line_of(ordinal, line)` for the 1-based record ordinals that the query `ordinals` selects."""
        if self.plain:
            # A literal, not a parameter: binding one imports pandas, which costs most of a second per process.
            con.execute(
                f"""CREATE OR REPLACE TEMP TABLE line_of AS
                WITH given AS (SELECT unnest({list(self.missing)}::BIGINT[]) AS line),
                missing AS (SELECT line, row_number() OVER (ORDER BY line) AS lost FROM given),
                before AS (SELECT line - lost - {self.above} AS records, max(lost) AS lost FROM missing GROUP BY 1)
                SELECT wanted.ordinal, {self.above} + wanted.ordinal + coalesce(before.lost, 0) AS line
                FROM (SELECT DISTINCT ordinal FROM ({ordinals})) AS wanted ASOF LEFT JOIN before ON wanted.ordinal > before.records"""
            )
            return
        missing = set(self.missing)
        starts = [line for physical, line in self.starts() if physical not in missing]
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE line_of AS
            SELECT ordinal, list_extract(?::BIGINT[], ordinal) AS line FROM (SELECT DISTINCT ordinal FROM ({ordinals}))""",
            [starts],
        )

    def starts(self) -> list[tuple[int, int]]:
        """(first line, number to tell the sender) of each record, read the slow way: only for files with blank lines or line ends
        inside quotes. Rows of a sheet are counted, not lines: a cell may hold several."""
        starts: list[tuple[int, int]] = []
        with self.text.path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, delimiter=self.text.delimiter, **self.dialect)
            if self.text.numbering == "line":
                for _ in range(self.skipped):
                    stream.readline()
            end = 0
            base = self.skipped if self.text.numbering == "line" else 0
            for number, row in enumerate(rows, 1):
                if row and base + end >= self.skipped:
                    starts.append((base + end + 1, number if self.text.numbering == "row" else base + end + 1))
                end = rows.line_num
        return starts


def rows_above(table: Table, text: TextFile, skipped: int) -> int:
    """How many rows DuckDB has to skip so that it starts below line `skipped`: a title may hold line ends, blank lines are rows."""
    found = 0
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream, delimiter=text.delimiter, **csv_dialect(table))
        while rows.line_num < skipped and next(rows, None) is not None:
            found += 1
    return found


def account(table: Table, text: TextFile, skipped: int, ragged: tuple[int, ...], records: int, name: str) -> LineMap:
    """Prove that `records` parsed records and the ragged lines are the whole file. Raises FileProblem 'unreadable' if not."""
    plain = text.lines - skipped == records + len(ragged)
    above = 0 if text.titled else skipped
    lines = LineMap(text, skipped, above, tuple(sorted({*ragged, *text.dropped})), plain, csv_dialect(table))
    if plain or text.lines - skipped - _blank_lines(text.path, skipped) == records + len(ragged):
        return lines
    try:
        starts = lines.starts()
    except csv.Error:
        raise FileProblem("unreadable", table.name, name) from None
    if len(starts) != records + len(ragged):
        raise FileProblem("unreadable", table.name, name, starts[-1][1] if starts else skipped)
    return lines


def _blank_lines(path: Path, skipped: int) -> int:
    """Empty lines below the header."""
    found = 0
    with path.open("rb") as stream:
        for _ in range(skipped):
            stream.readline()
        tail = b"\n" if skipped else b""
        while chunk := stream.read(CHUNK):
            found += len(_BLANK_LINE.findall(tail + chunk))
            tail = chunk[-1:] if chunk[-1:] in b"\r\n" else b""
        return found
