"""Sheets of Excel workbooks as delimited text; DuckDB's own reader is no bundled extension.

Belongs here: cells to text. Does not belong here: what the text means (header.py, scan.py).
"""

import csv
import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook

from orchestration.contracts.model import Table
from orchestration.ingestion.problem import FileProblem


def sheet_as_text(table: Table, path: Path, name: str, work: Path) -> Path:
    """The table's sheet as comma-separated UTF-8, dates as YYYY-MM-DD; written once per delivery however many tables read it.

    Raises FileProblem (unreadable, missing_file, empty_file).
    """
    copy = work / f"sheet-{hashlib.sha256(f'{name}|{table.reader.sheet}'.encode()).hexdigest()[:16]}.csv"
    if copy.exists():
        return copy
    try:
        rows = list(_rows(table, path, name))
    except FileProblem:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook makes openpyxl's parsers raise anything; its text may hold a cell
        raise FileProblem("unreadable", table.name, name) from None
    # Excel keeps formatted but empty cells to the right: the widest filled cell is the width of the sheet.
    width = max((index + 1 for row in rows for index, value in enumerate(row) if value), default=0)
    if width == 0:
        raise FileProblem("empty_file", table.name, name)
    with copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for row in rows:
            if any(row):
                writer.writerow([*row[:width], *[""] * (width - len(row))])
            else:
                target.write("\n")
    return copy


def _rows(table: Table, path: Path, name: str) -> Iterator[list[str]]:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        wanted, names = table.reader.sheet, book.sheetnames
        sheet = names[wanted - 1] if isinstance(wanted, int) and 0 < wanted <= len(names) else str(wanted)
        if sheet not in names:
            raise FileProblem("missing_file", table.name, f"{name}, sheet {wanted}")
        for row in book[sheet].iter_rows(values_only=True):
            yield [_cell(value) for value in row]
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n")
