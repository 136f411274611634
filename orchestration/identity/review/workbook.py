"""The queue as a workbook that leaves the machine, and the answers that come back in it.

Belongs here: sheets, drop-downs, encryption, reading answers with the row they stand in. Does not belong here: what is asked
(tasks.py), what an answer becomes (answers.py).
The file holds names and birth dates: it is written with mode 0600 at once, and encrypted in memory where a password is given.
"""

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.identity.review.answers import KINDS, Outcome
from orchestration.identity.review.tasks import EVIDENCE, FIELDS, RARITY, Candidate, Record, Task

SHEET = "Review"
_LEAD = ("Task", "Record", "Same child?", "Note", "Source", "Id")
_BITS = {**EVIDENCE, RARITY: "Rare name"}
_TAIL = ("Also in", "Why it is asked", "What the fields say", "All in all")
HEADER = (*_LEAD, *FIELDS.values(), *_TAIL, *(f"{label}, bits" for label in _BITS.values()), "Total, bits", "Pair")
_ANSWER = _LEAD.index("Same child?") + 1
_WIDE = {"Street": 22, "Why it is asked": 46, "What the fields say": 60, "Note": 24, "All in all": 24, "Also in": 20, "Same child?": 14}
_AGREES, _DIFFERS, _HEAD = (PatternFill("solid", fgColor=colour) for colour in ("E3F3E6", "FBE9D7", "DDE5EE"))
_HOW = (
    "Each task is one record and the records that may be the same child. Answer beside each candidate: same, different, or cannot tell.",
    "Leave a row empty to answer it later. A note is kept with the decision; write no names or birth dates into it.",
    "Values are shown as they were compared: without accents, punctuation and capitals. Green agrees, orange differs.",
    "Bits say how much a field speaks for one child (above 0) or for two (below 0). Ten bits and more are strong.",
    "This file holds names and birth dates of children. Keep it on the computers it was meant for, and delete it after import.",
)


class UnreadableWorkbookError(Exception):
    """The file is no workbook of ours, or cannot be opened with this password. The text says what to do."""


@dataclass(frozen=True)
class Answered:
    """One answer found in a workbook; `row` is where, for messages."""

    row: int
    a: int
    b: int
    outcome: Outcome
    note: str
    why: str


def write_workbook(tasks: Sequence[Task], path: Path, password: str | None = None) -> None:
    """Write the tasks; `path` must not exist, because an older export may hold answers."""
    plain = io.BytesIO()
    _build(tasks).save(plain)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        if password:
            plain.seek(0)
            OOXMLFile(plain).encrypt(password, out)
        else:
            out.write(plain.getvalue())


def read_answers(path: Path, password: str | None = None) -> tuple[list[Answered], list[str]]:
    """Answers of a workbook, and what is wrong with it as sentences that name rows and never a value."""
    try:
        sheet = load_workbook(_opened(path, password), read_only=True, data_only=True)[SHEET]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        message = f"{path} is no workbook of `datadrives review export`: import the file that was exported, saved as .xlsx"
        raise UnreadableWorkbookError(message) from None
    rows = sheet.iter_rows(values_only=True)
    header = [str(cell) if cell is not None else "" for cell in next(rows, ())]
    missing = [name for name in ("Same child?", "Note", "Why it is asked", "Pair") if name not in header]
    if missing:
        raise UnreadableWorkbookError(f"{path} lacks the column {missing[0]!r} of the export: put it back, or export anew")
    answer, note, why, pair = (header.index(name) for name in ("Same child?", "Note", "Why it is asked", "Pair"))
    answers, problems = [], []
    for number, cells in enumerate(rows, start=2):
        given = " ".join(str(cells[answer] or "").casefold().replace("-", " ").split()) if len(cells) > max(answer, pair) else ""
        if not given:
            continue
        ids = str(cells[pair] or "").split("-")
        if given not in KINDS:
            problems.append(f"row {number}: the answer is not one of same, different, cannot tell")
        elif len(ids) != 2 or not all(part.isdigit() for part in ids):
            problems.append(f"row {number}: the hidden column Pair is empty or changed; answer only beside candidates")
        else:
            a, b = sorted(map(int, ids))
            answers.append(Answered(number, a, b, cast("Outcome", given), str(cells[note] or "").strip(), str(cells[why] or "")))
    return answers, problems


def _opened(path: Path, password: str | None) -> io.BytesIO:
    """The workbook in memory, decrypted: a plain copy never touches the disk."""
    content = io.BytesIO(path.read_bytes())
    try:
        file = msoffcrypto.OfficeFile(content)
        if not file.is_encrypted():
            return io.BytesIO(content.getvalue())
    except (FileFormatError, OSError):
        return io.BytesIO(content.getvalue())
    if not password:
        raise UnreadableWorkbookError(f"{path} is encrypted: give its password (--encrypted asks for it)")
    plain = io.BytesIO()
    try:
        file.load_key(password=password, verify_password=True)
        file.decrypt(plain)
    except (InvalidKeyError, DecryptionError):
        raise UnreadableWorkbookError(f"{path} does not open with this password") from None
    plain.seek(0)
    return plain


def _build(tasks: Sequence[Task]) -> Workbook:
    book = Workbook()
    sheet = cast("Worksheet", book.active)
    sheet.title = SHEET
    for column, name in enumerate(HEADER, start=1):
        title = _put(sheet, 1, column, name)
        title.font, title.fill = Font(bold=True), _HEAD
        title.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = _WIDE.get(name, 10 if name.endswith("bits") else 15)
    row = 2
    for number, task in enumerate(tasks, start=1):
        _write_record(sheet, row, task.record)
        _put(sheet, row, 1, number)
        _put(sheet, row, 2, "this record")
        for column in range(1, len(HEADER)):
            cell = sheet.cell(row, column)
            cell.font, cell.border = Font(bold=True), Border(top=Side(style="medium", color="7A8794"))
        for place, candidate in enumerate(task.candidates, start=1):
            row += 1
            _put(sheet, row, 1, number)
            _put(sheet, row, 2, f"candidate {place}")
            _write_candidate(sheet, row, task.record, candidate)
        row += 1
    sheet.freeze_panes = "E2"
    sheet.column_dimensions[get_column_letter(len(HEADER))].hidden = True
    choice = DataValidation(type="list", formula1='"same,different,cannot tell"', allow_blank=True, showErrorMessage=True)
    choice.error, choice.errorTitle = "Choose same, different or cannot tell.", "Same child?"
    choice.add(f"{get_column_letter(_ANSWER)}2:{get_column_letter(_ANSWER)}{max(row, 2)}")
    sheet.add_data_validation(choice)
    how = book.create_sheet("How to answer")
    how.column_dimensions["A"].width = 110
    for place, line in enumerate(_HOW, start=1):
        _put(how, place, 1, line).alignment = Alignment(wrap_text=True)
    return book


def _write_record(sheet: Worksheet, row: int, record: Record) -> None:
    _put(sheet, row, HEADER.index("Source") + 1, record.source)
    _put(sheet, row, HEADER.index("Id") + 1, record.student_id)
    for name, label in FIELDS.items():
        text = record.values.get(name, "")
        if record.elsewhere.get(name):
            text += f" (elsewhere {', '.join(record.elsewhere[name])})"
        _put(sheet, row, HEADER.index(label) + 1, text.strip())
    _put(sheet, row, HEADER.index("Also in") + 1, ", ".join(record.lists))


def _write_candidate(sheet: Worksheet, row: int, owner: Record, candidate: Candidate) -> None:
    _write_record(sheet, row, candidate.record)
    for name, label in FIELDS.items():
        mine, theirs = owner.values.get(name), candidate.record.values.get(name)
        if mine and theirs:
            sheet.cell(row, HEADER.index(label) + 1).fill = _AGREES if mine == theirs else _DIFFERS
    told = {item.name: item for item in candidate.evidence}
    _put(sheet, row, HEADER.index("Why it is asked") + 1, candidate.why)
    _put(sheet, row, HEADER.index("What the fields say") + 1, "; ".join(item.words for item in candidate.evidence))
    _put(sheet, row, HEADER.index("All in all") + 1, candidate.chance)
    for name, label in _BITS.items():
        item = told.get(name)
        if item is not None and item.weight is not None:
            _put(sheet, row, HEADER.index(f"{label}, bits") + 1, round(item.weight, 1))
    if candidate.weight is not None:
        _put(sheet, row, HEADER.index("Total, bits") + 1, round(candidate.weight, 1))
    _put(sheet, row, len(HEADER), "-".join(map(str, candidate.pair)))
    sheet.cell(row, _ANSWER).fill = PatternFill("solid", fgColor="FFFBE0")
    for label in ("Why it is asked", "What the fields say"):
        sheet.cell(row, HEADER.index(label) + 1).alignment = Alignment(wrap_text=True, vertical="top")


def _put(sheet: Worksheet, row: int, column: int, value: str | float) -> Cell:
    """Text stays text: a spreadsheet would run a delivered value that begins with an equals sign."""
    cell = cast("Cell", sheet.cell(row, column))
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        cast("Any", cell).value = text or None
        if text:
            cell.data_type = "s"
    else:
        cell.value = value
    return cell
