"""Damage to rows and columns of delimited text and of workbooks.

Belongs here: what senders do to tables. Does not belong here: records of JSON and XML (structured.py).
"""

import csv
import random
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from orchestration.contracts.model import Contract
from orchestration.ingestion.header import csv_dialect
from tests.fuzz.mutations import Files, Mutation, change

Table = list[list[Any]]
CELLS = (
    "", " ", "NA", "NULL", "-", "0", "-1", "1e999", "NaN", "inf", "999999999999999999999999", "0.00000000001", "1,234", "12%", "<10", "0000-00-00", "9999-12-31",
    "2024-02-30", "02/30/2024", "1900-01-00", "2024-13-01", "yesterday", "24:00", "=1+1", '="0064"', "=HYPERLINK(1)", "'", '"', '""', "a,b", "a\tb", "a|b",
    "Zyxqvanna", "two\nlines", "two\r\nlines", "\u200b", "\u202e", "İ", "ß", "é" * 300, "x" * 40_000, "\x01", "\x7f", "true", "Y", "2024", "2023-24", "active", "tobedeleted",
)  # fmt: skip
Dialect = tuple[tuple[str, Any], ...]
Edit = Callable[[Table, int, int], Table]


def _rows(edit: Callable[[Table, random.Random], None]) -> Edit:
    """An edit of the rows in place, chance seeded by the numbers of the mutation."""

    def run(rows: Table, a: int, b: int) -> Table:
        if rows:
            edit(rows, random.Random(f"{a}/{b}"))
        return rows

    return run


def _drop_row(rows: Table, chance: random.Random) -> None:
    del rows[chance.randrange(len(rows))]


def _repeat_row(rows: Table, chance: random.Random) -> None:
    row = chance.choice(rows)
    rows.insert(chance.randrange(len(rows) + 1), list(row))


def _contradict(rows: Table, chance: random.Random) -> None:
    """Repeat a row with one cell changed."""
    row = list(chance.choice(rows))
    if row:
        row[chance.randrange(len(row))] = chance.choice(CELLS)
    rows.append(row)


def _shuffle(rows: Table, chance: random.Random) -> None:
    body = rows[1:]
    chance.shuffle(body)
    rows[1:] = body


def _shuffle_all(rows: Table, chance: random.Random) -> None:
    chance.shuffle(rows)


def _title(rows: Table, chance: random.Random) -> None:
    rows.insert(chance.randrange(min(3, len(rows)) + 1), chance.choice([["Report of the day"], [], ["", ""], ["a", "b", "c"], rows[0]]))


def _totals(rows: Table, chance: random.Random) -> None:
    rows.append(chance.choice([["Total", len(rows)], ["", ""], ["(c) nobody"], list(rows[0])]))


def _no_rows(rows: Table, chance: random.Random) -> None:
    del rows[chance.randrange(2) :]


def _ragged(rows: Table, chance: random.Random) -> None:
    row = chance.choice(rows)
    if row and chance.random() < 0.5:
        row.pop()
    else:
        row.append(chance.choice(CELLS))


def _cell(rows: Table, chance: random.Random) -> None:
    row = chance.choice(rows[1:] or rows)
    if row:
        row[chance.randrange(len(row))] = chance.choice(CELLS)


def _columns(edit: Callable[[Table, random.Random, int], None]) -> Edit:
    def run(rows: Table, a: int, b: int) -> Table:
        chance = random.Random(f"{a}/{b}")
        width = max(map(len, rows), default=0)
        if width:
            for row in rows:
                row.extend([""] * (width - len(row)))
            edit(rows, chance, width)
        return rows

    return run


def _drop_column(rows: Table, chance: random.Random, width: int) -> None:
    place = chance.randrange(width)
    for row in rows:
        del row[place]


def _repeat_column(rows: Table, chance: random.Random, width: int) -> None:
    place, to = chance.randrange(width), chance.randrange(width + 1)
    for row in rows:
        row.insert(to, row[place])


def _shuffle_columns(rows: Table, chance: random.Random, width: int) -> None:
    order = list(range(width))
    chance.shuffle(order)
    for row in rows:
        row[:] = [row[place] for place in order]


def _shift_column(rows: Table, chance: random.Random, width: int) -> None:
    """All values of a column one column on, as when a header was lost."""
    place = chance.randrange(width)
    for row in rows[1:]:
        row.insert(place, row.pop())


def _fill_column(rows: Table, chance: random.Random, width: int) -> None:
    place, text = chance.randrange(width), chance.choice(CELLS)
    for row in rows[1:]:
        row[place] = text


def _rename_column(rows: Table, chance: random.Random, width: int) -> None:
    place = chance.randrange(width)
    old = str(rows[0][place] or "")
    rows[0][place] = chance.choice(
        [old.upper(), f" {old} ", old.replace(" ", "\n"), old + "_", "", rows[0][chance.randrange(width)], "Password", "x" * 3000]
    )


EDITS: tuple[Edit, ...] = (
    *map(_rows, (_drop_row, _repeat_row, _contradict, _shuffle, _shuffle_all, _title, _totals, _no_rows, _ragged, _cell, _cell, _cell)),
    *map(_columns, (_drop_column, _repeat_column, _shuffle_columns, _shift_column, _fill_column, _rename_column)),
)


def delimited(edit: Edit, dialect: Dialect) -> Mutation:
    """The edit on a text file; a file that is no such text stays as it is."""

    def run(files: Files, name: str, a: int, b: int) -> Files:
        try:
            rows: Table = list(csv.reader(StringIO(files[name].decode("utf-8"), newline=""), **dict(dialect)))
        except (UnicodeDecodeError, csv.Error):
            return files
        text = StringIO()
        # Who escapes quotes with another sign writes them inside quotes only.
        quoting = csv.QUOTE_ALL if b % 5 == 0 or not dict(dialect)["doublequote"] else csv.QUOTE_MINIMAL
        try:
            csv.writer(text, lineterminator="\n", quoting=quoting, **dict(dialect)).writerows(edit(rows, a, b))
        except csv.Error:  # a text that this dialect cannot hold
            return files
        return change(files, name, text.getvalue().encode("utf-8", "replace"))

    return run


def dialects(contract: Contract) -> list[Dialect]:
    """How the contract's delimited files are written: arguments of csv."""
    tables = [table for table in contract.tables if table.reader.format == "delimited"]
    return sorted({tuple({"delimiter": table.reader.delimiter, **csv_dialect(table)}.items()) for table in tables}, key=str)


def workbook(edit: Edit) -> Mutation:
    """The edit on one sheet of a workbook."""

    def run(files: Files, name: str, a: int, b: int) -> Files:
        try:
            book = load_workbook(BytesIO(files[name]))
            sheet = book.worksheets[a % len(book.worksheets)]
            rows: Table = [list(row) for row in sheet.iter_rows(values_only=True)]
            sheet.delete_rows(1, sheet.max_row or 1)
            for row in edit(rows, a, b):
                sheet.append(
                    ["".join(letter for letter in cell if letter >= " ")[:30_000] if isinstance(cell, str) else cell for cell in row]
                )
            held = BytesIO()
            book.save(held)
        except Exception:  # noqa: BLE001 - it was damaged before
            return files
        return change(files, name, held.getvalue())

    return run
