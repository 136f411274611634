"""Which physical line of a file a record stands on, and the proof that no line was lost.

DuckDB reads records; people open files at line numbers. Belongs here: the map from the one to the other, and the count of
lines against records. Does not belong here: reading records (scan.py).
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from orchestration.contracts.model import Table
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text import CHUNK, TextFile

_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r)(?=\r\n|\n|\r)")


@dataclass(frozen=True)
class LineMap:
    """Lines of one file: `ragged` are lines DuckDB could not split into the header's columns, in order."""

    path: Path
    skipped: int
    ragged: tuple[int, ...]
    plain: bool
    delimiter: str
    quote: str

    def create(self, con: duckdb.DuckDBPyConnection, ordinals: str) -> None:
        """Create temp table `line_of(ordinal, line)` for the 1-based record ordinals that the query `ordinals` selects."""
        if self.plain:
            con.execute("CREATE OR REPLACE TEMP TABLE ragged_line AS SELECT unnest(?::BIGINT[]) AS line", [list(self.ragged)])
            con.execute(
                f"""CREATE OR REPLACE TEMP TABLE line_of AS
                WITH before AS (SELECT line - row_number() OVER (ORDER BY line) - {self.skipped} AS records FROM ragged_line)
                SELECT ordinal, {self.skipped} + ordinal + (SELECT count(*) FROM before WHERE records < ordinal) AS line
                FROM (SELECT DISTINCT ordinal FROM ({ordinals}))"""
            )
            return
        ragged = set(self.ragged)
        starts = [line for line in self._starts() if line not in ragged]
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE line_of AS
            SELECT ordinal, list_extract(?::BIGINT[], ordinal) AS line FROM (SELECT DISTINCT ordinal FROM ({ordinals}))""",
            [starts],
        )

    def _starts(self) -> list[int]:
        """First line of each record, read the slow way: only for files with blank lines or line ends inside quotes."""
        starts: list[int] = []
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            for _ in range(self.skipped):
                stream.readline()
            rows = csv.reader(stream, delimiter=self.delimiter, quotechar=self.quote or None, quoting=_quoting(self.quote))
            end = 0
            for row in rows:
                if row:
                    starts.append(self.skipped + end + 1)
                end = rows.line_num
        return starts


def account(table: Table, text: TextFile, skipped: int, ragged: tuple[int, ...], records: int, name: str) -> LineMap:
    """Prove that `records` parsed records and the ragged lines are the whole file. Raises FileProblem 'unreadable' if not."""
    plain = text.lines - skipped == records + len(ragged)
    lines = LineMap(text.path, skipped, ragged, plain, text.delimiter, table.reader.quote)
    if plain or text.lines - skipped - _blank_lines(text.path, skipped) == records + len(ragged):
        return lines
    try:
        starts = lines._starts()
    except csv.Error:
        raise FileProblem("unreadable", table.name, name) from None
    if len(starts) != records + len(ragged):
        raise FileProblem("unreadable", table.name, name, starts[-1] if starts else skipped)
    return lines


def _quoting(quote: str) -> Literal[0, 3]:
    return csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE


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
