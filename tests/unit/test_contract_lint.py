"""`datadrives contract lint`: errors with file, line and field; warnings about what will be regretted; exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.onboarding.lint import lint_contract
from tests.support.landing import ATTENDANCE

PUBLISHED = """\
schema:
  - name: rates
    physicalName: rates.csv
    customProperties: [{property: feed, value: published_indicator}]
    properties:
      - {name: measure_id, customProperties: [{property: constant, value: chronic_absence_rate}]}
      - {name: definition, customProperties: [{property: constant, value: NOBODY_KNOWS}]}
      - {name: unit_type, customProperties: [{property: constant, value: state}]}
      - {name: unit_name, physicalName: State}
      - {name: school_year, physicalName: Year}
      - {name: student_group, customProperties: [{property: constant, value: all}]}
      - {name: value, physicalName: Rate}
"""


def _file(folder: Path, text: str = ATTENDANCE) -> Path:
    file = folder / "elm.yaml"
    file.write_text(text)
    return file


def _said(file: Path) -> list[str]:
    return [f"{finding.severity} {finding.problem.line} {finding.problem.message}" for finding in lint_contract(file)]


def test_sound_contract_has_no_findings(tmp_path: Path) -> None:
    assert lint_contract(_file(tmp_path)) == []


def test_error_names_file_line_and_field(tmp_path: Path) -> None:
    file = _file(tmp_path, ATTENDANCE.replace("status: active", "stattus: active"))
    assert any(str(finding).startswith(f"error: {file}:6: stattus: ") for finding in lint_contract(file))


def test_schema_of_the_standard_is_asked_too(tmp_path: Path) -> None:
    """The models of the standard take any text as apiVersion; its schema does not."""
    found = lint_contract(_file(tmp_path, ATTENDANCE.replace("apiVersion: v3.1.0", "apiVersion: v9.9.9")))
    assert [(finding.severity, finding.problem.line) for finding in found] == [("error", 1)]
    assert "standard" in found[0].problem.message


def test_unreadable_yaml_is_one_error(tmp_path: Path) -> None:
    [finding] = lint_contract(_file(tmp_path, "a: [\n"))
    assert finding.severity == "error"


def test_no_freshness_is_a_warning(tmp_path: Path) -> None:
    text = ATTENDANCE.replace("slaProperties:\n  - {property: frequency, value: 1, unit: d}\n", "")
    assert [line.split(": ")[0] for line in _said(_file(tmp_path, text))] == ["warning 1 no freshness"]


def test_placeholders_of_a_proposal_are_warnings(tmp_path: Path) -> None:
    text = ATTENDANCE.replace("agreement: test", "agreement: to-be-named").replace("status: active", "status: draft")
    assert [line.split()[:2] for line in _said(_file(tmp_path, text))] == [["warning", "6"], ["warning", "15"]]


def test_codes_that_pass_unmapped_are_a_warning_at_their_line(tmp_path: Path) -> None:
    text = ATTENDANCE.replace("T: tardy}}]", "T: tardy}}, {property: otherwise, value: absent}]")
    [line] = _said(_file(tmp_path, text))
    assert "becomes absent without a word" in line and line.startswith(f"warning {len(text.splitlines())} ")


def test_column_that_nothing_uses_is_a_warning_at_its_line(tmp_path: Path) -> None:
    text = ATTENDANCE[: ATTENDANCE.index("schema:")] + (
        "schema:\n  - name: students\n    physicalName: s.csv\n    customProperties: [{property: feed, value: student}]\n    properties:\n"
        "      - {name: student_id, physicalName: ID}\n      - {name: phone, physicalName: Phone}\n"
    )
    [line] = _said(_file(tmp_path, text))
    assert line.startswith(f"warning {len(text.splitlines())} students.phone: no model, link or release uses it")


def test_definition_that_no_seed_knows_is_a_warning(tmp_path: Path) -> None:
    [line] = _said(_file(tmp_path, ATTENDANCE[: ATTENDANCE.index("schema:")] + PUBLISHED))
    assert "NOBODY_KNOWS" in line and "publisher_definition.csv" in line


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (("x", "x"), [], 0),
        (("agreement: test", "agreement: to-be-named"), [], 0),
        (("agreement: test", "agreement: to-be-named"), ["--strict"], 1),
        (("feed, value: attendance", "feed, value: attendence"), [], 1),
    ],
)
def test_exit_codes(tmp_path: Path, change: tuple[str, str], options: list[str], code: int) -> None:
    file = _file(tmp_path, ATTENDANCE.replace(*change))
    assert CliRunner().invoke(app, ["contract", "lint", str(file), *options]).exit_code == code


def test_json_holds_the_same_findings(tmp_path: Path) -> None:
    file = _file(tmp_path, ATTENDANCE.replace("agreement: test", "agreement: to-be-named"))
    result = CliRunner().invoke(app, ["contract", "lint", str(file), "--json"])
    said = json.loads(result.stdout)
    assert said["ok"] is True
    assert [(finding["severity"], finding["line"]) for finding in said["findings"]] == [("warning", 15)]


def test_file_that_is_not_there_ends_with_1(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["contract", "lint", str(tmp_path / "oak.yaml")]).exit_code == 1
