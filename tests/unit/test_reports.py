"""Reports for senders: what a dirty delivery is told, what never stands on a page, what comes back as rows."""

import csv
import json
import os
import string
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from orchestration.contracts import load_contracts
from orchestration.ingestion.operate import withdraw
from orchestration.reports import as_html, write_reports
from orchestration.reports.facts import Arrived, DeliveryReport, Finding, Returned
from orchestration.reports.rejected import write_returned
from orchestration.reports.verdict import Verdict
from tests.support.landing import ATTENDANCE, GOOD, HEADER, Landing

DIRTY = (
    "Student,School,Date,Code,Teacher\n"
    + "".join(f"s{n},A,2024-01-08,P,Ms Quill\n" for n in range(20))
    + "s31,A,01/09/2024,P,Ms Quill\n"  # line 22
    + "s32,A,2024-01-09,Zorro,Ms Quill\n"
    + ",B33,2024-01-09,P,Ms Quill\n"
    + "s34,A,2024-01-09,Zebra,Ms Quill\n"
)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path).contract()


def reports(landing: Landing) -> Path:
    """Ingest what lies there, write the reports; returns the source's folder."""
    contract = load_contracts(landing.contracts)[landing.source]
    deliveries = landing.ingest().deliveries
    return write_reports(contract, deliveries, raw_dir=landing.raw, folder=landing.root / "home" / "reports")


def page(landing: Landing, delivery: str = "2024-02-01") -> str:
    """The report's text as a reader sees it, blanks folded."""
    (file,) = reports(landing).glob(f"{delivery}-*.html")
    return text_of(file.read_text(encoding="utf-8"))


def returned(landing: Landing, delivery: str = "2024-02-01") -> list[dict[str, str]]:
    (file,) = reports(landing).glob(f"{delivery}-*.csv")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


class Reader(HTMLParser):
    """What a browser makes of a page: elements with their attributes' names, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self._silent = tag == "style"
        if tag not in ("bdi", "a", "code", "span"):
            self.texts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._silent and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def text_of(html: str) -> str:
    return " ".join("".join(read(html).texts).split())


# What a report says


def test_a_clean_delivery_has_nothing_to_mend(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    told = page(landing)
    assert "We took in your whole delivery" in told and "All 3 rows are fine. There is nothing to mend." in told
    assert "What to mend" not in told and not list(reports(landing).glob("*.csv"))


def test_a_dirty_delivery_names_file_line_column_and_remedy_in_the_senders_words(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    told = page(landing)
    assert "We took in your delivery and set some rows aside" in told and "4 of 24 rows cannot be used; the other 20 rows are fine." in told
    assert "Column “Date”: this is not a date as agreed Where attendance.csv, line 22 How many 1 row" in told
    assert "Write the date in the agreed form. January 31, 2024, for example, is written 2024-01-31." in told
    assert "Column “Code”: we do not know this code Where attendance.csv, lines 23 and 25 How many 2 rows" in told
    assert "Codes we know: P, A, T." in told
    assert "Column “Student”: the cell is empty, and this column must always be filled Where attendance.csv, line 24" in told
    assert "attendance_date" not in told and "student_id" not in told


def test_many_rows_of_one_reason_are_counted_and_the_first_ten_named(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD * 1 + "".join(f"x{n},B,2024-01-08,P\n" for n in range(40)) + "y,B,2024,P\n" * 25)
    assert "lines 45, 46, 47, 48, 49, 50, 51, 52, 53, 54 and 15 more How many 25 rows" in page(landing)


def test_a_refused_delivery_says_why_and_that_the_earlier_one_stays(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    landing.deliver("2024-03-01", attendance__csv="Student,School,Code\ns1,A,P\n")
    told = page(landing, "2024-03-01")
    assert (
        "We could not take in this delivery attendance.csv, column “Date”: a column we need is not in the file. A delivery is taken" in told
    )
    assert "Column “Date”: a column we need is not in the file Where attendance.csv" in told
    assert "Add the column, or give it back the name it had before." in told
    assert "Nothing of this delivery is used. Your earlier delivery “2024-02-01” (February 1, 2024) stays in use" in told
    assert "These files arrived. None of their rows was used. attendance.csv" in told
    assert "This delivery is in use now." in page(landing, "2024-02-01")


def test_a_refused_first_delivery_has_none_to_fall_back_on(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv="")
    assert "There is no earlier delivery of yours to fall back on" in page(landing)


def test_a_refused_delivery_need_not_be_mended_once_a_newer_one_is_in_use(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv="")
    before = page(landing)
    landing.deliver("2024-03-01", attendance__csv=GOOD)
    assert "you need not send this one again" not in before
    assert "A newer delivery of yours, “2024-03-01” (March 1, 2024), is in use, so you need not send this one again." in page(landing)


def test_a_replaced_delivery_says_by_which(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    landing.deliver("2024-03-01", attendance__csv=GOOD + "s9,A,2024-01-10,P\n")
    assert "Your delivery “2024-03-01” (March 1, 2024) has taken its place since." in page(landing)


def test_too_many_mistakes_refuse_the_delivery_and_still_give_the_rows_back(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=HEADER + "s1,A,2024-01-08,P\ns2,A,nonsense,P\ns3,A,nonsense,P\n")
    told = page(landing)
    assert "We could not take in this delivery 2 of 3 rows have mistakes" in told.replace("✕ ", "")
    assert "Without mistakes With mistakes attendance.csv attendance 3 1 2" in told
    assert [row["Student"] for row in returned(landing)] == ["s2", "s3"]


def test_a_zip_that_cannot_be_opened_is_reported_too(landing: Landing) -> None:
    landing.deliver("x")
    (landing.inbox / "elm" / "2024-02-01.zip").write_bytes(b"PK\x05\x06")
    os.utime(landing.inbox / "elm" / "2024-02-01.zip", (0, 0))  # it stopped growing long ago
    told = page(landing)
    assert "We could not take in this delivery" in told and "Send a plain zip file" in told and "No file of this delivery" in told


def test_columns_not_taken_and_files_nobody_reads_are_named(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY, notes__txt="Ms Quill")
    told = page(landing)
    assert "Columns we do not take" in told and "attendance.csv Teacher Files and sheets nobody reads" in told and "notes.txt" in told


def test_rows_left_out_as_agreed_are_no_mistakes(landing: Landing) -> None:
    only_a = "{property: feed, value: attendance}\n      - {property: where, value: {column: School, in: [A]}}"
    landing.contract(ATTENDANCE.replace("{property: feed, value: attendance}", only_a))
    landing.deliver("2024-02-01", attendance__csv=GOOD + "s1,B,2024-01-08,P\n")
    told = page(landing)
    assert "Left out as agreed attendance.csv attendance 3 3 0 1" in told and "All 3 rows are fine" in told


# What never stands on a page


def test_no_delivered_value_stands_on_the_page(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY + '"s40","A",2024-01-09,P,"x" y\ns41,A\n')
    told = page(landing)
    assert not [value for value in ("Zorro", "Zebra", "Quill", "s31", "B33", "01/09/2024") if value in told]
    assert "as carefully as the delivery itself" in told


def test_a_page_needs_nothing_else(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    (file,) = reports(landing).glob("*.html")
    html = file.read_text(encoding="utf-8")
    tags = {tag for tag, _ in read(html).elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "form"} and "http://" not in html and "https://" not in html
    assert "default-src 'none'" in html and '<html lang="en">' in html


def test_rows_of_another_source_never_come_along(landing: Landing) -> None:
    other = Landing(landing.root, source="oak")
    other.contract(ATTENDANCE.replace("id: elm", "id: oak").replace("Elm", "Oak"))
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    other.deliver("2024-02-01", attendance__csv=DIRTY.replace("s3", "oak3"))
    reports(other)
    assert {row["Student"] for row in returned(landing)} == {"s31", "s32", "", "s34"}
    assert {row["Student"] for row in returned(other)} == {"oak31", "oak32", "", "oak34"}
    assert "Oak" not in page(landing)


ANY_TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("<>&\"'`={}%"), min_size=1, max_size=40)


def report_about(text: str) -> DeliveryReport:
    """A report in which everything that a sender may name is called `text`."""
    base = {"source": "elm", "source_name": text, "party": text, "delivery": text, "delivery_id": "0" * 16, "is_check": False}
    finding = Finding(text, text, "code", 2, 2, (3, 4), "line", "we do not know this code", "correct it", text)
    day = date(2024, 2, 1)
    return DeliveryReport(
        **base,
        received=day,
        as_of=day,
        verdict=Verdict("set_aside", "t", "s", text),
        names=(text,),
        arrived=(Arrived(text, text, text, 2, 1, 1, 1),) * 2,
        findings=(finding, finding, replace(finding, rows=0, places=0, lines=())),
        returned=(Returned(text, text, 2),),
        unused_files=(text,),
        not_taken=((text, (text, text)),),
        absent=((text, text),),
        counts_cells=True,
    )


@given(ANY_TEXT)
@example("</bdi><script>alert(1)</script>")
@example("\" onclick='x' autofocus x=\"")
@example("{{ 7 * 7 }}{% include 'x' %}")
@example("a\u202egnp.exe\x00\x1b[31m")
@settings(max_examples=200)
def test_no_name_of_a_file_or_column_changes_the_structure_of_a_page(text: str) -> None:
    plain = read(as_html(report_about("x")))
    told = read(as_html(report_about(text)))
    assert told.elements == plain.elements
    assert not any(ord(char) < 32 and char != "\n" for char in "".join(told.texts))
    if text.isalnum():
        assert text in "".join(told.texts)


# What comes back as rows


def test_rows_come_back_as_they_came_with_line_reason_and_remedy(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    rows = returned(landing)
    assert list(rows[0]) == ["file", "line", "column", "reason", "what_to_do", "Student", "School", "Date", "Code"]
    assert [(row["line"], row["column"], row["Student"], row["Date"], row["Code"]) for row in rows] == [
        ("22", "Date", "s31", "01/09/2024", "P"),
        ("23", "Code", "s32", "2024-01-09", "Zorro"),
        ("24", "Student", "", "2024-01-09", "P"),
        ("25", "Code", "s34", "2024-01-09", "Zebra"),
    ]
    assert rows[0]["reason"] == "this is not a date as agreed" and rows[0]["what_to_do"] == "write the date in the agreed form"


def test_rows_that_came_back_can_be_mended_and_delivered(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    rows = returned(landing)
    for row, mended in zip(rows, ({"Date": "2024-01-09"}, {"Code": "A"}, {"Student": "s33"}, {"Code": "T"}), strict=True):
        row.update(mended)
    lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows)]
    landing.deliver("2024-03-01", attendance__csv="\n".join(lines) + "\n")
    assert "All 4 rows are fine" in page(landing, "2024-03-01")


def test_a_row_that_could_not_be_split_comes_back_without_its_text(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD + "s8,A\n")
    (row,) = returned(landing)
    assert (row["line"], row["reason"]) == ("5", "the row has fewer cells than there are columns") and "s8" not in row.values()


def test_a_repeated_row_comes_back_under_its_own_column_names(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD + "s1,A,2024-01-08,P\n")
    (row,) = returned(landing)
    assert (row["line"], row["Student"], row["Code"]) == ("5", "s1", "P")


def give_back(folder: Path, rows: list[dict[str, str]], table: str = "t") -> list[list[str]]:
    """Write and read back a CSV of rows whose cells are `rows`."""
    con = duckdb.connect(":memory:")
    rejected = folder / "rejected.parquet"
    con.execute(
        "CREATE TABLE rejected (table_name VARCHAR, file VARCHAR, line BIGINT, column_name VARCHAR, rule VARCHAR, row_text VARCHAR)"
    )
    for line, row in enumerate(rows, start=2):
        con.execute("INSERT INTO rejected VALUES ('t', '=f.csv', ?, 'c', 'code', ?)", [line, json.dumps(row)])
    con.execute(f"COPY rejected TO '{rejected}' (FORMAT parquet)")
    write_returned(con, [rejected], table, {("=f.csv", "c"): "@Column"}, folder / "rows.csv")
    with (folder / "rows.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00") | st.sampled_from("=+-@\t\r\n\"',;0123456789"), max_size=20)


@given(st.lists(st.builds(lambda one, two: {"Name": one, "Größe 'x'": two}, CELL, CELL), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_cell_comes_back_whole_and_none_as_a_formula(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    header, *found = give_back(tmp_path, rows)
    assert header[5:] == ["Name", "Größe 'x'"]
    for row, delivered in zip(found, rows, strict=True):
        for name, cell in zip(header[5:], row[5:], strict=True):
            text = delivered[name]
            assert cell in (text, f"'{text}")
            assert not cell.lstrip().startswith(("=", "@")) and (
                not cell.startswith(("+", "-")) or set(cell) <= set(string.digits + "+-.,%")
            )


@pytest.mark.parametrize(
    ("delivered", "given_back"),
    [
        ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("@SUM(A1)", "'@SUM(A1)"), ("-x", "'-x"), ("\t=1", "'\t=1"),
        ('="0064"', "'=\"0064\""), ("\uff1d1+1", "'\uff1d1+1"), ("-5", "-5"), ("+3.25", "+3.25"), ("-1,200.50", "-1,200.50"), ("-2%", "-2%"), ("O'Neill", "O'Neill"),
        ("-1-1", "'-1-1"), ("0064", "0064"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_and_a_number_does_not(tmp_path: Path, delivered: str, given_back: str) -> None:
    header, row = give_back(tmp_path, [{"=Name": delivered}])
    assert (row[5], header[5], row[0], row[2]) == (given_back, "'=Name", "'=f.csv", "'@Column")


def test_a_column_of_the_sender_that_is_called_like_ours_keeps_its_name(tmp_path: Path) -> None:
    header, row = give_back(tmp_path, [{"Line": "7", "reason": "moved", "a/b~'\"": "x"}])
    assert header == ["file", "line (report)", "column", "reason (report)", "what_to_do", "Line", "reason", "a/b~'\""]
    assert (row[1], row[5], row[6], row[7]) == ("2", "7", "moved", "x")


# Files


def test_reports_are_for_the_hub_alone(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    folder = reports(landing)
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv", ".html"]


def test_a_second_run_touches_nothing(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    first = {path: path.stat().st_mtime_ns for path in reports(landing).iterdir()}
    assert {path: path.stat().st_mtime_ns for path in reports(landing).iterdir()} == first


def test_a_report_that_was_damaged_or_deleted_is_made_again(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    folder = reports(landing)
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    (folder / ".half.html.aside").write_text("s31")
    assert {path.name: path.read_bytes() for path in reports(landing).iterdir()} == contents


def test_a_delivery_read_again_under_a_changed_contract_has_a_new_report_and_no_stale_rows(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=HEADER + "s1,A,2024-01-08,P\ns2,A,2024-01-08,X\n")
    assert len(returned(landing)) == 1
    landing.contract(ATTENDANCE.replace("T: tardy", "T: tardy, X: absent"))
    assert "All 2 rows are fine" in page(landing)
    assert [path.suffix for path in reports(landing).iterdir()] == [".html"]


def test_the_report_of_a_delivery_that_is_gone_is_gone(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    contract = load_contracts(landing.contracts)["elm"]
    folder = reports(landing)
    write_reports(contract, [], raw_dir=landing.raw, folder=folder.parent)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["<b>2024</b>", "a b", "..", "x" * 200, "é\n\t", "-rf"])
def test_any_name_of_a_delivery_makes_a_safe_file_name(landing: Landing, name: str) -> None:
    if name == "..":
        name = "..hidden"
    landing.deliver(name, attendance__csv=GOOD)
    records = landing.ingest().deliveries
    folder = reports(landing)
    assert len(list(folder.glob("*.html"))) == len(records)
    assert all(set(path.name) <= set(string.ascii_letters + string.digits + "._-") and len(path.name) < 120 for path in folder.iterdir())


# Deliveries that an operator, or their volume, takes out


def test_a_withdrawn_delivery_says_why_and_what_is_in_use_instead(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    landing.deliver("2024-03-01", attendance__csv=GOOD + "s9,A,2024-01-10,P\n")
    newest = next(record for record in landing.ingest().deliveries if record.name == "2024-03-01")
    assert "This delivery is in use now." in page(landing, "2024-03-01")
    withdraw(landing.raw, newest, "it was sent for another school")
    told = page(landing, "2024-03-01")
    assert "This delivery was taken back Reason: It was sent for another school." in told
    assert "Your earlier delivery “2024-02-01” (February 1, 2024) stays in use" in told and "What to mend" not in told
    assert "This delivery is in use now." in page(landing, "2024-02-01")


def test_a_delivery_that_loses_most_records_waits_for_somebody_to_look(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=HEADER + "".join(f"s{n},A,2024-01-08,P\n" for n in range(100)))
    landing.deliver("2024-03-01", attendance__csv=HEADER + "".join(f"s{n},A,2024-01-08,P\n" for n in range(20)))
    told = page(landing, "2024-03-01")
    assert "We could not take in this delivery" in told and "Attendance: of 100 records 80 are gone and 0 are new." in told
    assert "Look whether the export was complete" in told and "“2024-02-01” (February 1, 2024) stays in use" in told


# Words that only the contract knows


def test_a_header_under_another_name_is_told_as_it_stands_in_the_file(landing: Landing) -> None:
    landing.contract(ATTENDANCE.replace('{property: formats, value: ["%Y-%m-%d"]}', "{property: aliases, value: [Day of School]}"))
    landing.deliver("2024-02-01", attendance__csv=GOOD.replace("Date", "Day of  school") + "s9,A,x,P\n")
    assert "Column “Day of school”: this is not a date as agreed" in page(landing)


def test_what_comes_from_the_name_of_a_file_is_no_column(landing: Landing) -> None:
    named = 'value: attendance}\n      - {property: file_name, value: "attendance_(?P<day>.+)[.]csv"}'
    contract = ATTENDANCE.replace("value: attendance}", named, 1).replace("        physicalName: Date\n", "")
    landing.contract(contract.replace("[{property: formats", "[{property: from_file, value: day}, {property: formats"))
    rows = "Student,School,Code\ns1,A,P\n"
    landing.deliver("2024-02-01", **{"attendance_2024-01-08__csv": rows, "attendance_spring__csv": rows})
    told = page(landing)
    assert "This is not a date as agreed Where attendance_spring.csv, line 2" in told and "It is taken from the name of the file." in told


def test_rules_across_columns_say_what_is_agreed(landing: Landing) -> None:
    only = "\n      - {property: expect, value: [{column: School, in: [A, B]}]}"
    landing.contract(ATTENDANCE.replace("{property: feed, value: attendance}", "{property: feed, value: attendance}" + only))
    landing.deliver("2024-02-01", attendance__csv=GOOD + "s9,Elsewhere,2024-01-09,P\n")
    told = page(landing)
    assert "Column “School”: this text is not one of those agreed for this column" in told and "Agreed: A, B." in told
    assert "Elsewhere" not in told


def test_rows_of_a_workbook_are_counted_as_rows(landing: Landing) -> None:
    book = Workbook()
    for row in (["Student", "School", "Date", "Code"], ["s1", "A", "2024-01-08", "P"], ["s2", "A", "2024-01-08", "Zorro"]):
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    sheet = "\n      - {property: reader, value: {format: excel}}"
    text = ATTENDANCE.replace("attendance*.csv", "attendance*.xlsx")
    landing.contract(text.replace("{property: feed, value: attendance}", "{property: feed, value: attendance}" + sheet))
    landing.deliver("2024-02-01", attendance__xlsx=buffer.getvalue())
    assert "attendance.xlsx, sheet Sheet, row 3" in page(landing)


def test_a_contradiction_says_what_makes_two_rows_the_same_record(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD + "s1,A,2024-01-08,T\n")
    told = page(landing)
    assert "Several rows are about the same record and say different things Where attendance.csv, lines 2 and 5" in told
    assert "Rows are about the same record where they agree in Student, School and Date." in told


def test_several_mistakes_on_one_line_of_a_wide_file_are_one_place(landing: Landing) -> None:
    wide = "\n      - {property: unpivot, value: {pattern: '^\\d{4}-.*'}}"
    text = ATTENDANCE.replace("{property: feed, value: attendance}", "{property: feed, value: attendance}" + wide)
    text = text.replace("        physicalName: Date\n", "").replace(
        "[{property: formats", "[{property: from_unpivot, value: name}, {property: formats"
    )
    landing.contract(
        text.replace("        physicalName: Code\n", "").replace(
            "[{property: codes", "[{property: from_unpivot, value: value}, {property: codes"
        )
    )
    landing.deliver("2024-02-01", attendance__csv="Student,School,2024-01-08,2024-01-09\ns1,A,P,P\ns2,A,Zorro,Zebra\ns3,A,P,A\n")
    told = page(landing)
    assert "Column “2024-01-08, 2024-01-09”: we do not know this code Where attendance.csv, line 3 How many 2 rows" in told
    assert "It stands under one of the column headings. Codes we know: P, A, T." in told
    assert "every filled cell under such a column counts as a row" in told
