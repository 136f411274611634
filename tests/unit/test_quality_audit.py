"""The audit with Great Expectations: sound candidates pass, planted defects are named, and no value gets out.

One process, few audits: importing Great Expectations takes seconds.
"""

import json
import logging
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.candidate import build_candidate
from orchestration.publishing.files import file_hashes
from orchestration.publishing.release import PublishRefused, publish
from orchestration.quality.audit import audit_candidate
from orchestration.quality.suite import load_suites
from tests.support.build_file import make_build

SENTINEL = "Quillfeather-7391"

# One statement per file and expectation; each must make exactly that expectation fail.
PUBLIC_DEFECTS = {
    "compound_columns_to_be_unique (measure_id, variant_id, source_kind, unit_type, unit_id, school_year, student_group)": (
        "INSERT INTO indicator SELECT * FROM indicator WHERE unit_id = 's0' AND source_kind = 'computed'"
    ),
    "column_values_to_be_in_set (suppression)": (
        "UPDATE indicator SET suppression = 'few' WHERE unit_id = 's1' AND publisher_marker IS NULL"
    ),
    "column_values_to_be_between (school_year)": "UPDATE indicator SET school_year = 24 WHERE unit_id = 's2'",
    "every unit stands in the table unit": f"UPDATE indicator SET unit_id = '{SENTINEL}' WHERE unit_id = 's3'",
    "every measure and variant stands in the catalogue": "UPDATE indicator SET variant_id = 'OTHER' WHERE unit_id = 's7'",
    "no computed row shows a count below 10, nor a complement": (
        "INSERT INTO indicator SELECT * REPLACE ('s8' AS unit_id, 9 AS numerator, 0.045 AS value, 0 AS ci_low)"
        " FROM indicator WHERE unit_id = 's0' AND numerator = 30 LIMIT 1"
    ),
    "a shown computed row has a value": (
        "INSERT INTO indicator SELECT * REPLACE ('s9' AS unit_id, NULL AS value) FROM indicator WHERE unit_id = 's5'"
    ),
    "a figure its publisher masked has no value": "UPDATE indicator SET value = 0.9 WHERE publisher_marker = '*'",
    "a hidden computed row shows no number": "UPDATE indicator SET coverage = 0.5 WHERE unit_id = 's6'",
    "a computed value is its numerator over its denominator": "UPDATE indicator SET value = 0.5 WHERE unit_id = 's5'",
    "the interval holds the value": "UPDATE indicator SET ci_low = 0.9 WHERE unit_id = 's0' AND source_kind = 'computed'",
    "an extreme rate is only a bound, without numerator and interval": "UPDATE indicator SET numerator = 12 WHERE unit_id = 's4'",
    "a proportion lies between 0 and 1": "UPDATE indicator SET value = 80 WHERE source_kind = 'publisher' AND unit_id = 's0'",
    "column_values_to_not_be_in_set (question)": "UPDATE measure SET question = '' WHERE measure_id = 'attendance_rate'",
    "column_values_to_not_be_null (decision)": "UPDATE measure SET decision = NULL WHERE measure_id = 'attendance_rate'",
    "column_values_to_be_in_set (value_kind)": (
        "INSERT INTO measure_variant (measure_id, variant_id, source_kind, variant_name, authority, value_kind)"
        " VALUES ('attendance_rate', 'ODD', 'computed', 'odd', 'hub', 'index')"
    ),
    "column_values_to_not_be_null (unit_name)": "UPDATE unit SET unit_name = NULL WHERE unit_id = 's39'",
    "parquet/unit.parquet holds the same rows": "SELECT 1",
    "the table exists": "DROP TABLE source_status",
    "a suite audits the table": "CREATE TABLE surprise AS SELECT 1 AS a",
}
ANALYST_DEFECTS = {
    "the last night merged no more children than it may": "UPDATE identity_quality.night SET merged_share = 0.3 WHERE is_last",
    "the last night split no more children than it may": "UPDATE identity_quality.night SET split_share = 0.3 WHERE is_last",
    "a proportion's numerator lies within its denominator": "UPDATE marts.indicator SET numerator = 900 WHERE unit_id = 's1'",
    "every row stands in the public table, hidden or not": "DELETE FROM marts.indicator WHERE unit_id = 's2'",
    "no computed row about fewer than 10 children is shown": "UPDATE marts.indicator SET person_count = 2 WHERE unit_id = 's0'",
    "what is shown is what was computed": "UPDATE marts.indicator SET value = 0.3 WHERE unit_id = 's5'",
    "every hidden row has its reason, and no other row has one": "DELETE FROM marts.indicator_suppression WHERE unit_id = 's1'",
    "column_values_to_be_between (absence_fraction)": "UPDATE core.fct_attendance SET absence_fraction = 1.5 WHERE person_id = 'p1'",
    "no year counted here has more than 366 days enrolled": "UPDATE core.fct_attendance_year SET days_enrolled = 400",
}
WARNINGS = {
    "every measure has at least one figure": "INSERT INTO measure (measure_id, code, name, question, decision, measure_type)"
    " VALUES ('new_one', 'SC99', 'new', 'q', 'd', 'shared')",
    "every parent is a unit itself": "UPDATE unit SET parent_unit_type = 'district', parent_unit_id = 'gone' WHERE unit_id = 's38'",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    return build_candidate(make_build(folder), folder / "candidate", {"fingerprint": "f1"}).directory


@pytest.fixture
def candidate(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "candidate"))


def spoil(path: Path, statements: dict[str, str]) -> None:
    with duckdb.connect(str(path)) as con:
        for statement in statements.values():
            con.execute(statement)


def test_a_sound_candidate_passes_and_can_be_published(candidate: Path, tmp_path: Path) -> None:
    report = audit_candidate(candidate)
    assert report.passed, report.summary()
    assert not report.warnings
    assert all(r.why and r.remedy for r in report.results)
    receipt = json.loads((candidate / "receipt.json").read_text())
    assert receipt["verdict"] == "passed"
    assert receipt["files"] == file_hashes(candidate, leave_out=("receipt.json", "audit.md"))
    assert receipt["suites"] == {suite.name: suite.version for suite in load_suites()}
    assert receipt["counts"]["held"] == len(receipt["results"]) > 50
    assert receipt["tools"]["great-expectations"]
    assert "# Audit: passed" in (candidate / "audit.md").read_text()
    assert not [f for f in Path("/proc/self/fd").iterdir() if f.exists() and str(candidate) in str(f.readlink())]
    assert publish(candidate, tmp_path / "published").changed


def test_every_planted_defect_is_named_and_nothing_is_published(
    candidate: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    spoil(candidate / "public.duckdb", PUBLIC_DEFECTS | WARNINGS)
    spoil(candidate / "analyst.duckdb", ANALYST_DEFECTS)
    report = audit_candidate(candidate)
    assert not report.passed
    named = {r.expectation for r in report.failures}
    assert set(PUBLIC_DEFECTS) | set(ANALYST_DEFECTS) <= named
    assert set(WARNINGS) <= {r.expectation for r in report.warnings}
    assert "every unit stands in the table unit: broken by 1 row(s). Why it matters: every figure must lead to" in report.summary()
    with pytest.raises(PublishRefused, match=r"a hidden computed row shows no number \(one number left behind"):
        publish(candidate, tmp_path / "published")
    assert not (tmp_path / "published").exists()
    printed = capfd.readouterr()
    for text in (report.summary(), (candidate / "receipt.json").read_text(), (candidate / "audit.md").read_text(), caplog.text, *printed):
        assert SENTINEL not in text
    assert "%" not in printed.err  # no progress bars


SUITE = '''
"""One table more."""
from orchestration.quality.suite import blocks, no_rows, warns
FILE = "public.duckdb"
TABLE = "unit"
def suite(gxe):
    note = ("the reason", "the remedy")
    return [
        gxe.ExpectColumnValuesToNotBeNull(column="unit_colour", **blocks(*note)),
        gxe.ExpectColumnValuesToBeInSet(column="unit_type", value_set=["zip"], **warns(*note)),
        no_rows(gxe, "a rule that cannot be evaluated", "audited WHERE CAST(unit_name AS INTEGER) = 1", blocks(*note)),
    ]
'''


def test_a_module_is_all_a_new_suite_takes_and_what_cannot_be_judged_blocks(
    candidate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "more_expectations").mkdir()
    (tmp_path / "more_expectations" / "__init__.py").touch()
    (tmp_path / "more_expectations" / "unit_again.py").write_text(SUITE)
    monkeypatch.syspath_prepend(tmp_path)
    report = audit_candidate(candidate, package="more_expectations")
    judged = {r.expectation: r.problem for r in report.failures if r.table == "unit"}
    assert judged == {
        "column_values_to_not_be_null (unit_colour)": "the table has no column unit_colour",
        "a rule that cannot be evaluated": "could not be evaluated: run its SQL by hand on the file",
    }
    assert [(r.expectation, r.severity) for r in report.warnings] == [("column_values_to_be_in_set (unit_type)", "warning")]
    assert "School 1" not in (candidate / "receipt.json").read_text()


def test_a_module_that_is_no_suite_says_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "poor_expectations").mkdir()
    (tmp_path / "poor_expectations" / "__init__.py").touch()
    (tmp_path / "poor_expectations" / "unit.py").write_text('FILE = "public.duckdb"')
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match=r"poor_expectations.unit lacks TABLE, suite"):
        load_suites("poor_expectations")


def test_an_empty_folder_fails(tmp_path: Path) -> None:
    report = audit_candidate(tmp_path)
    assert not report.passed
    assert {r.expectation for r in report.failures} == {"the file exists"}
