"""Candidate files: everything a version will hold, built aside from the private build file, before anyone judges it.

Belongs here: the steps of a build. Does not belong here: what is published (tables.py), the rules that hide numbers
(disclosure), the audit (quality), making it current (release.py).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.disclosure import SOURCE_COLUMNS, protect
from orchestration.publishing.analyst import copy_schemas
from orchestration.publishing.duckdb_file import STORAGE_VERSION, columns_of, comment_on, comments_of, ident, new_file, reading
from orchestration.publishing.files import flush, remove_folder, write_json
from orchestration.publishing.tables import INDICATOR, PUBLIC_TABLES, PublicTable
from orchestration.sql import literal

PUBLIC_FILE = "public.duckdb"
ANALYST_FILE = "analyst.duckdb"
PARQUET_FOLDER = "parquet"
CANDIDATE_FILE = "candidate.json"

# Not `public` and `analyst`: a catalog named like a schema makes every a.b ambiguous.
_PUBLIC, _ANALYST = "public_file", "analyst_file"


class CandidateError(Exception):
    """The build file cannot give what must be published."""


@dataclass(frozen=True)
class Candidate:
    """What was built. `left_out`: columns the build offers that the allow-list does not name."""

    directory: Path
    tables: dict[str, int]
    analyst_tables: dict[str, int]
    suppressed: int
    left_out: dict[str, list[str]]
    facts: dict[str, Any]
    built_at: str
    storage_version: str = STORAGE_VERSION


def build_candidate(
    warehouse_path: Path, candidate_dir: Path, facts: Mapping[str, Any], config: Mapping[str, str] | None = None
) -> Candidate:
    """Write the files of a new version to `candidate_dir`, in place of any earlier candidate.

    No connection to the build file may be open. `facts` (fingerprint of the inputs, run id, git commit, dbt manifest
    hash …) are kept beside the files, so that what is published can be traced. `config` are DuckDB settings. A build that is
    interrupted leaves a folder `<candidate_dir>.building`, which the next one removes.
    """
    building = candidate_dir.with_name(f"{candidate_dir.name}.building")
    remove_folder(building)
    building.mkdir(parents=True, mode=0o700)  # nobody else may look in, so no file is ever open to others for a moment
    spill = building / "spill"
    with reading(warehouse_path, {**(config or {}), "temp_directory": str(spill)}) as (con, build):
        _require_tables(con, build)
        with new_file(con, building / ANALYST_FILE, _ANALYST), new_file(con, building / PUBLIC_FILE, _PUBLIC):
            analyst_tables = copy_schemas(con, build, _ANALYST)
            left_out = {table.name: unnamed for table in PUBLIC_TABLES if (unnamed := _copy_public(con, build, table))}
            (building / PARQUET_FOLDER).mkdir()
            tables = {table.name: _export(con, table, building / PARQUET_FOLDER) for table in PUBLIC_TABLES}
            suppressed = con.execute(f"SELECT count(*) FROM {_PUBLIC}.main.indicator WHERE suppression <> 'none'").fetchall()[0][0]
    remove_folder(spill)
    (building / ANALYST_FILE).chmod(0o600)
    (building / PUBLIC_FILE).chmod(0o644)
    built_at = datetime.now(UTC).isoformat(timespec="seconds")
    candidate = Candidate(candidate_dir, tables, analyst_tables, suppressed, left_out, dict(facts), built_at)
    write_json(building / CANDIDATE_FILE, {name: value for name, value in asdict(candidate).items() if name != "directory"})
    for folder in (building / PARQUET_FOLDER, building):
        flush(folder)
    remove_folder(candidate_dir)
    building.rename(candidate_dir)
    flush(candidate_dir.parent)
    return candidate


def _require_tables(con: duckdb.DuckDBPyConnection, build: str) -> None:
    for table in PUBLIC_TABLES:
        found = set(columns_of(con, build, "marts", table.name))
        if not found:
            msg = f"the build file has no marts.{table.name}: run dbt build to the end before publishing"
            raise CandidateError(msg)
        needed = SOURCE_COLUMNS if table is INDICATOR else tuple(table.columns)
        missing = [c for c in needed if c not in found]
        if missing:
            msg = f"marts.{table.name} lacks {', '.join(missing)}, which publishing/tables.py promises to readers"
            raise CandidateError(msg)


def _copy_public(con: duckdb.DuckDBPyConnection, build: str, table: PublicTable) -> list[str]:
    """Copy one table's named columns into the public file; returns the columns that stay behind."""
    source = f"{ident(build)}.marts.{table.name}"
    target = f"{_PUBLIC}.main.{table.name}"
    found = columns_of(con, build, "marts", table.name)
    if table is INDICATOR:
        reasons, minimums = f"{_ANALYST}.marts.indicator_suppression", f"{ident(build)}.marts.measure_variant"
        protect(con, source, target, reasons_table=reasons, thresholds_table=minimums)
    else:
        con.execute(f"CREATE TABLE {target} AS SELECT {', '.join(table.columns)} FROM {source} ORDER BY {', '.join(table.order)}")
    comments = {"": table.description, **table.columns, **comments_of(con, build, "marts", table.name)}
    comment_on(con, target, "TABLE", {name: text for name, text in comments.items() if not name or name in table.columns})
    return [c for c in found if c not in table.columns]


def _export(con: duckdb.DuckDBPyConnection, table: PublicTable, folder: Path) -> int:
    """Write the same table as Parquet and return its rows."""
    path = folder / f"{table.name}.parquet"
    con.execute(f"COPY {_PUBLIC}.main.{table.name} TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
    path.chmod(0o644)
    flush(path)
    return int(con.execute(f"SELECT count(*) FROM {_PUBLIC}.main.{table.name}").fetchall()[0][0])
