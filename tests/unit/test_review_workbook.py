"""The queue as a workbook: what stands in it, who can read it, and how its answers come back."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from orchestration.identity.review import open_tasks
from orchestration.identity.review.workbook import HEADER, UnreadableWorkbookError, read_answers, write_workbook
from tests.support.review import HOSTILE, ROWS, ReviewHub, review_hub

ANSWER, PAIR = HEADER.index("Same child?") + 1, len(HEADER)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> ReviewHub:
    odd = ("alder", HOSTILE, "", "", "Isaksen", "2009-12-01", "male", "3 Cove Street", "Elmsford", "10005")
    other = ("birch", "=2", "Leopold", "", "Isaksen", "2009-12-01", "male", "3 Cove Street", "Elmsford", "10005")
    return review_hub(tmp_path_factory.mktemp("review"), (*ROWS, odd, other))


def exported(hub: ReviewHub, path: Path, password: str | None = None) -> Path:
    with hub.open() as con:
        write_workbook(open_tasks(con, hub.model, reader="first"), path, password)
    return path


def test_answers_come_back_as_given(hub: ReviewHub, tmp_path: Path) -> None:
    path = exported(hub, tmp_path / "queue.xlsx")
    book = load_workbook(path)
    sheet = book["Review"]
    candidates = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, PAIR).value]
    for row, text in zip(candidates, ("Same", " cannot-tell ", "DIFFERENT"), strict=False):
        sheet.cell(row, ANSWER).value = text
    sheet.cell(candidates[0], ANSWER + 1).value = "called the school"
    book.save(path)
    answers, problems = read_answers(path)
    assert problems == []
    assert [(a.row, a.outcome, a.note) for a in answers] == [
        (candidates[0], "same", "called the school"), (candidates[1], "cannot tell", ""), (candidates[2], "different", ""),
    ]  # fmt: skip
    assert [f"{a.a}-{a.b}" for a in answers] == [sheet.cell(row, PAIR).value for row in candidates[:3]]
    assert all(a.why for a in answers)


def test_candidates_stand_below_their_record_with_words_and_weights(hub: ReviewHub, tmp_path: Path) -> None:
    sheet = load_workbook(exported(hub, tmp_path / "queue.xlsx"))["Review"]
    rows = [dict(zip(HEADER, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]
    first = next(n for n, row in enumerate(rows) if row["Id"] == "local 4")
    assert [(r["Record"], r["Task"]) for r in rows[first : first + 3]] == [
        (name, rows[first]["Task"]) for name in ("this record", "candidate 1", "candidate 2")
    ]
    assert rows[first]["Pair"] is None and rows[first + 1]["Birth date, bits"] > 5
    assert rows[first + 1]["Why it is asked"] == "More than one record of the same list fits nearly as well."
    assert "Same first and last name" in rows[first + 1]["What the fields say"]


def test_a_delivered_formula_stays_text(hub: ReviewHub, tmp_path: Path) -> None:
    with hub.open() as con:
        task = open_tasks(con, hub.model)[0]
    task = replace(task, record=replace(task.record, source="=1+1", values={"city": "=2+2", "school": "a\x00b"}))
    write_workbook([task], tmp_path / "queue.xlsx")
    row = {cell.value: cell.data_type for cell in load_workbook(tmp_path / "queue.xlsx")["Review"][2]}
    assert row["=1+1"] == row["=2+2"] == row["ab"] == "s"


@pytest.mark.parametrize("password", [None, "open sesame"])
def test_nobody_else_can_read_the_file_and_nothing_is_overwritten(hub: ReviewHub, tmp_path: Path, password: str | None) -> None:
    path = exported(hub, tmp_path / "queue.xlsx", password)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        exported(hub, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path], "no plain copy lies beside it"


def test_with_a_password_the_content_is_unreadable_and_opens_with_it_only(hub: ReviewHub, tmp_path: Path) -> None:
    path = exported(hub, tmp_path / "queue.xlsx", "open sesame")
    assert not path.read_bytes().startswith(b"PK"), "a plain workbook is a zip archive"
    assert read_answers(path, "open sesame") == ([], [])
    for wrong in (None, "", "open barley"):
        with pytest.raises(UnreadableWorkbookError):
            read_answers(path, wrong)


def test_problems_name_rows_and_no_values(hub: ReviewHub, tmp_path: Path) -> None:
    path = exported(hub, tmp_path / "queue.xlsx")
    book = load_workbook(path)
    sheet = book["Review"]
    sheet.cell(2, ANSWER).value = "same"  # the record's own row
    sheet.cell(3, ANSWER).value = "perhaps Seraphine"
    book.save(path)
    answers, problems = read_answers(path)
    assert answers == []
    assert [p.split(":")[0] for p in problems] == ["row 2", "row 3"] and "Seraphine" not in " ".join(problems)


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_refused_with_a_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "queue.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableWorkbookError, match="import the file that was exported"):
        read_answers(path)
