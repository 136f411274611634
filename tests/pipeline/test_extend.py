"""Adding a source is one YAML, adding a measure one SQL file and its YAML: nothing else is touched, and both are published."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.hub import ROOT, Hub

SOURCE = """\
apiVersion: v3.1.0
kind: DataContract
id: elm-totals
name: Elm district, yearly attendance totals
version: 1.0.0
status: active
customProperties:
  - property: party
    value: {id: district-elm, name: Elm School District, type: district}
  - property: terms
    value: {agreement: test}
schema:
  - name: totals
    physicalName: totals.csv
    customProperties: [{property: feed, value: attendance_total}]
    properties:
      - {name: student_id, physicalName: Pupil}
      - {name: school_year, physicalName: Year}
      - {name: days_enrolled, physicalName: Enrolled}
      - {name: days_absent, physicalName: Absent}
"""
MEASURE = """\
-- Grain: one row per variant, unit, child and school year
select
    'perfect_attendance' as measure_id,
    'HUB' as variant_id,
    unit_type,
    unit_id,
    person_id,
    school_year,
    cast(case when days_absent = 0 then 1 else 0 end as decimal(18, 4)) as numerator,
    cast(1 as decimal(18, 4)) as denominator,
    cast(null as {{ dbt.type_string() }}) as exclusion_reason
from {{ ref('attendance_by_unit') }}
"""
CATALOGUE = """\
version: 2
models:
  - name: perfect_attendance
    description: Children who missed no day.
    config:
      meta:
        code: SX01
        name: Perfect attendance
        question: Who never misses school?
        who_asks: principals
        decision: whom to thank
        steward: data hub
        formula: children without an absent day over children enrolled
        source: test
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own files in a folder of the test, so that the measure is added there."""
    target = tmp_path_factory.mktemp("project")
    for folder in ("orchestration", "expectations", "dbt_project"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
    for file in ("dagster.yaml", "pyproject.toml"):
        shutil.copy(ROOT / file, target / file)
    return target


@pytest.fixture(scope="module")
def extended(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    class CopyHub(Hub):
        def command(self, *args: str, **_: bool) -> list[str]:
            return [sys.executable, "-c", "from orchestration.cli import app; app()", *args]

    hub = CopyHub(tmp_path_factory.mktemp("extended"), {"PYTHONPATH": str(copy)})
    folder = hub.landing / "contracts"
    folder.mkdir(parents=True)
    (folder / "elm-totals.yaml").write_text(SOURCE)
    rows = [f"p{n},2024,180,{0 if n < 30 else 18 if n < 60 else 5}" for n in range(100)]
    hub.deliver("elm-totals", "2024-07-01", {"totals.csv": "\n".join(["Pupil,Year,Enrolled,Absent", *rows]) + "\n"})
    measures = copy / "dbt_project" / "models" / "measures" / "shared"
    (measures / "perfect_attendance.sql").write_text(MEASURE)
    (measures / "perfect_attendance.yml").write_text(CATALOGUE)
    return hub


def test_new_source_and_new_measure_are_published(extended: Hub) -> None:
    extended.refresh()
    found = extended.query(
        "SELECT measure_id, numerator, denominator, value FROM indicator WHERE unit_type = 'district' AND unit_id = 'district-elm' "
        "AND student_group = 'all' AND school_year = 2024 AND variant_id = 'HUB' AND measure_id IN ('perfect_attendance', 'chronic_absence_rate') ORDER BY 1"
    )
    assert found == [("chronic_absence_rate", 30, 100, 0.3), ("perfect_attendance", 30, 100, 0.3)]
    assert extended.query("SELECT code, question, decision FROM measure WHERE measure_id = 'perfect_attendance'") == [
        ("SX01", "Who never misses school?", "whom to thank")
    ]


def test_measure_without_a_decision_does_not_build(extended: Hub, copy: Path) -> None:
    catalogue = copy / "dbt_project" / "models" / "measures" / "shared" / "perfect_attendance.yml"
    catalogue.write_text(CATALOGUE.replace("        decision: whom to thank\n", ""))
    before = extended.versions
    done = extended.run("refresh")
    assert done.returncode == 1
    assert "perfect_attendance" in done.stderr
    assert "'decision'" in done.stderr
    assert extended.versions == before
