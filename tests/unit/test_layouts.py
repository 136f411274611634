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


# ---- where the header stands ------------------------------------------------------------------------------------------------

PEOPLE = HEAD.replace("type: publisher", "type: district") + (
    """\
  - name: students
    physicalName: "*.csv"
    customProperties:
      - {property: feed, value: student}
    properties:
"""
)


def people(tmp_path: Path, properties: str, extras: str = "") -> Landing:
    """A table of students with these properties and extras of the table."""
    text = PEOPLE.replace("{property: feed, value: student}\n", "{property: feed, value: student}\n" + extras)
    return Landing(tmp_path).contract(text + properties)


@pytest.mark.parametrize("above", [0, 1, 7, 49])
def test_the_header_is_searched_below_title_lines(tmp_path: Path, above: int) -> None:
    landing = Landing(tmp_path).contract()
    landing.deliver("d", attendance__csv="Report of the day\n" * above + GOOD)
    assert rows(landing, "SELECT count(*) FROM raw.attendance") == [(3,)]


def test_a_header_below_the_searched_lines_is_not_guessed_at(tmp_path: Path) -> None:
    record = Landing(tmp_path).contract().one("Report of the day\n" * 50 + GOOD)
    assert record.status == "quarantined"
    assert "'Student'" in record.reason


def test_a_title_line_that_names_some_columns_is_not_taken_for_the_header(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract()
    landing.deliver("d", attendance__csv="Student,Date,School report\n" + GOOD)
    assert rows(landing, "SELECT count(*) FROM raw.attendance") == [(3,)]


def test_merged_two_row_headers_tell_columns_of_the_same_name_apart(tmp_path: Path) -> None:
    reader = "      - {property: reader, value: {header_rows: 2}}\n"
    landing = people(
        tmp_path,
        "      - {name: student_id, physicalName: Id}\n      - {name: first_name, physicalName: Child First}\n"
        "      - {name: last_name, physicalName: Parent First}\n",
        reader,
    )
    landing.deliver("d", s__csv=",Child,,Parent,\nId,First,Last,First,Last\n1,Ann,Lee,Bo,Lee\n")
    assert rows(landing, "SELECT student_id, first_name, last_name FROM raw.student") == [("1", "Ann", "Bo")]


def test_text_numbers_keep_their_zeros_when_unwrapped(tmp_path: Path) -> None:
    landing = people(tmp_path, "      - {name: student_id, physicalName: Id}\n", "      - {property: reader, value: {excel_text: true}}\n")
    landing.deliver("d", s__csv='Id,Other\n"=""0064""",x\n')
    assert rows(landing, "SELECT student_id FROM raw.student") == [("0064",)]


# ---- one table, several layouts ----------------------------------------------------------------------------------------------

LAYOUTS = """\
      - property: layouts
        value:
          - name: "2024"
            has: [Pupil, Day, Mark]
            lacks: [Half]
            properties: {student_id: {column: Pupil}, attendance_date: {column: Day, formats: ["%m/%d/%Y"]}, attendance_status: {column: Mark}}
          - name: halves
            has: [Pupil, Day, Mark, Half]
            properties:
              student_id: Pupil
              attendance_date: Day
              attendance_status: {column: Mark, codes: {"0": present, "1": absent}}
              absence_fraction: {column: Half, number_format: percent}
              school_id: null
          - name: old
"""


def layouts(text: str = LAYOUTS) -> str:
    return ATTENDANCE.replace("{property: feed, value: attendance}\n", "{property: feed, value: attendance}\n" + text)


def test_each_file_is_read_by_the_layout_whose_header_it_bears(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(layouts())
    landing.deliver(
        "2024-02-01",
        attendance1__csv=GOOD,
        attendance2__csv="Export\nPupil,School,Day,Mark\ns5,B,01/10/2024,T\n",
        attendance3__csv="Pupil,Day,Mark,Half\ns6,2024-01-11,1,50%\n",
    )
    query = "SELECT student_id, school_id, attendance_date::VARCHAR, attendance_status, absence_fraction::DOUBLE FROM raw.attendance ORDER BY 3, 1"
    assert rows(landing, query) == [
        ("s1", "A", "2024-01-08", "present", None),
        ("s2", "A", "2024-01-08", "absent", None),
        ("s1", "A", "2024-01-09", "tardy", None),
        ("s5", "B", "2024-01-10", "tardy", None),
        ("s6", None, "2024-01-11", "absent", 0.5),
    ]


def test_a_key_repeated_over_two_layouts_is_found(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(layouts())
    landing.deliver("d", attendance1__csv=GOOD, attendance2__csv="Pupil,School,Day,Mark\ns1,A,01/08/2024,T\n")
    assert rows(landing, "SELECT count(*) FROM raw.attendance") == [(2,)]
    assert {rule for *_, rule in landing.rejected()} == {"duplicate_key"}


def test_a_header_of_no_layout_names_what_the_nearest_one_misses(tmp_path: Path) -> None:
    record = Landing(tmp_path).contract(layouts()).one("Pupil,School,Day,Marc\ns5,B,01/10/2024,T\n")
    assert record.status == "quarantined"
    assert "layout" in record.reason
    assert "Mark (layout 2024)" in record.reason


def test_layouts_are_checked_like_tables_of_their_own(tmp_path: Path) -> None:
    from orchestration.contracts import ContractError, load_contracts

    wrong = LAYOUTS.replace("T: tardy", "").replace("{column: Pupil}", "{column: Pupil, colour: red}").replace('"1": absent', '"1": gone')
    landing = Landing(tmp_path).contract(layouts(wrong.replace("lacks", "lags")))
    with pytest.raises(ContractError) as caught:
        load_contracts(landing.contracts)
    lines = landing.contracts.joinpath("elm.yaml").read_text().splitlines()
    said = {lines[problem.line - 1].split(":")[0].strip(): problem.message for problem in caught.value.problems}
    assert "lags" in said
    assert "unknown key 'lags'" in said["lags"]
    landing.contract(layouts(wrong))
    with pytest.raises(ContractError) as caught:
        load_contracts(landing.contracts)
    found = {(lines[problem.line - 1].strip()[:12], problem.message) for problem in caught.value.problems}
    assert any("colour" in message for _, message in found)
    assert any("layout halves" in message and "'gone' is not a standard" in message for _, message in found)


# ---- other names, missing columns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Id,First", "STUDENT  NUMBER,First", "Pupil No.,First"])
def test_a_column_is_found_under_any_of_its_names(tmp_path: Path, header: str) -> None:
    landing = people(
        tmp_path,
        "      - name: student_id\n        physicalName: Id\n"
        "        customProperties: [{property: aliases, value: [Student Number, Pupil No.]}]\n"
        "      - {name: first_name, physicalName: First}\n",
        "      - {property: where, value: {column: Id, not_in: [TOTAL]}}\n",
    )
    landing.deliver("d", s__csv=f"{header}\n7,Ann\nTOTAL,\n")
    assert rows(landing, "SELECT student_id, first_name FROM raw.student") == [("7", "Ann")]


def test_a_column_under_none_of_its_names_is_missing(tmp_path: Path) -> None:
    landing = people(
        tmp_path,
        "      - {name: student_id, physicalName: Id, customProperties: [{property: aliases, value: Pupil}]}\n",
    )
    landing.deliver("d", s__csv="Number\n7\n")
    [record] = landing.ingest().deliveries
    assert (record.status, "'Id'" in record.reason) == ("quarantined", True)


def test_a_file_may_lack_an_optional_column_and_only_that(tmp_path: Path) -> None:
    optional = "customProperties: [{property: optional_column, value: true}, {property: codes, value: {F: female, '': unknown}}]"
    landing = people(
        tmp_path,
        f"      - {{name: student_id, physicalName: Id}}\n      - name: sex\n        physicalName: Sex\n        {optional}\n",
    )
    landing.deliver("d", a__csv="Id\n1\n", b__csv="Id,Sex\n2,F\n3,\n")
    assert rows(landing, "SELECT student_id, sex FROM raw.student ORDER BY 1") == [("1", None), ("2", "female"), ("3", "unknown")]


# ---- texts that hold several things --------------------------------------------------------------------------------------------


def test_combined_texts_are_split_by_extract(tmp_path: Path) -> None:
    landing = people(
        tmp_path,
        """\
      - {name: student_id, physicalName: Id}
      - {name: last_name, physicalName: Name, customProperties: [{property: extract, value: '^\\s*([^,]*?)\\s*,'}]}
      - {name: first_name, physicalName: Name, customProperties: [{property: extract, value: ',\\s*(\\S+)'}]}
      - {name: middle_name, physicalName: Name, customProperties: [{property: extract, value: ',\\s*\\S+\\s+(.+)$'}]}
      - {name: city, physicalName: Care, customProperties: [{property: extract, value: '^Prior Care:\\s*(.*)$'}]}
""",
    )
    landing.deliver(
        "d", s__csv='Id,Name,Care\n1,"Lee, Ann Marie",Prior Care: Head Start\n2,"O\'Neil , Bo",Head Start\n3,Cher,Prior Care:\n'
    )
    assert rows(landing, "SELECT last_name, first_name, middle_name, city FROM raw.student ORDER BY student_id") == [
        ("Lee", "Ann", "Marie", "Head Start"),
        ("O'Neil", "Bo", None, None),
        (None, None, None, None),
    ]


def test_columns_that_belong_together_become_one_row(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        HEAD
        + """\
  - name: census
    physicalName: "*.csv"
    customProperties:
      - {property: feed, value: community_context}
      - {property: file_name, value: '(?P<table>B\\d+)'}
      - {property: unpivot, value: {groups: {value: 'HD01_VD(\\d+)', margin: 'HD02_VD(\\d+)'}, skip_missing: true, gaps: true}}
    properties:
      - {name: unit_id, physicalName: Zip}
      - {name: statistic_id, customProperties: [{property: template, value: "{file:table}_0{unpivot:name}"}]}
      - {name: value, customProperties: [{property: from_unpivot, value: value}]}
      - {name: margin_of_error, customProperties: [{property: from_unpivot, value: margin}]}
      - {name: unit_type, customProperties: [{property: constant, value: zip}]}
      - {name: period, customProperties: [{property: constant, value: "2016"}]}
"""
    )
    landing.deliver("d", B19013__csv="Zip,HD01_VD01,HD02_VD01,HD01_VD02,HD01_VD03,HD02_VD03\n06001,5,1,7,,\n06002,6,2,,x,3\n")
    assert rows(landing, "SELECT unit_id, statistic_id, value::INT, margin_of_error::INT FROM raw.community_context ORDER BY ALL") == [
        ("06001", "B19013_001", 5, 1),
        ("06001", "B19013_002", 7, None),
        ("06002", "B19013_001", 6, 2),
    ]
    assert landing.rejected() == [("B19013.csv", 3, "value", "number")]


def test_a_quote_may_be_escaped_by_another_letter(tmp_path: Path) -> None:
    landing = people(
        tmp_path,
        "      - {name: student_id, physicalName: Id}\n      - {name: first_name, physicalName: 'The \"first\" name'}\n",
        "      - {property: reader, value: {escape: '\\'}}\n",
    )
    landing.deliver("d", s__csv='Id,"The \\"first\\" name"\n1,"Ann \\"Bo\\" Lee"\n')
    assert rows(landing, "SELECT student_id, first_name FROM raw.student") == [("1", 'Ann "Bo" Lee')]


# ---- formulas ------------------------------------------------------------------------------------------------------------------


def test_a_formula_in_a_read_cell_is_rejected_whatever_the_column(tmp_path: Path) -> None:
    landing = people(
        tmp_path,
        "      - {name: student_id, physicalName: Id}\n      - {name: first_name, physicalName: First}\n"
        "      - {name: birth_date, physicalName: Born}\n"
        "      - {name: sex, physicalName: Sex, customProperties: [{property: codes, value: {F: female}}, {property: otherwise, value: unknown}]}\n"
        "      - {name: city, physicalName: Town, customProperties: [{property: extract, value: '(.)$'}]}\n",
    )
    landing.deliver(
        "d",
        s__csv="Id,First,Born,Sex,Town,Notes\n1,=A1,,F,x,\n2,Ann,=NOW(),F,x,\n3,Ann,,=B2,x,\n4,Ann,,F,=C1,\n5,Ann,,F,x,=SUM(A1:A9)\n6,A=B,,F,x,\n",
    )
    assert rows(landing, "SELECT student_id FROM raw.student ORDER BY 1") == [("5",), ("6",)]
    assert landing.rejected() == [
        ("s.csv", 2, "first_name", "formula"),
        ("s.csv", 3, "birth_date", "formula"),
        ("s.csv", 4, "sex", "formula"),
        ("s.csv", 5, "city", "formula"),
    ]


def test_formulas_count_by_their_value_where_the_contract_says_so(tmp_path: Path) -> None:
    landing = people(
        tmp_path,
        "      - {name: student_id, physicalName: Id}\n      - {name: first_name, physicalName: First}\n",
        "      - {property: reader, value: {formulas: value}}\n",
    )
    landing.deliver("d", s__csv="Id,First\n1,=Ann\n")
    assert rows(landing, "SELECT first_name FROM raw.student") == [("=Ann",)]
