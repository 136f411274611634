"""Contracts proposed from open files load through the real ingestion as they stand, without an edit."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import load_contract
from orchestration.ingestion import build_ledger, ingest_source
from orchestration.onboarding import new_contract

from .run import DATA, NOT_DELIVERED


def _ingested(source: str, folder: Path) -> duckdb.DuckDBPyConnection:
    """The set proposed for, written, delivered and ingested; a connection to what the ledger built."""
    given = DATA / source
    if not given.is_dir():
        pytest.skip(f"open files not found in {given}")
    contract = folder / f"{source}.yaml"
    contract.write_text(new_contract(source, [given]).text, encoding="utf-8")
    inbox = folder / "inbox" / source / "2023-09-30"
    shutil.copytree(given, inbox, ignore=lambda _, names: [name for name in names if name.startswith(NOT_DELIVERED)])
    loaded = load_contract(contract)
    [record] = ingest_source(loaded, inbox=folder / "inbox", raw_dir=folder / "raw").deliveries
    assert (record.status, record.rows_rejected) == ("accepted", 0)
    con = duckdb.connect(":memory:")
    build_ledger(con, folder / "raw", {source: loaded})
    return con


def _one(con: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    return con.execute(query).fetchone() or ()


def test_flat_export_of_a_district_needs_no_edit(tmp_path: Path) -> None:
    con = _ingested("sis-anytown", tmp_path)
    assert _one(con, "SELECT count(*), count(DISTINCT student_id), count(DISTINCT linked_student_id) FROM raw.student") == (
        1199,
        1199,
        1199,
    )
    assert _one(con, "SELECT DISTINCT student_id_system, linked_student_id_system FROM raw.student") == ("local", "state")
    assert _one(con, "SELECT issuer <> 'sis-anytown' FROM governance.id_system WHERE student_id_system = 'state'") == (True,)
    assert _one(con, "SELECT count(birth_date), count(sex), count(race_ethnicity), count(last_name) FROM raw.student") == (1199,) * 4
    assert con.execute("SELECT school_id, count(*) FROM raw.enrollment GROUP BY 1 ORDER BY 1").fetchall() == [
        ("60918", 398),
        ("60919", 400),
        ("60920", 401),
    ]
    assert _one(con, "SELECT count(grade_level), min(school_year), max(school_year) FROM raw.enrollment") == (1199, 2024, 2024)
    assert _one(con, "SELECT count(*), count(low_grade), min(low_grade), max(high_grade) FROM raw.school") == (6, 6, "01", "12")


def test_bundle_of_a_known_layout_needs_no_edit(tmp_path: Path) -> None:
    con = _ingested("oneroster-generated-district", tmp_path)
    assert _one(con, "SELECT count(DISTINCT student_id), count(last_name), count(birth_date) FROM raw.student") == (778, 778, 778)
    assert _one(con, "SELECT count(*) FILTER (organization_type = 'school') FROM raw.school") == (8,)
    assert _one(con, "SELECT count(*) > 5000 FROM raw.enrollment") == (True,)


@pytest.mark.parametrize(
    ("source", "feeds"),
    [
        ("sdp-agency-a", {"attendance_total", "enrollment", "student_group", "student", "diploma", "postsecondary_record"}),
        ("sdp-agency-b", {"student", "enrollment", "student_group", "assessment_result"}),
        ("partner-pmm", {"student", "program", "program_enrollment", "program_session_attendance"}),
        ("oea-contoso", {"attendance", "assessment_result", "student", "program_session_attendance"}),
        ("ma-school-profile-2017", {"published_indicator"}),
        ("partner-houston-afterschool", {"community_context"}),
    ],
)
def test_other_sets_are_recognised_and_mostly_accepted(source: str, feeds: set[str]) -> None:
    if not (DATA / source).is_dir():
        pytest.skip(f"open files not found in {DATA / source}")
    made = new_contract(source, [DATA / source])
    assert made.trial is not None and made.trial.refused is None
    assert {table.feed for table in made.proposal.tables} == feeds
