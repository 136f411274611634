"""What the session's pipeline left, and how tests ask it.

Belongs here: the types tests name. Does not belong here: running the pipeline (conftest.py, run.py).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb


@dataclass(frozen=True)
class Hub:
    """Where the session's pipeline ran."""

    landing: Path
    home: Path


@dataclass(frozen=True)
class Ask:
    """Questions to the warehouse: `ask(sql)` all rows, `ask.row(sql)` the only one."""

    con: duckdb.DuckDBPyConnection

    def __call__(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def row(self, sql: str) -> tuple[Any, ...]:
        rows = self(sql)
        assert len(rows) == 1, f"{len(rows)} rows where one is wanted"
        return rows[0]
