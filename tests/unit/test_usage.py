"""What contracts take and nothing uses: found in the SQL of the dbt project, nothing built."""

from pathlib import Path

import pytest

from orchestration.contracts import Contract, load_contract
from orchestration.quality.usage import project_usage, unused_columns, usage_of
from tests.support.landing import ATTENDANCE

STAGING = "with staged as ({{ staged('school', key=['school_id']) }}) select school_id, organization_type, school_name, zip, low_grade as lowest from staged"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "dbt_project"
    (folder / "models" / "staging").mkdir(parents=True)
    (folder / "macros").mkdir()
    (folder / "macros" / "staged.sql").write_text(
        "{% macro staged(feed, key=[]) %}select * from {{ _rows(feed) }}{% endmacro %}\n{% macro _rows(feed) %}raw_{{ feed }}{% endmacro %}"
    )
    (folder / "models" / "staging" / "stg_school.sql").write_text(STAGING)
    return folder


def _model(project: Path, sql: str) -> None:
    (project / "models" / "dim_school.sql").write_text(sql)


def _contract(tmp_path: Path, properties: str) -> Contract:
    text = ATTENDANCE[: ATTENDANCE.index("schema:")] + (
        "schema:\n  - name: schools\n    physicalName: schools.csv\n    customProperties: [{property: feed, value: school}]\n    properties:\n"
        "      - {name: school_id, physicalName: id}\n      - {name: school_name, physicalName: name}\n"
        "      - {name: organization_type, customProperties: [{property: constant, value: school}]}\n" + properties
    )
    file = tmp_path / "elm.yaml"
    file.write_text(text)
    return load_contract(file)


def test_column_mapped_and_read_by_nothing_is_listed(project: Path, tmp_path: Path) -> None:
    _model(project, "select s.school_id, s.zip from {{ ref('stg_school') }} as s")
    contract = _contract(tmp_path, "      - {name: zip, physicalName: zip}\n      - {name: high_grade, physicalName: high}\n")
    assert [(found.table, found.column) for found in unused_columns([contract], usage_of(project))] == [("schools", "high_grade")]


def test_column_renamed_in_staging_counts_under_its_feed_name(project: Path) -> None:
    _model(project, "select lowest from {{ ref('stg_school') }}")
    assert usage_of(project).uses("school", "low_grade")


def test_column_of_another_table_of_the_same_name_is_no_use(project: Path) -> None:
    _model(project, "select s.school_id, other.zip from {{ ref('stg_school') }} as s inner join {{ ref('places') }} as other on true")
    assert not usage_of(project).uses("school", "zip")


def test_column_in_an_argument_of_a_dbt_macro_is_used(project: Path) -> None:
    _model(project, "select {{ dbt.split_part('zip', \"'-'\", 1) }} as z from {{ ref('stg_school') }}")
    assert usage_of(project).uses("school", "zip")


def test_star_uses_every_column(project: Path) -> None:
    _model(project, "select * from {{ ref('stg_school') }}")
    assert usage_of(project).uses("school", "zip")


def test_model_that_cannot_be_read_uses_every_word_in_it(project: Path) -> None:
    _model(project, "select {{ 1 / }} zip from {{ ref('stg_school') }}")
    assert usage_of(project).uses("school", "zip") and not usage_of(project).uses("school", "high_grade")


def test_sql_of_a_python_package_counts(project: Path, tmp_path: Path) -> None:
    package = tmp_path / "handing_out"
    package.mkdir()
    (package / "rows.py").write_text("COLUMNS = 'high_grade'\nSQL = f'select zip from staging.stg_school where {1}'\n")
    usage = usage_of(project, [package])
    assert usage.uses("school", "zip") and not usage.uses("school", "high_grade")


def test_key_and_required_columns_are_never_listed(project: Path, tmp_path: Path) -> None:
    _model(project, "select zip from {{ ref('stg_school') }}")
    assert unused_columns([_contract(tmp_path, "")], usage_of(project)) == []


def test_feed_that_no_model_reads_is_listed_once(project: Path, tmp_path: Path) -> None:
    contract = _contract(tmp_path, "      - {name: zip, physicalName: zip}\n")
    [found] = unused_columns([contract], usage_of(project))
    assert found.column == "*" and "no model reads feed school" in str(found)


def test_this_project_uses_names_and_attendance_and_no_phone() -> None:
    usage = project_usage()
    assert all(usage.uses("student", name) for name in ("first_name", "last_name", "birth_date"))
    assert usage.uses("attendance", "absence_fraction")
    assert not usage.uses("student", "phone")


def test_what_the_identity_step_takes_from_registrations_has_a_use() -> None:
    """The step reads staging by itself: no model would show it."""
    assert project_usage().uses("program_enrollment", "grade_level")
