"""Opening warehouse.duckdb, the build file: one writer at a time, never from outside the pipeline.

Does not belong here: what is written. Readers get the published files and never open this one.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import Settings

_WAIT_SECONDS = 60


class WarehouseBusyError(Exception):
    """Another program has the build file open."""


@contextmanager
def open_warehouse(settings: Settings, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A short-lived connection; nothing may hold one across a run of dbt, which opens the same file."""
    settings.home.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    con = _connect(settings.warehouse_path, read_only, config)
    settings.warehouse_path.chmod(0o600)  # names and birth dates stand in it
    try:
        yield con
    finally:
        con.close()


def _connect(path: Path, read_only: bool, config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Waits a little: dbt may still be ending after a refresh that was killed."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.IOException as error:
            holder = re.search(r"PID (\d+)", str(error))
            if holder is None:
                raise
            if time.monotonic() > deadline:
                message = f"{path} is open in process {holder[1]}; close it there: readers use the published files"
                raise WarehouseBusyError(message) from None
            time.sleep(1)


def row_counts(settings: Settings) -> dict[tuple[str, str], int]:
    """Rows of every table as (schema, table); views are not counted, that would compute them."""
    with open_warehouse(settings, read_only=True) as con:
        rows = con.execute("SELECT schema_name, table_name, estimated_size FROM duckdb_tables()").fetchall()
    return {(schema, table): int(size) for schema, table, size in rows}


def drop_orphans(settings: Settings, manifest: Path) -> None:
    """Drop what dbt built once and no longer knows (a renamed or removed model): it would be published as if it were current."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    known = {(node["schema"], node["alias"]) for node in nodes if node["resource_type"] in ("model", "seed")}
    schemas = sorted({schema for schema, _ in known})
    with open_warehouse(settings) as con:
        found = con.execute(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema = ANY ($schemas)",
            {"schemas": schemas},
        ).fetchall()
        for schema, name, kind in found:
            if (schema, name) not in known:
                con.execute(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} "{schema}"."{name}"')
