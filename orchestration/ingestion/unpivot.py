"""Wide to long: which cells of a wide row become which row.

Belongs here: the columns of each new row and the SQL that makes them. Does not belong here: what the cells mean (compile.py).
"""

import re
from dataclasses import dataclass

from orchestration.contracts.model import Table
from orchestration.contracts.refused import is_refused
from orchestration.ingestion.header import Header
from orchestration.ingestion.problem import FileProblem
from orchestration.sql import literal


@dataclass(frozen=True)
class NewRow:
    """One row that every wide row becomes: its name, and the position of the column of each slot it has."""

    name: str
    cells: dict[str, int]


def slots(table: Table) -> list[str]:
    """What a new row carries beside its name: 'value', or the slots of groups."""
    return [] if table.unpivot is None else list(table.unpivot.groups) or ["value"]


def slot_column(slot: str) -> str:
    return f"_slot_{slot}"


def heading_column(slot: str) -> str:
    """Beside a slot: the printed heading of the cell it was read from."""
    return f"_heading_{slot}"


def new_rows(table: Table, header: Header) -> list[NewRow]:
    """The rows that each wide row of this file becomes, in the order of the contract, then of the header."""
    unpivot = table.unpivot
    if unpivot is None:
        return []
    found: dict[str, dict[str, int]] = {}
    if not unpivot.groups:
        named = [(name, header.index(column)) for column, name in unpivot.columns.items()]
        matched = _matched(unpivot.pattern, header) if unpivot.pattern else []
        return [NewRow(name, {"value": index}) for name, index in (*named, *matched) if index is not None]
    for slot, given in unpivot.groups.items():
        pairs = _matched(given, header) if isinstance(given, str) else [(name, header.index(column)) for name, column in given.items()]
        for name, index in pairs:
            if index is not None:
                found.setdefault(name, {}).setdefault(slot, index)
    order = {name: min(cells.values()) for name, cells in found.items()}
    return [NewRow(name, found[name]) for name in sorted(found, key=lambda name: order[name])]


def check_unpivot(table: Table, header: Header, file: str) -> None:
    """Refuse a file in which a pattern fits no heading, or a name has columns for some slots only: its figures would be silently empty.

    Raises FileProblem (missing_column).
    """
    unpivot = table.unpivot
    if unpivot is None:
        return
    patterns = {"": unpivot.pattern, **{slot: given for slot, given in unpivot.groups.items() if isinstance(given, str)}}
    for slot, pattern in patterns.items():
        if pattern and not _matched(pattern, header):
            said = f"no column heading fits the pattern “{pattern}”{f' of {slot}' if slot else ''}"
            raise FileProblem("missing_column", table.name, file, header.skipped, detail=said)
    for row in new_rows(table, header) if not unpivot.gaps else ():
        if absent := [slot for slot in slots(table) if slot not in row.cells]:
            said = f"“{row.name}” has a column for {' and '.join(row.cells)}, and none for {' and '.join(absent)}"
            raise FileProblem("missing_column", table.name, file, header.skipped, detail=said)


def unpivoted(table: Table, header: Header) -> list[tuple[int, str]]:
    """(column position, name of the row it goes into) of every unpivoted column."""
    return [(index, row.name) for row in new_rows(table, header) for index in row.cells.values()]


def unpivot_sql(table: Table, header: Header, source: str) -> str:
    """SELECT of `source` with _name and a column for each slot in place of the wide cells."""
    if table.unpivot is None:
        return source
    names = slots(table)
    structs = ", ".join(
        "{" + ", ".join([f"'_name': {literal(row.name)}", *(part for slot in names for part in _parts(row, slot, header))]) + "}"
        for row in new_rows(table, header)
    )
    wide = f"SELECT *, unnest([{structs}], recursive := true) FROM ({source})"
    if not structs:
        empty = ", ".join(f"NULL::VARCHAR AS {column}" for slot in names for column in (slot_column(slot), heading_column(slot)))
        wide = f"SELECT *, NULL::VARCHAR AS _name, {empty} FROM ({source}) WHERE false"
    if not table.unpivot.skip_missing:
        return wide
    missing = ", ".join(map(literal, table.reader.missing))
    filled = " OR ".join(f"trim({slot_column(slot)}) NOT IN ({missing})" for slot in names) if missing else "TRUE"
    return f"SELECT * FROM ({wide}) WHERE {filled}"


def _matched(pattern: str, header: Header) -> list[tuple[str, int | None]]:
    compiled = re.compile(pattern)
    found: list[tuple[str, int | None]] = []
    for index, title in enumerate(header.names):
        if (match := compiled.search(title)) and not is_refused(title):
            found.append((match.group(1) if compiled.groups else match.group(0), index))
    return found


def _parts(row: NewRow, slot: str, header: Header) -> list[str]:
    """Fields of a new row's struct: the cell of the slot and its heading; empty where the row has no such cell."""
    index = row.cells.get(slot)
    cell, heading = ("''", "''") if index is None else (f"c{index}", literal(header.title(index)))
    return [f"'{slot_column(slot)}': {cell}", f"'{heading_column(slot)}': {heading}"]
