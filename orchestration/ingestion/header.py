"""Where the header of a delimited file stands, which column is which, and which layout of its table the file has.

Belongs here: header search, merged two-row headers, named columns of headerless files, other names of a column.
Does not belong here: the rows below the header (scan.py).
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from orchestration.contracts.columns import column_aliases, required_columns
from orchestration.contracts.model import Layout, Table
from orchestration.contracts.refused import is_refused
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text_file import TextFile

SEARCHED_LINES = 50
_POSITION = re.compile(r"^#(\d+)$")
Lines = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Header:
    """`names` of all columns in file order; rows start after `skipped` physical lines; `aliases`: other headers of a column."""

    names: tuple[str, ...]
    skipped: int
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def index(self, name: str) -> int | None:
        """0-based position of a header text (blanks folded, case ignored) or of '#n'; where it is absent, of its first alias."""
        return next((found for text in (name, *self.aliases.get(name, ())) if (found := self._index(text)) is not None), None)

    def title(self, index: int) -> str:
        """The header text of a column, or '#n' where it has none of its own."""
        name = self.names[index]
        return name if name and self._positions.get(_fold(name)) == index else f"#{index + 1}"

    def _index(self, name: str) -> int | None:
        if match := _POSITION.match(name):
            index = int(match[1]) - 1
            return index if 0 <= index < len(self.names) and not is_refused(self.names[index]) else None
        return self._positions.get(_fold(name))

    @cached_property
    def _positions(self) -> dict[str, int]:
        """The first column of each header text."""
        return {_fold(name): index for index, name in reversed(list(enumerate(self.names)))}


def read_header(table: Table, text: TextFile, name: str) -> tuple[Table, Header]:
    """The table that reads this file (a layout's own, where the table has layouts) and the file's header.

    Raises FileProblem naming the first column of the contract that no row offers, or the columns of the nearest layout.
    """
    filled = _first_lines(table, text, name)
    if table.layouts:
        table = _layout(table, filled, name).table
    return table, _find(table, filled, name)


def find_header(table: Table, text: TextFile, name: str) -> Header:
    """The header of a file of a table without layouts."""
    return _find(table, _first_lines(table, text, name), name)


def _first_lines(table: Table, text: TextFile, name: str) -> Lines:
    """The filled lines among the first of the file, with their line numbers."""
    reader = table.reader
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        skipped = 0 if reader.is_converted else reader.skip_lines
        for _ in range(skipped):
            stream.readline()
        rows = csv.reader(islice(stream, SEARCHED_LINES), delimiter=text.delimiter, **csv_dialect(table))
        read: Lines = []
        try:
            read.extend((skipped + rows.line_num, [cell.strip() for cell in row]) for row in rows)
        except csv.Error:
            raise FileProblem("unreadable", table.name, name, skipped + rows.line_num) from None
    filled = [(line, row) for line, row in read if any(row)]
    if not filled:
        raise FileProblem("empty_file", table.name, name)
    return filled


def quote_of(table: Table) -> str:
    """The quote of the file as it is read: what the contract says of text files, '"' of the others."""
    return table.reader.quote if table.reader.format == "delimited" else '"'


def csv_dialect(table: Table) -> dict[str, Any]:
    """Arguments of csv.reader for the quotes of the table's files."""
    quote, escape = quote_of(table), escape_of(table)
    doubled = escape == quote
    return {"quotechar": quote or None, "doublequote": doubled, "escapechar": None if doubled else escape or None}


def escape_of(table: Table) -> str:
    """What stands before a quote inside quotes: the quote itself unless the contract says otherwise."""
    return table.reader.escape or quote_of(table) if table.reader.format == "delimited" else '"'


def _find(table: Table, filled: Lines, name: str) -> Header:
    reader = table.reader
    aliases = column_aliases(table)
    if reader.is_converted:
        header = Header(tuple(filled[0][1]), 1, aliases)
    elif reader.header == "none":
        width = len(filled[0][1])
        names = (*reader.columns, *(f"#{n + 1}" for n in range(len(reader.columns), width)))
        header = Header(names[:width], reader.skip_lines, aliases)
    else:
        header = _best_row(table, filled, aliases)
    for column in required_columns(table):
        if header.index(column) is None:
            raise FileProblem("missing_column", table.name, name, header.skipped, column)
    _check_standard(table, header, name)
    return header


def _best_row(table: Table, filled: Lines, aliases: Mapping[str, tuple[str, ...]]) -> Header:
    """The first row with every required column; without one, the row with most of them."""
    needed = required_columns(table)
    best = (-1, Header((), 0))
    for position, (line, _) in enumerate(filled):
        header = Header(_names(table, filled, position), line, aliases)
        score = sum(header.index(column) is not None for column in needed)
        if score > best[0]:
            best = (score, header)
        if score == len(needed) or table.reader.header == "first":
            break
    return best[1]


def _check_standard(table: Table, header: Header, name: str) -> None:
    """A strict contract names the whole header, in order; only columns of metadata may follow."""
    standard = table.standard_header
    for place, wanted in enumerate(standard):
        if place >= len(header.names) or header.names[place] != wanted:
            raise FileProblem("layout", table.name, name, header.skipped, wanted)
    for extra in header.names[len(standard) :] if standard else ():
        if not extra.startswith("metadata."):
            raise FileProblem("layout", table.name, name, header.skipped, extra)


def _layout(table: Table, filled: Lines, name: str) -> Layout:
    """The first layout whose fingerprint one of the lines bears."""
    nearest: tuple[int, int, str] | None = None
    for layout in table.layouts:
        has = layout.has or tuple(required_columns(layout.table))
        for position, (line, _) in enumerate(filled):
            header = Header(_names(layout.table, filled, position), line, column_aliases(layout.table))
            missing = [column for column in has if header.index(column) is None]
            if not missing and all(header.index(column) is None for column in layout.lacks):
                return layout
            if nearest is None or len(missing) < nearest[0]:
                nearest = (len(missing), line, f"{', '.join(missing)} (layout {layout.name})")
    _, line, said = nearest or (0, 0, "")
    raise FileProblem("layout", table.name, name, line, said)


def _names(table: Table, filled: Lines, position: int) -> tuple[str, ...]:
    row = filled[position][1]
    return tuple(_merged(filled[position - 1][1], row) if table.reader.header_rows == 2 and position else row)


def _merged(groups: list[str], titles: list[str]) -> list[str]:
    """Two header rows as one: the group title, carried to the right over blanks, before the column title."""
    merged: list[str] = []
    group = ""
    for index, title in enumerate(titles):
        group = (groups[index] if index < len(groups) else "") or group
        merged.append(f"{group} {title}".strip())
    return merged


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
