"""Sheets of a workbook to grids.

Does not belong here: what a delivered workbook becomes (ingestion/sheet.py).
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook

from orchestration.ingestion.sheet import cell_text
from orchestration.onboarding.files import GivenFile, fresh
from orchestration.onboarding.grid import SEARCHED_LINES, Grid, guess_header
from orchestration.onboarding.layout import footer_pattern
from orchestration.onboarding.vocabulary import Vocabulary
from orchestration.onboarding.yearly import join_years

_ROWS = 100_000


def workbook_grids(file: GivenFile, words: Vocabulary, work: Path) -> list[Grid]:
    """One grid per sheet that holds rows. Raises what openpyxl raises on a file that is no workbook."""
    book = load_workbook(file.path, read_only=True, data_only=True)
    try:
        names = book.sheetnames
        found = [_grid(file, name, list(_rows(book[name])), words, work) for name in names]
    finally:
        book.close()
    grids = join_years([grid for grid in found if grid is not None])
    if len(grids) == 1 and grids[0].reader.get("sheet") == names[0]:
        del grids[0].reader["sheet"]  # the first sheet is the default, whatever it is called next year
    return grids


def _grid(file: GivenFile, sheet: str, rows: list[list[str]], words: Vocabulary, work: Path) -> Grid | None:
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    if width < 2:
        return None
    rows = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    copy = fresh(work, "sheet.csv")
    lines: list[tuple[int, list[str]]] = []
    with copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for number, row in enumerate(rows, start=1):
            plain = [" ".join(cell.split()) for cell in row]
            writer.writerow(plain)
            if number <= SEARCHED_LINES:
                lines.append((number, plain))
    header = guess_header(lines, words)
    if not any(header.names):
        return None
    reader: dict[str, object] = {"format": "excel", "sheet": sheet}
    if header.line == 0:
        reader |= {"header": "none", "columns": list(header.names)}
    if header.rows == 2:
        reader["header_rows"] = 2
    if footer := footer_pattern(copy, ",", len(header.names)):
        reader["footer"] = footer
    return Grid(file.name, copy, ",", header.line, header.names, reader, header.titles)


def _rows(sheet: object) -> Iterator[list[str]]:
    for number, row in enumerate(sheet.iter_rows(values_only=True)):  # type: ignore[attr-defined]
        if number >= _ROWS:
            return
        yield [cell_text(value) for value in row]
