"""Sheets of Excel workbooks as delimited text; DuckDB's own reader is no bundled extension.

Belongs here: cells to text, and what makes a workbook unfit to open. Does not belong here: what the text means (header.py, scan.py).
"""

import csv
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from orchestration.contracts.model import Table
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text_file import TextFile, copy_path
from orchestration.ingestion.workbook import chosen_sheets
from orchestration.ingestion.xml_records import has_doctype
from orchestration.limits import Limits

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_NAMES = 30
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def sheet_as_text(table: Table, path: Path, name: str, work: Path, limits: Limits) -> TextFile:
    """The table's sheet as comma-separated UTF-8, dates as YYYY-MM-DD, formulas as text that begins with `=` (or as their last values,
    where the contract takes those); written once per delivery however many tables read it.

    Raises FileProblem (unreadable, encrypted, old_workbook, archive, entity, missing_sheet, empty_file, too_many_columns, field_too_long).
    """
    reader = table.reader
    copy = copy_path(work, "sheet", name, reader.sheet, reader.sheet_pattern, reader.formulas)
    if not copy.exists():
        _check_container(table, path, name, limits)
        try:
            width = _write(table, path, name, copy, limits)
        except FileProblem:
            copy.unlink(missing_ok=True)
            raise
        except Exception:  # noqa: BLE001 - a broken workbook makes openpyxl's parsers raise anything; its text may hold a cell
            copy.unlink(missing_ok=True)
            raise FileProblem("unreadable", table.name, name) from None
        if width == 0:
            copy.unlink()
            raise FileProblem("empty_file", table.name, name)
    with copy.open("rb") as stream:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
    return TextFile(copy, lines, ",", numbering="row")


def _check_container(table: Table, path: Path, name: str, limits: Limits) -> None:
    """A workbook is a zip file of XML: neither may blow up when it is opened."""
    with path.open("rb") as stream:
        head = stream.read(8)
        if head == _OLE:
            rest = stream.read(1 << 22)
            raise FileProblem("encrypted" if _ENCRYPTED in rest else "old_workbook", table.name, name)
    try:
        with zipfile.ZipFile(path) as bundle:
            members = bundle.infolist()
            size = sum(member.file_size for member in members)
            most = min(limits.max_archive_bytes, limits.max_archive_ratio * max(path.stat().st_size, 1 << 20))
            if len(members) > limits.max_files or size > most:
                raise FileProblem("archive", table.name, name)
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels")):
                    with bundle.open(member) as part:
                        if has_doctype(part):
                            raise FileProblem("entity", table.name, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise FileProblem("unreadable", table.name, name) from None


def _write(table: Table, path: Path, name: str, copy: Path, limits: Limits) -> int:
    """Write the rows, all as wide as the widest filled cell (Excel keeps formatted but empty cells to the right); returns that width."""
    narrow = copy.with_suffix(".narrow")
    width = cells = 0
    with narrow.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for number, row in enumerate(_rows(table, path, name), 1):
            while row and not row[-1]:
                row.pop()
            width, cells = max(width, len(row)), cells + len(row)
            if width > limits.max_columns:
                raise FileProblem("too_many_columns", table.name, name, number)
            if cells > limits.max_sheet_cells:
                raise FileProblem("archive", table.name, name, number)
            if row and max(map(len, row)) > limits.max_field_bytes:
                raise FileProblem("field_too_long", table.name, name, number)
            if any("\0" in cell for cell in row):
                raise FileProblem("nul_byte", table.name, name, number)
            writer.writerow(row)
    with narrow.open(encoding="utf-8", newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for row in csv.reader(source):
            writer.writerow(row + [""] * (width - len(row)) if row else row)
    narrow.unlink()
    return width


def _rows(table: Table, path: Path, name: str) -> Iterator[list[str]]:
    # Opened here, because openpyxl refuses a path whose name does not end as it expects.
    with path.open("rb") as stream:
        book = load_workbook(stream, read_only=True, data_only=table.reader.formulas == "value", keep_links=False)
        chosen = chosen_sheets(table.reader, book.sheetnames)
        if not chosen:
            wanted = table.reader.sheet_pattern or table.reader.sheet
            there = ", ".join(f"“{sheet}”" for sheet in book.sheetnames[:_MOST_NAMES])
            raise FileProblem("missing_sheet", table.name, name, detail=f"sheet {wanted} is wanted; the sheets there are: {there}")
        worksheet: Any = book[chosen[0]]
        # Some writers state a wrong size, and rows beyond it would be lost.
        worksheet.reset_dimensions()
        for row in worksheet.iter_rows(values_only=True):
            yield [cell_text(value) for value in row]


def cell_text(value: object) -> str:
    """A cell as the hub reads it: dates as YYYY-MM-DD, whole numbers without a point, line ends as \\n."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, ArrayFormula | DataTableFormula):
        return "={}"
    return str(value).replace("\r\n", "\n").replace("\r", "\n")
