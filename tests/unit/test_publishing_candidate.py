"""Candidate files: what comes along, what stays behind, and in what shape."""

import re
import stat
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.analyst import PersonalColumnError
from orchestration.publishing.candidate import Candidate, CandidateError, build_candidate
from orchestration.publishing.files import file_hashes
from orchestration.publishing.tables import PUBLIC_TABLES
from tests.support.build_file import PLANTED_NAME, make_build

FACTS = {"fingerprint": "f1", "run_id": "r1"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Candidate]:
    folder = tmp_path_factory.mktemp("build")
    return folder, build_candidate(make_build(folder), folder / "candidate", FACTS)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(query).fetchall()


def test_files_and_modes(built: tuple[Path, Candidate]) -> None:
    _, candidate = built
    names = {
        p.relative_to(candidate.directory).as_posix(): stat.S_IMODE(p.stat().st_mode) for p in candidate.directory.rglob("*") if p.is_file()
    }
    parquet = {f"parquet/{table.name}.parquet": 0o644 for table in PUBLIC_TABLES}
    assert names == {"analyst.duckdb": 0o600, "public.duckdb": 0o644, "candidate.json": names["candidate.json"], **parquet}
    assert stat.S_IMODE(candidate.directory.stat().st_mode) == 0o700


def test_public_tables_have_the_listed_columns_and_the_same_rows_as_parquet(built: tuple[Path, Candidate]) -> None:
    _, candidate = built
    public = candidate.directory / "public.duckdb"
    assert {name for (name,) in rows(public, "SELECT table_name FROM duckdb_tables()")} == {t.name for t in PUBLIC_TABLES}
    for table in PUBLIC_TABLES:
        columns = [name for (name,) in rows(public, f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{table.name}'")]
        assert columns == list(table.columns)
        twin = candidate.directory / "parquet" / f"{table.name}.parquet"
        assert rows(public, f"FROM {table.name}") == duckdb.sql(f"FROM read_parquet('{twin}')").fetchall()
    assert candidate.left_out["measure"] == ["internal_note"]
    assert candidate.left_out["indicator"] == ["person_count", "value_kind", "excluded_count", "party_id"]


def test_numbers_are_protected_and_reasons_are_for_analysts(built: tuple[Path, Candidate]) -> None:
    _, candidate = built
    shown = rows(candidate.directory / "public.duckdb", "SELECT unit_id FROM indicator WHERE suppression = 'none' ORDER BY ALL")
    assert shown == [("s0",), ("s0",), ("s4",), ("s5",)]
    assert candidate.tables["indicator"] == 10
    assert candidate.suppressed == 6
    reasons = rows(candidate.directory / "analyst.duckdb", "SELECT reason, count(*) FROM marts.indicator_suppression GROUP BY 1 ORDER BY 1")
    assert reasons == [("few_in_complement", 1), ("few_in_numerator", 1), ("few_persons", 3), ("masked_by_publisher", 1)]


def test_comments_are_kept_or_come_from_the_list(built: tuple[Path, Candidate]) -> None:
    _, candidate = built
    public = candidate.directory / "public.duckdb"
    assert rows(public, "SELECT comment FROM duckdb_columns() WHERE table_name = 'measure' AND column_name = 'name'") == [
        ("name, as the build says",)
    ]
    assert rows(public, "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND schema_name = 'main' AND NOT internal") == [(0,)]
    assert rows(public, "SELECT count(*) FROM duckdb_tables() WHERE comment IS NULL") == [(0,)]
    analyst = candidate.directory / "analyst.duckdb"
    assert rows(analyst, "SELECT comment FROM duckdb_columns() WHERE table_name = 'dim_person' AND column_name = 'zip'") == [("home",)]
    assert rows(analyst, "SELECT comment FROM duckdb_views() WHERE view_name = 'attendance_day'") == [("child by day",)]


def test_views_work_in_the_analysts_file_wherever_it_is_opened(built: tuple[Path, Candidate], tmp_path: Path) -> None:
    _, candidate = built
    moved = tmp_path / "elsewhere.duckdb"
    moved.write_bytes((candidate.directory / "analyst.duckdb").read_bytes())
    assert rows(moved, "SELECT count(*), sum(absence_fraction) FROM core.attendance_day") == [(50, 25)]
    assert rows(moved, "SELECT count(*) FROM core.absent_day") == [(50,)]
    assert rows(moved, "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1") == [("absent_day",), ("attendance_day",)]
    assert rows(moved, "FROM core.party") == [("d1",)]  # it reads staging, so it came along as a table
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{moved}' AS some_name (READ_ONLY)")
        assert con.execute("SELECT count(*) FROM some_name.core.absent_day").fetchall() == [(50,)]


def test_no_name_is_in_any_byte(built: tuple[Path, Candidate]) -> None:
    folder, candidate = built
    assert PLANTED_NAME.encode() in (folder / "warehouse.duckdb").read_bytes()
    for path in candidate.directory.rglob("*"):
        assert path.is_dir() or PLANTED_NAME.encode() not in path.read_bytes(), path.name


def test_equal_input_gives_equal_parquet(built: tuple[Path, Candidate], tmp_path: Path) -> None:
    _, candidate = built
    again = build_candidate(make_build(tmp_path), tmp_path / "candidate", FACTS)
    assert file_hashes(again.directory / "parquet") == file_hashes(candidate.directory / "parquet")


def test_a_new_candidate_replaces_the_old_one_and_what_an_interrupted_build_left(tmp_path: Path) -> None:
    build = make_build(tmp_path)
    (tmp_path / "candidate").mkdir()
    (tmp_path / "candidate" / "receipt.json").write_text("{}")
    (tmp_path / "candidate.building").mkdir()
    (tmp_path / "candidate.building" / "public.duckdb").write_text("half")
    candidate = build_candidate(build, tmp_path / "candidate", {})
    assert not (candidate.directory / "receipt.json").exists()
    assert not (tmp_path / "candidate.building").exists()


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ("ALTER TABLE core.dim_person ADD COLUMN last_name VARCHAR", PersonalColumnError, "core.dim_person holds last_name"),
        ("CREATE VIEW core.v AS SELECT person_id AS birth_date FROM core.dim_person", PersonalColumnError, "core.v holds birth_date"),
        ("DROP TABLE marts.unit", CandidateError, "no marts.unit"),
        ("ALTER TABLE marts.measure DROP COLUMN decision", CandidateError, "marts.measure lacks decision"),
    ],
)
def test_a_build_that_cannot_be_published_is_refused(tmp_path: Path, change: str, error: type[Exception], says: str) -> None:
    build = make_build(tmp_path)
    with duckdb.connect(str(build)) as con:
        con.execute(change)
    with pytest.raises(error, match=re.escape(says)):
        build_candidate(build, tmp_path / "candidate", {})
    assert not (tmp_path / "candidate").exists()
