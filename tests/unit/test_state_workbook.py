"""A state's workbook under a contract: a sheet per year, headings that go missing, mistakes named as the file prints them."""

import io
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from orchestration.contracts import ContractError, load_contract
from orchestration.reports.facts import DeliveryReport
from orchestration.reports.trial import try_files
from tests.support.hub import Hub
from tests.support.landing import Landing
from tests.unit.test_layouts import HEAD

ELSEWHERE = """\
      - {name: unit_type, customProperties: [{property: constant, value: district}]}
      - {name: measure_id, customProperties: [{property: constant, value: chronic_absence_rate}]}
      - {name: definition, customProperties: [{property: constant, value: test}]}
"""
RATES = """\
  - name: rates
    physicalName: "rates*"
    customProperties:
      - {property: feed, value: published_indicator}
      - {property: reader, value: READER}
      - {property: unpivot, value: UNPIVOT}
    properties:
      - {name: unit_id, physicalName: District}
      - {name: unit_name, physicalName: District}
      - name: student_group
        customProperties:
          - {property: from_unpivot, value: name}
          - {property: codes, value: {All: all, ELL: english_learner, Pupils: all}}
      - {name: denominator, customProperties: [{property: from_unpivot, value: students}]}
      - {name: numerator, customProperties: [{property: from_unpivot, value: absent}, {property: ranges, value: true}]}
      - {name: school_year, customProperties: [YEAR]}
"""
GROUPS = "{groups: {students: '^(\\w+) Students$', absent: '^(\\w+) Absent$'}}"
HEADER = "District,All Students,All Absent,ELL Students,ELL Absent\n"
YEAR = "{property: constant, value: 2023}"


def contract(reader: str = "{format: delimited}", unpivot: str = GROUPS, year: str = YEAR) -> str:
    return HEAD + RATES.replace("READER", reader).replace("UNPIVOT", unpivot).replace("YEAR", year) + ELSEWHERE


def workbook(**sheets: list[list[object]]) -> bytes:
    book = Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def checked(tmp_path: Path, text: str, name: str, content: bytes) -> DeliveryReport:
    (tmp_path / "elm.yaml").write_text(text, encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    return try_files(load_contract(tmp_path / "elm.yaml"), [tmp_path / name])


def test_a_slot_without_any_heading_refuses_the_file(tmp_path: Path) -> None:
    found = checked(tmp_path, contract(), "rates.csv", HEADER.replace("Absent", "Missed").encode() + b"1,5,1,2,1\n")
    assert (found.verdict.kind, found.findings[0].rule) == ("refused", "missing_column")
    assert "No column heading fits the pattern “^(\\w+) Absent$” of absent" in found.findings[0].hint


def test_a_pattern_without_any_heading_refuses_the_file(tmp_path: Path) -> None:
    text = (
        contract(unpivot="{pattern: '^(\\w+) Pupils$'}")
        .replace("value: students}", "value: value}")
        .replace("value: absent}", "value: value}")
    )
    found = checked(tmp_path, text, "rates.csv", HEADER.encode() + b"1,5,1,2,1\n")
    assert found.verdict.kind == "refused" and "^(\\w+) Pupils$" in found.findings[0].hint


def test_a_name_in_one_slot_only_refuses_the_file_unless_gaps_are_agreed(tmp_path: Path) -> None:
    content = HEADER.replace(",ELL Absent", "").encode() + b"1,5,1,2\n"
    found = checked(tmp_path, contract(), "rates.csv", content)
    assert found.verdict.kind == "refused" and "“ELL” has a column for students, and none for absent" in found.findings[0].hint
    gaps = contract(unpivot=GROUPS.replace("}}", "}, gaps: true}"))
    assert checked(tmp_path, gaps, "rates.csv", content).verdict.kind == "taken"


def test_a_mistake_in_a_wide_row_is_named_by_its_printed_heading_and_text(tmp_path: Path) -> None:
    (finding,) = checked(tmp_path, contract(), "rates.csv", HEADER.encode() + b"1,5,1,2,some\n2,5,1,2,1\n").findings
    assert (finding.column, finding.rule, finding.texts) == ("ELL Absent", "number", ("some",))
    assert "ranges, markers and marker_pattern" in finding.hint


def test_a_range_may_be_spelled_between(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(contract())
    landing.deliver("d", rates__csv=HEADER + "1,50,Between 16 and 50,20,10 or less\n")
    [record] = landing.ingest().deliveries
    assert record.status == "accepted", record.reason
    found = landing.ledger().execute(
        "SELECT student_group, numerator_low::INT, numerator_high::INT FROM raw.published_indicator ORDER BY 1"
    )
    assert found.fetchall() == [("all", 16, 50), ("english_learner", None, 10)]


SHEETS = "{format: excel, sheet_pattern: '^CA (?P<year>[0-9]{4}-[0-9]{4})$'}"
FROM_SHEET = "{property: from_sheet, value: year}, {property: format, value: label}"
TITLES: list[object] = HEADER.strip().split(",")
BOOK = {"CA_2021-2022": [TITLES, [1, 5, 1, 2, 1]], "CA_2022-2023": [TITLES, [1, 6, "x", 2, 1]], "Notes": [["read me"]]}


def test_every_sheet_that_fits_is_read_and_names_its_year(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(contract(SHEETS, year=FROM_SHEET))
    landing.deliver("d", rates__xlsx=workbook(**BOOK))
    [record] = landing.ingest().deliveries
    assert (record.status, record.unused_files) == ("accepted", ["rates.xlsx, sheet Notes"]), record.reason
    sql = "SELECT school_year, count(*), any_value(_file) FROM raw.published_indicator GROUP BY 1 ORDER BY 1"
    assert landing.ledger().execute(sql).fetchall() == [
        (2022, 2, "rates.xlsx, sheet CA 2021-2022"),
        (2023, 1, "rates.xlsx, sheet CA 2022-2023"),
    ]
    assert landing.rejected() == [("rates.xlsx, sheet CA 2022-2023", 2, "numerator", "number")]


def test_layouts_are_chosen_for_each_sheet(tmp_path: Path) -> None:
    layouts = "      - {property: layouts, value: [{name: new, has: [Pupils], unpivot: {groups: {students: '^(Pupils)$', absent: '^(Pupils) Absent$'}}}, {name: old}]}\n"
    text = contract(SHEETS, year=FROM_SHEET).replace("    properties:\n", layouts + "    properties:\n", 1)
    landing = Landing(tmp_path).contract(text)
    new: list[list[object]] = [["District", "Pupils", "Pupils Absent"], [1, 6, 2]]
    landing.deliver("d", rates__xlsx=workbook(**{"CA_2021-2022": BOOK["CA_2021-2022"], "CA_2022-2023": new}))
    [record] = landing.ingest().deliveries
    assert record.status == "accepted", record.reason
    sql = "SELECT school_year, student_group FROM raw.published_indicator ORDER BY ALL"
    assert landing.ledger().execute(sql).fetchall() == [(2022, "all"), (2022, "english_learner"), (2023, "all")]


def test_a_finding_names_the_sheet_and_a_missing_sheet_lists_those_there_are(tmp_path: Path) -> None:
    one = contract("{format: excel, sheet: CA 2022-2023}")
    found = checked(tmp_path, one, "rates.xlsx", workbook(**BOOK))
    assert found.findings[0].file == "rates.xlsx, sheet CA 2022-2023"
    assert found.unused_files == ("rates.xlsx, sheet CA 2021-2022", "rates.xlsx, sheet Notes")
    lost = checked(tmp_path, one.replace("sheet: CA 2022-2023", "sheet: Data"), "rates.xlsx", workbook(**BOOK))
    assert lost.findings[0].rule == "missing_sheet" and "“CA 2021-2022”, “CA 2022-2023”, “Notes”" in lost.findings[0].hint


def test_a_group_that_the_sheets_name_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elm.yaml").write_text(contract(SHEETS, year=FROM_SHEET.replace("value: year", "value: month")), encoding="utf-8")
    with pytest.raises(ContractError, match="sheet_pattern has no group 'month'"):
        load_contract(tmp_path / "elm.yaml")


@pytest.mark.parametrize("key", ["000000", "007", "0o17", "1.50", "true"])
def test_a_key_that_yaml_would_change_must_be_quoted(tmp_path: Path, key: str) -> None:
    text = contract().replace(
        "unit_name, physicalName: District}", "unit_name, physicalName: District, customProperties: [{property: codes, value: {KEY: CT}}]}"
    )
    (tmp_path / "elm.yaml").write_text(text.replace("KEY", key), encoding="utf-8")
    with pytest.raises(ContractError, match="quotation marks"):
        load_contract(tmp_path / "elm.yaml")
    (tmp_path / "elm.yaml").write_text(text.replace("KEY", f'"{key}"'), encoding="utf-8")
    assert load_contract(tmp_path / "elm.yaml")


def test_the_problem_is_an_object_in_json(tmp_path: Path) -> None:
    hub = Hub(tmp_path, {})
    (tmp_path / "elm.yaml").write_text(contract(), encoding="utf-8")
    (tmp_path / "rates.csv").write_text("District\n1\n", encoding="utf-8")
    done = hub.run("check", str(tmp_path / "rates.csv"), "--contract", str(tmp_path / "elm.yaml"), "--json")
    assert json.loads(done.stdout)["problem"]["rule"] == "missing_column"
