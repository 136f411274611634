"""Which sheets a workbook has, which of them a table reads, and which nobody reads.

Belongs here: the names of sheets. Does not belong here: their cells (sheet.py), which files belong to a table (side.py, tables.py).
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from orchestration.contracts.columns import key_files
from orchestration.contracts.model import Reader, Table
from orchestration.ingestion.xml_records import has_doctype

_LIST = "xl/workbook.xml"
_LONGEST_LIST = 1 << 22


def sheet_names(path: Path) -> list[str]:
    """Names of the sheets people see, in their order; none where the workbook cannot be opened: whoever reads it then says why."""
    try:
        with zipfile.ZipFile(path) as bundle, bundle.open(_LIST) as part:
            text = part.read(_LONGEST_LIST)
        if has_doctype(io.BytesIO(text)):
            return []
        found: list[dict[str, str]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, values: found.append(values) if tag.rpartition(":")[2] == "sheet" else None
        parser.Parse(text, True)
    except Exception:  # noqa: BLE001 - a broken workbook makes the parsers raise anything; its text may hold a cell
        return []
    return [item.get("name", "") for item in found if item.get("state", "visible") == "visible"]


def chosen_sheets(reader: Reader, names: Sequence[str]) -> list[str]:
    """The sheets that the reader means: one by number or name, all that fit a pattern."""
    if reader.sheet_pattern is not None:
        return [name for name in names if re.search(reader.sheet_pattern, name)]
    if isinstance(reader.sheet, int):
        return [names[reader.sheet - 1]] if 0 < reader.sheet <= len(names) else []
    return [reader.sheet] if reader.sheet in names else []


@dataclass(frozen=True)
class Piece:
    """A file of a table as it is read: a workbook of which several sheets are read is as many files. `label`: what it is called;
    `sheet`: '' where it is no sheet; `groups`: the named groups of sheet_pattern in the sheet's name."""

    name: str
    label: str
    table: Table
    sheet: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)


def pieces(table: Table, name: str, path: Path) -> list[Piece]:
    """The file itself, or its sheets where the table reads several."""
    if table.reader.format != "excel":
        return [Piece(name, name, table)]
    chosen = chosen_sheets(table.reader, sheet_names(path))
    if not chosen:
        return [Piece(name, name, table)]
    several = len(chosen) > 1
    return [
        Piece(name, place_in(name, sheet) if several else name, _on_sheet(table, sheet), sheet, _groups(table.reader, sheet))
        for sheet in chosen
    ]


def place_in(name: str, sheet: str) -> str:
    """How a sheet of a workbook is called."""
    return f"{name}, sheet {sheet}" if sheet and not name.endswith(f", sheet {sheet}") else name


def unread_sheets(paths: Mapping[str, Path], read: Iterable[tuple[str, Reader]]) -> list[str]:
    """Sheets of the workbooks that are `read` (file, how) which none of these readers means."""
    readers: dict[str, list[Reader]] = {}
    for name, reader in read:
        if reader.format == "excel":
            readers.setdefault(name, []).append(reader)
    left = []
    for name, own in sorted(readers.items()):
        names = sheet_names(paths[name])
        taken = {sheet for reader in own for sheet in chosen_sheets(reader, names)}
        left += [place_in(name, sheet) for sheet in names if sheet not in taken]
    return left


def side_readers(table: Table) -> list[tuple[tuple[str, ...], Reader]]:
    """How the table reads the other files it looks into."""
    asked = [*((one.file, one.reader) for one in table.lookups.values()), *((one.file, one.reader) for one in key_files(table))]
    return [(files, reader or table.reader) for files, reader in asked]


def _on_sheet(table: Table, sheet: str) -> Table:
    """The table, and each of its layouts, reading this sheet alone."""
    reader = table.reader.model_copy(update={"sheet": sheet, "sheet_pattern": None})
    layouts = tuple(layout.model_copy(update={"table": _on_sheet(layout.table, sheet)}) for layout in table.layouts)
    return table.model_copy(update={"reader": reader, "layouts": layouts})


def _groups(reader: Reader, sheet: str) -> dict[str, str]:
    match = re.search(reader.sheet_pattern, sheet) if reader.sheet_pattern else None
    return {key: value for key, value in match.groupdict().items() if value is not None} if match else {}
