"""Where the header of a delimited file stands and which column is which.

Belongs here: header search, merged two-row headers, named columns of headerless files.
Does not belong here: the rows below the header (scan.py).
"""

import csv
import re
from dataclasses import dataclass
from itertools import islice

from orchestration.contracts.model import Property, Table
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text import TextFile

SEARCHED_LINES = 50
_POSITION = re.compile(r"^#(\d+)$")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Header:
    """`names` of all columns in file order; rows start after `skipped` physical lines."""

    names: tuple[str, ...]
    skipped: int

    def index(self, name: str) -> int | None:
        """0-based position of a header text (blanks folded, case ignored) or of '#n'."""
        if match := _POSITION.match(name):
            return int(match[1]) - 1 if 0 < int(match[1]) <= len(self.names) else None
        wanted = _fold(name)
        return next((index for index, text in enumerate(self.names) if _fold(text) == wanted), None)


def find_header(table: Table, text: TextFile, name: str) -> Header:
    """The header of the file. Raises FileProblem naming the first column of the contract that no row offers."""
    reader = table.reader
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(islice(stream, SEARCHED_LINES), delimiter=text.delimiter, quotechar=reader.quote or None)
        read: list[tuple[int, list[str]]] = []
        try:
            read.extend((rows.line_num, [cell.strip() for cell in row]) for row in rows)
        except csv.Error:
            raise FileProblem("unreadable", table.name, name, rows.line_num) from None
    filled = [(line, row) for line, row in read if any(row)]
    if not filled:
        raise FileProblem("empty_file", table.name, name)
    if reader.header == "none":
        width = len(filled[0][1])
        names = (*reader.columns, *(f"#{n + 1}" for n in range(len(reader.columns), width)))
        header = Header(names[:width], 0)
    else:
        header = _named(table, filled)
    for column in needed_columns(table):
        if header.index(column) is None:
            raise FileProblem("missing_column", table.name, name, header.skipped, column)
    return header


def _named(table: Table, filled: list[tuple[int, list[str]]]) -> Header:
    """The first row with every needed column; without one, the row with most of them."""
    needed = needed_columns(table)
    best = (-1, Header((), 0))
    for position, (line, row) in enumerate(filled):
        names = _merged(filled[position - 1][1], row) if table.reader.header_rows == 2 and position else row
        header = Header(tuple(names), line)
        score = sum(header.index(column) is not None for column in needed)
        if score > best[0]:
            best = (score, header)
        if score == len(needed) or table.reader.header == "first":
            break
    return best[1]


def _merged(groups: list[str], titles: list[str]) -> list[str]:
    """Two header rows as one: the group title, carried to the right over blanks, before the column title."""
    merged: list[str] = []
    group = ""
    for index, title in enumerate(titles):
        group = (groups[index] if index < len(groups) else "") or group
        merged.append(f"{group} {title}".strip())
    return merged


def needed_columns(table: Table) -> list[str]:
    """Header texts that the table reads, in contract order."""
    needed: list[str] = []
    for prop in table.properties:
        needed += property_columns(prop)
    needed += [condition.column for condition in (*table.where, *table.deleted_when)]
    if table.unpivot:
        needed += table.unpivot.columns
    return list(dict.fromkeys(needed))


def property_columns(prop: Property) -> list[str]:
    """Header texts one property reads."""
    needed = [prop.column] if prop.column is not None else _PLACEHOLDER.findall(prop.template or "")
    return needed + ([condition.column for condition in prop.if_missing.where] if prop.if_missing else [])


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
