"""Layouts a contract can describe: one small file each, through the real reader, compared with rows written by hand."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.support.landing import ATTENDANCE, GOOD, Landing

HEAD = """\
apiVersion: v3.1.0
kind: DataContract
id: elm
name: Elm
version: 1.0.0
status: active
customProperties:
  - property: party
    value: {id: p, name: P, type: publisher}
  - property: terms
    value: {agreement: test}
  - property: delivery
    value: {max_rejected_share: 0.9}
schema:
"""


def rows(landing: Landing, query: str) -> list[tuple[object, ...]]:
    [record] = landing.ingest().deliveries
    assert record.status == "accepted", record.reason
    return landing.ledger().execute(query).fetchall()


@pytest.fixture
def published(tmp_path: Path) -> Landing:
    return Landing(tmp_path).contract(
        HEAD
        + """\
  - name: rates
    physicalName: "*rates*.csv"
    customProperties:
      - {property: feed, value: published_indicator}
      - {property: replacement, value: per_period}
      - {property: file_name, value: '(?P<year>\\d{4}-\\d{2})'}
      - {property: reader, value: {header_rows: 2, excel_text: true}}
    properties:
      - {name: unit_name, physicalName: District}
      - name: unit_id
        physicalName: District Code
        customProperties: [{property: codes, value: {"": CT}}, {property: otherwise, value: keep}]
      - name: unit_type
        physicalName: District
        customProperties: [{property: codes, value: {Total: state}}, {property: otherwise, value: district}]
      - name: value
        physicalName: "Absent %"
        customProperties: [{property: markers, value: ["*"]}, {property: scale, value: 0.01}]
      - name: numerator
        physicalName: "Absent Count"
        customProperties: [{property: markers, value: ["*"]}]
      - name: school_year
        customProperties: [{property: from_file, value: year}, {property: format, value: label}]
      - {name: measure_id, customProperties: [{property: constant, value: chronic_absence_rate}]}
      - {name: definition, customProperties: [{property: constant, value: test}]}
      - {name: student_group, customProperties: [{property: constant, value: all}]}
"""
    )


def test_title_lines_two_header_rows_text_codes_markers_and_the_state_row(published: Landing) -> None:
    text = '"Rates"\n", All"\n\n"",,"Absent",\n"District","District Code","Count","%"\n"Elm","=""001""",12,6.1\n"Oak","=""002""","*","*"\n"Total","=""""",20,10\n'
    published.deliver("d", **{"rates_2018-19__csv": text})
    found = rows(
        published,
        "SELECT unit_type, unit_id, numerator::INT, value::DOUBLE, numerator_marker, value_marker, school_year, _scope FROM raw.published_indicator ORDER BY 2",
    )
    assert found == [
        ("district", "001", 12, 0.061, None, None, 2019, "rates/2019"),
        ("district", "002", None, None, "*", "*", 2019, "rates/2019"),
        ("state", "CT", 20, 0.1, None, None, 2019, "rates/2019"),
    ]


def test_wide_table_becomes_one_row_per_named_column(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        HEAD
        + """\
  - name: counts
    physicalName: counts.csv
    customProperties:
      - {property: feed, value: community_context}
      - {property: unpivot, value: {columns: {Grade 1: g1, Grade 2: g2}}}
    properties:
      - {name: unit_id, physicalName: Town}
      - {name: statistic_id, customProperties: [{property: from_unpivot, value: name}]}
      - {name: value, customProperties: [{property: from_unpivot, value: value}]}
      - {name: unit_type, customProperties: [{property: constant, value: community}]}
      - {name: period, customProperties: [{property: constant, value: "2024"}]}
"""
    )
    landing.deliver("d", counts__csv="Town,Grade 1,Grade 2\nElm,5,7\nOak,x,9\n")
    found = rows(landing, "SELECT unit_id, statistic_id, value::INT FROM raw.community_context ORDER BY ALL")
    assert found == [("Elm", "g1", 5), ("Elm", "g2", 7), ("Oak", "g2", 9)]
    assert landing.rejected() == [("counts.csv", 3, "value", "number")]
    [record] = landing.ingest().deliveries
    assert (record.rows_read, record.rows_accepted, record.rows_rejected) == (4, 3, 1)


def test_headerless_file_with_a_code_table_of_the_delivery(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        ATTENDANCE.replace(
            "{property: feed, value: attendance}",
            "{property: feed, value: attendance}\n      - {property: reader, value: {header: none, columns: [Student, School, Date, Code]}}\n"
            "      - {property: lookups, value: {code: {file: codes.csv, header: none, key: 1, value: 2}}}",
        ).replace(
            "customProperties: [{property: codes, value:", "customProperties: [{property: lookup, value: code}, {property: codes, value:"
        )
    )
    landing.deliver("d", attendance__csv="s1,A,2024-01-08,77\ns2,A,2024-01-08,78\ns3,A,2024-01-08,99\n", codes__csv="77,P\n78,A\n")
    assert rows(landing, "SELECT student_id, attendance_status FROM raw.attendance ORDER BY 1") == [("s1", "present"), ("s2", "absent")]
    assert landing.rejected() == [("attendance.csv", 3, "attendance_status", "lookup")]


def test_workbook_sheet_with_real_dates_and_title_rows(tmp_path: Path) -> None:
    from datetime import datetime

    landing = Landing(tmp_path).contract(
        ATTENDANCE.replace("attendance*.csv", "attendance.xlsx").replace(
            "{property: feed, value: attendance}",
            "{property: feed, value: attendance}\n      - {property: reader, value: {format: excel, sheet: Days}}",
        )
    )
    book = Workbook()
    book.create_sheet("Days")
    for row in (
        ["Sign-in sheet"],
        [],
        ["Student", "School", "Date", "Code"],
        [17, "A", datetime(2024, 1, 8), "P"],
        [],
        ["s2", "A", "2024-01-09", "A"],
    ):
        book["Days"].append(row)
    stream = io.BytesIO()
    book.save(stream)
    landing.deliver("d", attendance__xlsx=stream.getvalue())
    assert rows(landing, "SELECT student_id, attendance_date::VARCHAR FROM raw.attendance ORDER BY 2") == [
        ("17", "2024-01-08"),
        ("s2", "2024-01-09"),
    ]


def test_where_sends_rows_to_their_own_table(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        ATTENDANCE.replace(
            "{property: feed, value: attendance}",
            "{property: feed, value: attendance}\n      - {property: where, value: {column: School, not_in: [OFFICE]}}",
        )
    )
    landing.deliver("d", attendance__csv=GOOD + "s7,OFFICE,never,P\n")
    [record] = landing.ingest().deliveries
    assert (record.rows_read, record.rows_accepted, record.rows_rejected, record.rows_excluded) == (3, 3, 0, 1)


def test_a_blank_mark_means_present_only_where_the_contract_says_so(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        ATTENDANCE.replace(
            "[{property: codes, value: {P: present, A: absent, T: tardy}}]",
            "[{property: if_missing, value: {value: P, where: {column: School, in: [A]}}}, {property: codes, value: {P: present, '': unknown}}]",
        )
    )
    landing.deliver("d", attendance__csv="Student,School,Date,Code\ns1,A,2024-01-08,\ns2,B,2024-01-08,\n")
    assert rows(landing, "SELECT student_id, attendance_status FROM raw.attendance ORDER BY 1") == [("s1", "present"), ("s2", "unknown")]


def test_zip_delivery_reads_like_a_folder(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract()
    (landing.inbox / "elm").mkdir(parents=True)
    with zipfile.ZipFile(landing.inbox / "elm" / "2024-02-01.zip", "w") as bundle:
        bundle.writestr("export/attendance.csv", GOOD)
    landing.contract(ATTENDANCE.replace("attendance*.csv", '"*/attendance.csv"'))
    assert rows(landing, "SELECT count(*) FROM raw.attendance") == [(3,)]


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv"])
def test_zip_with_a_path_out_of_the_delivery_is_refused(tmp_path: Path, name: str) -> None:
    landing = Landing(tmp_path).contract()
    (landing.inbox / "elm").mkdir(parents=True)
    with zipfile.ZipFile(landing.inbox / "elm" / "2024-02-01.zip", "w") as bundle:
        bundle.writestr(name, GOOD)
    [record] = landing.ingest().deliveries
    assert record.status == "quarantined"
    assert "unpacked safely" in record.reason
    assert not list(tmp_path.rglob("evil.csv"))


def test_days_since_an_epoch_and_a_school_year_from_the_delivery_date(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        HEAD.replace("type: publisher", "type: district")
        + """\
  - name: students
    physicalName: s.csv
    customProperties: [{property: feed, value: student}]
    properties:
      - {name: student_id, physicalName: sid}
      - {name: birth_date, physicalName: born, customProperties: [{property: epoch, value: "1960-01-01"}]}
      - {name: school_year, customProperties: [{property: from_delivery, value: school_year}]}
"""
    )
    landing.deliver("2024-07-01", s__csv="sid,born\n1,10869\n2,\n")
    assert rows(landing, "SELECT birth_date::VARCHAR, school_year FROM raw.student ORDER BY student_id") == [
        ("1989-10-04", 2025),
        (None, 2025),
    ]


def test_a_corrected_year_of_attendance_replaces_that_year_only(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE.replace("replacement: snapshot", "replacement: per_period"))
    landing.deliver("2023-07-01", attendance__csv="Student,School,Date,Code\ns1,A,2023-06-30,A\ns1,A,2022-09-01,A\n")
    landing.deliver("2024-07-01", attendance__csv="Student,School,Date,Code\ns1,A,2023-07-01,A\n")
    landing.deliver("2024-08-01", attendance__csv="Student,School,Date,Code\ns1,A,2024-06-30,P\n")
    landing.ingest()
    found = landing.ledger().execute("SELECT period, as_of::VARCHAR FROM governance.delivery_feed WHERE in_force ORDER BY 1").fetchall()
    assert found == [("2023", "2023-07-01"), ("2024", "2024-08-01")]


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 cut off"])
def test_a_broken_workbook_is_quarantined(tmp_path: Path, content: bytes) -> None:
    landing = Landing(tmp_path).contract(
        ATTENDANCE.replace("attendance*.csv", "attendance.xlsx").replace(
            "{property: feed, value: attendance}",
            "{property: feed, value: attendance}\n      - {property: reader, value: {format: excel}}",
        )
    )
    landing.deliver("2024-02-01", attendance__xlsx=content)
    [record] = landing.ingest().deliveries
    assert record.status == "quarantined"
    assert "cannot be read" in record.reason
