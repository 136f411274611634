"""Every format of a delivered file, through the real ingest: what becomes of its records, and where a bad one is said to stand."""

import gzip
import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from orchestration.ingestion import DeliveryRecord
from tests.support.landing import ATTENDANCE, Landing

JSON_COLUMNS = {
    "student_id": "studentReference.studentUniqueId",
    "school_id": "schoolReference.schoolId",
    "attendance_date": "eventDate",
    "attendance_status": "code",
}
PLAIN = {"student_id": "Student", "school_id": "School", "attendance_date": "Date", "attendance_status": "Code"}


def contract(reader: dict[str, Any], columns: dict[str, str], files: str = "attendance*") -> str:
    """The invented district's contract with another reader, files and headers."""
    text = ATTENDANCE.replace("attendance*.csv", files).replace(
        "{property: feed, value: attendance}",
        f"{{property: feed, value: attendance}}\n      - {{property: reader, value: {json.dumps(reader)}}}",
    )
    for name, header in columns.items():
        text = text.replace(f"physicalName: {PLAIN[name]}", f"physicalName: {json.dumps(header)}")
    return text


class Format:
    """One source of one format: `read` delivers files and returns the record of the delivery."""

    def __init__(self, root: Path, reader: dict[str, Any], columns: dict[str, str], files: str = "attendance*") -> None:
        self.landing = Landing(root).contract(contract(reader, columns, files))

    def read(self, name: str = "2024-02-01", **files: str | bytes) -> DeliveryRecord:
        self.landing.deliver(name, **files)
        record = next(record for record in self.landing.ingest().deliveries if record.name == name)
        assert record.rows_read == record.rows_accepted + record.rows_rejected
        return record

    def rows(self) -> list[tuple[Any, ...]]:
        query = "SELECT student_id, school_id, attendance_date::VARCHAR, attendance_status FROM raw.attendance ORDER BY ALL"
        return self.landing.ledger().execute(query).fetchall()

    def rejected(self) -> list[tuple[Any, ...]]:
        return self.landing.rejected()


def event(student: str, day: int = 8, code: str = "P", **more: Any) -> dict[str, Any]:
    reference = {"studentReference": {"studentUniqueId": student}, "schoolReference": {"schoolId": 255901}}
    return {**reference, "eventDate": f"2024-01-{day:02}", "code": code, **more}


def row(student: str, day: int = 8, status: str = "present", school: str = "255901") -> tuple[str, str, str, str]:
    return (student, school, f"2024-01-{day:02}", status)


@pytest.fixture
def pages(tmp_path: Path) -> Format:
    return Format(tmp_path, {"format": "json"}, JSON_COLUMNS, "attendance*.json")


# ---------------------------------------------------------------------------------------------------------------- JSON


def test_json_array_single_object_and_lines_are_the_same_records(pages: Format) -> None:
    pages.read(
        attendance1__json=json.dumps([event("a"), event("b")]),
        attendance2__json=json.dumps(event("c"), indent=2),
        attendance3__json="\n".join(json.dumps(event(s)) for s in "de") + "\n\n",
    )
    assert pages.rows() == [row(s) for s in "abcde"]


def test_json_byte_order_mark_and_blanks_before_the_array_are_no_content(pages: Format) -> None:
    pages.read(attendance1__json=b"\xef\xbb\xbf \n" + json.dumps([event("a")]).encode())
    assert pages.rows() == [row("a")]


def test_json_keys_match_without_case_even_when_spellings_mix(pages: Format) -> None:
    other = {"StudentReference": {"STUDENTUNIQUEID": "b"}, "schoolreference": {"schoolid": 1}, "EventDate": "2024-01-09", "Code": "A"}
    pages.read(attendance1__json=json.dumps([event("a"), other]))
    assert pages.rows() == [row("a"), row("b", 9, "absent", "1")]


def test_json_an_empty_page_beside_others_is_fine(pages: Format) -> None:
    record = pages.read(attendance1__json=json.dumps([event("a")]), attendance2__json="[]")
    assert (record.status, record.rows_read) == ("accepted", 1)


def test_json_nothing_but_empty_pages_is_no_delivery(pages: Format) -> None:
    record = pages.read(attendance1__json="[]", attendance2__json="[ ]\n")
    assert record.status == "quarantined" and "no rows" in record.reason


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (json.dumps([event("a"), event("b")])[:-20], "line 2"),
        ("<html><body>502 Bad Gateway</body></html>", "attendance1.json"),
        ('{"message": "Access token expired", "status": 401}', "attendance1.json"),
        ('[{"id": 1}] trailing', "attendance1.json"),
        ("[1, 2, 3]", "line 1"),
        ('["a"]', "line 1"),
        ("null", "line 1"),
    ],
)
def test_json_cut_or_error_page_names_the_file(pages: Format, text: str, place: str) -> None:
    record = pages.read(attendance1__json=text)
    assert record.status == "quarantined" and record.problem is not None
    assert record.problem.rule == "broken_json" and place in record.reason


def test_json_one_broken_page_refuses_all_pages(pages: Format) -> None:
    record = pages.read(attendance1__json=json.dumps([event("a")]), attendance2__json='[{"studentReference": ')
    assert record.status == "quarantined" and "attendance2.json" in record.reason
    assert pages.rows() == []


def test_json_rejected_record_is_named_by_its_number(pages: Format) -> None:
    records = [event("a", note="two\nlines"), event("two\nlines"), event("c", code="Z"), event("", day=9)]
    pages.read(attendance1__json=json.dumps(records))
    assert pages.rejected() == [("attendance1.json", 3, "attendance_status", "code"), ("attendance1.json", 4, "student_id", "required")]


def test_json_a_null_and_an_absent_key_are_missing(pages: Format) -> None:
    records = [event("a"), event("b"), {**event("c"), "studentReference": None}]
    del records[1]["eventDate"]
    record = pages.read(attendance1__json=json.dumps(records))
    assert record.rows_rejected == 2
    assert pages.rejected() == [("attendance1.json", 2, "attendance_date", "required"), ("attendance1.json", 3, "student_id", "required")]


def test_json_record_is_the_list_inside_the_page(tmp_path: Path) -> None:
    pages = Format(tmp_path, {"format": "json", "record": "data.Items"}, JSON_COLUMNS, "attendance*.json")
    pages.read(attendance1__json=json.dumps({"total": 2, "data": {"items": [event("a"), event("b")]}}))
    assert pages.rows() == [row("a"), row("b")]


def test_json_explode_makes_one_row_per_element(tmp_path: Path) -> None:
    reader = {"format": "json", "explode": "days"}
    pages = Format(tmp_path, reader, {**JSON_COLUMNS, "attendance_date": "days.date", "attendance_status": "days.code"}, "attendance*.json")
    days = [{"date": "2024-01-08", "code": "P"}, {"date": "2024-01-09", "code": "A"}]
    pages.read(attendance1__json=json.dumps([event("a", days=days), event("b", days=[]), event("c", days=days[:1]), event("d")]))
    assert pages.rows() == [row("a"), row("a", 9, "absent"), row("c")]


def test_json_keep_empty_keeps_records_without_elements(tmp_path: Path) -> None:
    reader = {"format": "json", "explode": "days", "keep_empty": True}
    pages = Format(tmp_path, reader, {**JSON_COLUMNS, "attendance_status": "days.code"}, "attendance*.json")
    record = pages.read(attendance1__json=json.dumps([event("a", days=[{"code": "P"}]), event("b", days=[])]))
    assert (record.rows_read, record.rows_rejected) == (2, 1)
    assert pages.rejected() == [("attendance1.json", 2, "attendance_status", "required")]


def test_json_index_and_all_elements_in_a_path(tmp_path: Path) -> None:
    columns = {**JSON_COLUMNS, "student_id": "ids[1].value", "school_id": "races[*].name"}
    pages = Format(tmp_path, {"format": "json"}, columns, "attendance*.json")
    ids, races = [{"value": "x"}, {"value": "y"}], [{"name": "White"}, {"Name": "Asian"}, {"name": "Black"}]
    pages.read(attendance1__json=json.dumps([event("a", ids=ids, races=races)]))
    [(student, school, *_)] = pages.rows()
    assert student == "y" and sorted(school.split("|")) == ["Asian", "Black", "White"]


def test_json_texts_with_quotes_commas_and_unusual_keys_come_through(tmp_path: Path) -> None:
    columns = {**JSON_COLUMNS, "school_id": 'odd/ke~y "x"'}
    pages = Format(tmp_path, {"format": "json"}, columns, "attendance*.json")
    pages.read(attendance1__json=json.dumps([event('O"Neil, "Jo"', **{'odd/ke~y "x"': "é,1"})], ensure_ascii=True))
    assert pages.rows() == [row('O"Neil, "Jo"', school="é,1")]


def test_json_long_numbers_keep_their_digits(pages: Format) -> None:
    pages.read(attendance1__json=json.dumps([event("a") | {"studentReference": {"studentUniqueId": 604821000000000000001234}}]))
    assert pages.rows() == [row("604821000000000000001234")]


def test_json_in_the_encoding_of_the_contract(tmp_path: Path) -> None:
    pages = Format(tmp_path, {"format": "json", "encoding": "utf-16"}, JSON_COLUMNS, "attendance*.json")
    pages.read(attendance1__json=json.dumps([event("José")], ensure_ascii=False).encode("utf-16"))
    assert pages.rows() == [row("José")]


# ----------------------------------------------------------------------------------------------------------------- XML

XML_COLUMNS = {
    "student_id": "StudentReference.StudentIdentity.StudentUniqueId",
    "school_id": "SchoolReference.@ref",
    "attendance_date": "AttendanceEvent.EventDate",
    "attendance_status": "AttendanceEvent.Code",
}


def xml(*events: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{head}\n<Interchange xmlns="http://ed-fi.org/5.2"><Other><Event/></Other>\n{"".join(events)}</Interchange>\n'


def xml_event(student: str, day: int = 8, code: str = "P", prefix: str = "") -> str:
    return (
        f'<{prefix}Event id="e"><StudentReference><StudentIdentity><StudentUniqueId>{student}</StudentUniqueId></StudentIdentity>'
        f'</StudentReference><SchoolReference ref="255901"/>\n<AttendanceEvent><EventDate> 2024-01-{day:02}\n</EventDate>'
        f"<Code>{code}</Code><Code>A</Code></AttendanceEvent></{prefix}Event>\n"
    )


@pytest.fixture
def records(tmp_path: Path) -> Format:
    return Format(tmp_path, {"format": "xml", "record": "Event"}, XML_COLUMNS, "attendance*.xml")


def test_xml_records_by_dotted_paths_and_attributes_the_first_of_repeated_elements(records: Format) -> None:
    record = records.read(attendance1__xml=xml(xml_event("a"), xml_event("b", 9, "A")))
    assert record.rows_read == 3  # the empty Event inside Other is a record as well
    assert records.rows() == [row("a"), row("b", 9, "absent")]


def test_xml_namespace_prefix_and_case_are_ignored(records: Format) -> None:
    text = f'<ns:x xmlns:ns="urn:x">{xml_event("a", prefix="ns:").replace("StudentUniqueId", "studentuniqueid")}</ns:x>'
    records.read(attendance1__xml=text)
    assert records.rows() == [row("a")]


def test_xml_explode_makes_one_row_per_element(tmp_path: Path) -> None:
    columns = {**XML_COLUMNS, "attendance_status": "AttendanceEvent.Code"}
    records = Format(tmp_path, {"format": "xml", "record": "Event", "explode": "AttendanceEvent.Code"}, columns, "attendance*.xml")
    record = records.read(attendance1__xml=xml(xml_event("a")))
    assert record.rows_read == 2
    assert {rule for *_, rule in records.rejected()} == {"duplicate_key"}


def test_xml_rejected_record_is_named_by_its_number(records: Format) -> None:
    records.read(attendance1__xml=xml(xml_event("a"), xml_event("b\n\nc"), xml_event("d", code="Z")))
    assert ("attendance1.xml", 4, "attendance_status", "code") in records.rejected()


def test_xml_entities_of_letters_are_read_and_declared_ones_refused(records: Format) -> None:
    records.read(attendance1__xml=xml(xml_event("O&apos;Neil &amp; Sons &#233;")))
    assert records.rows() == [row("O'Neil & Sons é")]
    declared = xml(xml_event("&x;"), head='<?xml version="1.0"?>\n<!DOCTYPE Interchange [<!ENTITY x "y">]>')
    record = records.read("2024-02-02", attendance1__xml=declared)
    assert record.status == "quarantined" and record.problem is not None
    assert (record.problem.rule, record.problem.line) == ("entity", 2)


def test_xml_cut_in_the_middle_names_the_line(records: Format) -> None:
    record = records.read(attendance1__xml=xml(xml_event("a"), xml_event("b"))[:-60])
    assert record.status == "quarantined" and record.problem is not None
    assert record.problem.rule == "unreadable" and record.problem.line > 1


def test_xml_in_another_declared_encoding(records: Format) -> None:
    records.read(attendance1__xml=xml(xml_event("José"), head='<?xml version="1.0" encoding="windows-1252"?>').encode("cp1252"))
    assert records.rows() == [row("José")]


# ---------------------------------------------------------------------------------------------------------- fixed width

FIXED = {"format": "fixed_width", "fields": {"Student": [1, 4], "School": [5, 7], "Date": [8, 17], "Code": [18, 18]}}


def fixed(student: str, day: int = 8, code: str = "P") -> str:
    return f"{student:<4}A  2024-01-{day:02}{code}"


def test_fixed_width_cuts_characters_not_bytes_and_trims(tmp_path: Path) -> None:
    lines = Format(tmp_path, FIXED, PLAIN, "attendance*.txt")
    lines.read(attendance__txt="\r\n".join([fixed("Joé"), fixed('a"b', 9), fixed("c,d", 10, "A")]))
    assert lines.rows() == sorted([row("Joé", school="A"), row('a"b', 9, school="A"), row("c,d", 10, "absent", "A")])


def test_fixed_width_lines_keep_their_numbers_past_titles_and_blank_lines(tmp_path: Path) -> None:
    lines = Format(tmp_path, {**FIXED, "skip_lines": 2}, PLAIN, "attendance*.txt")
    text = (
        "Attendance of Elm\n\n" + fixed("a") + "\n\n\n" + fixed("b", 9, "Z") + "\n   \n" + fixed("c", 9) + "\n" + fixed("d", 9, "Z") + "\n"
    )
    record = lines.read(attendance__txt=text)
    assert (record.rows_read, record.rows_accepted) == (4, 2)
    assert [(line, rule) for _, line, _, rule in lines.rejected()] == [(6, "code"), (9, "code")]


def test_fixed_width_short_line_misses_its_last_fields(tmp_path: Path) -> None:
    lines = Format(tmp_path, FIXED, PLAIN, "attendance*.txt")
    lines.read(attendance__txt="\n".join([fixed("a"), fixed("b")[:-1]]))
    assert [(line, rule) for _, line, _, rule in lines.rejected()] == [(2, "required")]


# ------------------------------------------------------------------------------------------------------------ workbooks


def workbook(rows: list[list[Any]], title: str = "Sheet1", more: dict[str, list[list[Any]]] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for line in rows:
        sheet.append(line)
    for other, lines in (more or {}).items():
        added = book.create_sheet(other)
        for line in lines:
            added.append(line)
    held = BytesIO()
    book.save(held)
    return held.getvalue()


HEAD: list[Any] = ["Student", "School", "Date", "Code"]


def test_sheet_is_found_by_pattern(tmp_path: Path) -> None:
    book = Format(tmp_path, {"format": "excel", "sheet_pattern": "^Attendance"}, PLAIN, "attendance*.xlsx")
    book.read(attendance__xlsx=workbook([["no"]], "Cover", {"Attendance 2024": [HEAD, ["a", "A", "2024-01-08", "P"]]}))
    assert book.rows() == [row("a", school="A")]
    record = book.read("2024-02-02", attendance__xlsx=workbook([["no"]], "Cover"))
    assert record.status == "quarantined" and "^Attendance" in record.reason


def test_workbook_in_an_archive(tmp_path: Path) -> None:
    book = Format(tmp_path, {"format": "excel"}, PLAIN, "files/attendance*.xlsx")
    book.read(files__zip=zipped({"attendance.xlsx": workbook([HEAD, ["a", "A", "2024-01-08", "P"]])}))
    assert book.rows() == [row("a", school="A")]


def test_formula_in_a_read_cell_is_rejected_and_elsewhere_no_matter(tmp_path: Path) -> None:
    book = Format(tmp_path, {"format": "excel"}, PLAIN, "attendance*.xlsx")
    rows = [[*HEAD, "Sum"], ["a", "A", "2024-01-08", "P", "=1+1"], ["=A2", "A", "2024-01-08", "P", ""]]
    book.read(attendance__xlsx=workbook(rows))
    assert book.rows() == [row("a", school="A")]
    assert book.rejected() == [("attendance.xlsx", 3, "student_id", "formula")]


def test_formula_values_are_used_where_the_contract_takes_them(tmp_path: Path) -> None:
    book = Format(tmp_path, {"format": "excel", "formulas": "value"}, PLAIN, "attendance*.xlsx")
    book.read(attendance__xlsx=workbook([HEAD, ["a", "A", "2024-01-08", "P"], ["=A2", "A", "2024-01-08", "P"]]))
    # No program has computed this workbook, so the formula has no last value.
    assert book.rejected() == [("attendance.xlsx", 3, "student_id", "required")]


def test_sheet_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    book = Format(tmp_path, {"format": "excel"}, {**PLAIN, "student_id": "Student ID"}, "attendance*.xlsx")
    rows = [["Elm\ndistrict"], [], ["Student\nID", *HEAD[1:]], ["a\nb", "A", "2024-01-08", "P"], [], ["c", "A", "2024-01-08", "Z"]]
    book.read(attendance__xlsx=workbook(rows))
    assert book.rejected() == [("attendance.xlsx", 6, "attendance_status", "code")]


# ------------------------------------------------------------------------------------------------------- footers, archives

GOOD = "Student,School,Date,Code\na,A,2024-01-08,P\n"


def test_footer_and_everything_after_it_is_no_row(tmp_path: Path) -> None:
    table = Format(tmp_path, {"footer": "^(Note|Source)"}, PLAIN, "attendance*.csv")
    record = table.read(attendance__csv=GOOD + 'b,A,Note,P\n\nNote: counts below 10 are hidden\nSource, "x\nmore,1\n')
    assert (record.rows_read, record.rows_rejected) == (2, 1)
    assert table.rejected() == [("attendance.csv", 3, "attendance_date", "date")]


def test_footer_that_never_comes_changes_nothing(tmp_path: Path) -> None:
    table = Format(tmp_path, {"footer": "^Note"}, PLAIN, "attendance*.csv")
    assert table.read(attendance__csv=GOOD).rows_read == 1


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_file_that_is_all_footer_has_no_rows(tmp_path: Path, mark: bytes) -> None:
    table = Format(tmp_path, {"footer": "^Student"}, PLAIN, "attendance*.csv")
    assert table.read(attendance__csv=mark + GOOD.encode()).status == "quarantined"


def test_gz_is_read_as_the_file_without_gz(tmp_path: Path) -> None:
    table = Format(tmp_path, {}, PLAIN, "attendance*.csv")
    table.read(attendance__csv__gz=gzip.compress(GOOD.encode()))
    assert table.rows() == [row("a", school="A")]
    table.landing.deliver("2024-02-02 not packed", attendance__csv=GOOD)
    assert table.landing.ingest().new == 0  # the same content


def zipped(files: dict[str, bytes]) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return held.getvalue()


def test_zip_in_a_delivery_is_a_folder_of_its_name(tmp_path: Path) -> None:
    table = Format(tmp_path, {}, PLAIN, "inner/deep/attendance*.csv")
    inner = zipped({"attendance.csv": GOOD.encode(), "__MACOSX/._attendance.csv": b"x", ".DS_Store": b"x"})
    table.read(inner__zip=zipped({"deep.zip": inner}))
    assert table.rows() == [row("a", school="A")]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    table = Format(tmp_path, {}, PLAIN, "attendance*.csv")
    record = table.read(attendance__csv=GOOD, attendance__csv__gz=gzip.compress(GOOD.encode()))
    assert record.status == "quarantined" and "attendance.csv" in record.reason


def test_a_folder_and_the_same_files_zipped_are_one_delivery(tmp_path: Path) -> None:
    table = Format(tmp_path, {}, PLAIN, "attendance*.csv")
    table.read(attendance__csv=GOOD)
    (table.landing.inbox / "elm" / "2024-02-02.zip").write_bytes(zipped({"attendance.csv": GOOD.encode()}))
    result = table.landing.ingest()
    assert len(result.deliveries) == 1 and result.new == 0


@pytest.mark.parametrize("name", ["attendance (1).csv", "attendance[1].csv", "attendance*.csv", "attendance'é.csv", "attendance;$(x).csv"])
def test_any_file_name_is_read(tmp_path: Path, name: str) -> None:
    table = Format(tmp_path, {}, PLAIN, "attendance*.csv")
    folder = table.landing.deliver("2024-02-01 [final]")
    (folder / name).write_text(GOOD)
    (folder / "attendance1.csv").write_text(GOOD.replace("a,A", "b,A"))
    assert [record.rows_accepted for record in table.landing.ingest().deliveries] == [2]
