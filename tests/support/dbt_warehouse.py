"""A warehouse file with every relation dbt reads and no rows, for tests that fill it by hand and run dbt on it.

Does not belong here: ingestion (such tests start after it) or the whole pipeline (hub.py).
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from orchestration.feeds import FEEDS
from orchestration.identity.tables import create_identity_tables
from orchestration.ingestion import build_ledger
from orchestration.manifest import DBT_EXECUTABLE
from orchestration.settings import DBT_PROJECT_DIR, Settings, prepare_environment

_SOURCE = """
    source text, party_id text, party_name text, party_type text, community_id text, attendance_register text, attendance_silence text,
    exit_day_counts boolean, attendance_folds boolean default false, attendance_precedence text, day_rule text, periods_per_day bigint,
    scheduled_minutes bigint, half_day_minutes bigint, whole_day_minutes bigint, official_period text, freshness_days bigint,
    agreement text, attribution text, contract_version text
"""
_RAW = """source text, delivery_id text, _table text default 't', _file text, _scope text default 't/*', _deleted boolean default false,
    _sequence bigint, _record text"""


@dataclass(frozen=True)
class DbtWarehouse:
    folder: Path

    @classmethod
    def create(cls, folder: Path) -> "DbtWarehouse":
        folder.mkdir(parents=True, exist_ok=True)
        self = cls(folder)
        with self.connect() as con:
            build_ledger(con, folder / "raw", {})
            con.execute(f"create or replace table governance.source ({_SOURCE})")
            for feed in FEEDS.values():
                columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in feed.columns)
                con.execute(f"drop view raw.{feed.name}")
                con.execute(f"create table raw.{feed.name} ({columns}, {_RAW})")
            create_identity_tables(con)
        return self

    def connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.folder / "warehouse.duckdb"))

    def insert(self, con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows with the same columns; all others take their defaults."""
        columns = list(rows[0])
        marks = ", ".join("?" for _ in columns)
        con.executemany(f"insert into {table} ({', '.join(columns)}) values ({marks})", [[row[c] for c in columns] for row in rows])

    def dbt(self, *args: str) -> subprocess.CompletedProcess[str]:
        with patch.dict(os.environ):
            prepare_environment(Settings(landing=self.folder / "landing", home=self.folder))
            environment = dict(os.environ)
        command = [DBT_EXECUTABLE, "--quiet", *args, "--project-dir", str(DBT_PROJECT_DIR)]
        done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done
