"""The hand-kept sign-in workbook of the examples, as a volunteer would keep it: `python -m tests.support.sign_in_sheet FILE` writes it.

Does not belong here: what becomes of it (tests/unit/test_examples_attendance.py).
"""

import sys
from datetime import date
from pathlib import Path

from openpyxl import Workbook

DAYS = [date(2024, 9, day) for day in (3, 5, 10, 12)]
MONTH: list[list[object]] = [
    ["Oak Hall drop-in", None, None, None, None, None, None, None],
    ["Please sign in!  x = came, e = called to say sorry, empty = nobody asked", None, None, None, None, None, None, None],
    [None, None, None, None, None, None, None, None],
    ["Name", "Birthday", *DAYS, "Days", "Notes"],
    ["Pia Hallowell", date(2011, 3, 4), "x", "X", None, "x", '=COUNTIF(C5:F5,"x")', None],
    ["Stellan Drummore ", None, "x ", "e", "x", "x", '=COUNTIF(C6:F6,"x")', "brought his brother on the 12th"],
    ["Gwendal Iversholt", date(2012, 1, 20), None, "x", "?", "x", '=COUNTIF(C7:F7,"x")', None],
    ["Juno Velasco-Reed", date(2007, 1, 30), None, None, "x", None, '=COUNTIF(C8:F8,"x")', None],
    ["Total", None, *[f'=COUNTIF({column}5:{column}8,"x")' for column in "CDEF"], "=SUM(G5:G8)", None],
    [None, None, None, None, None, None, None, None],
    ["Note: closed on the 17th (holiday)", None, None, None, None, None, None, None],
]
CONTACTS = [["Name", "Mother's phone"], ["Pia Hallowell", "207-555-0100"]]


def write(path: Path) -> None:
    book = Workbook()
    book.active.title = "Read me"  # type: ignore[union-attr]
    for title, rows in (("September", MONTH), ("Contacts", CONTACTS)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
