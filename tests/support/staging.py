"""Macro `staged` as plain SQL over a ledger, for tests that need to see which rows count without a run of dbt.

Does not belong here: what the staging models do beyond it.
"""

from collections.abc import Sequence

import duckdb
from jinja2 import Environment

from orchestration.feeds import FEEDS
from orchestration.settings import DBT_PROJECT_DIR


def staged_rows(con: duckdb.DuckDBPyConnection, feed: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
    """The rows of a feed that count, sorted."""
    macro = (DBT_PROJECT_DIR / "macros" / "staged.sql").read_text()
    call = f"{{{{ staged({feed!r}, key={list(FEEDS[feed].key)!r}, students={'student_id' in FEEDS[feed].by_name}) }}}}"
    known = {"source": lambda schema, table: f"{schema}.{table}", "raw_feed": lambda name: f"raw.{name}"}
    sql = Environment(autoescape=False).from_string(macro + call, globals=known).render()  # noqa: S701 - SQL, not HTML
    return con.execute(f"SELECT {', '.join(columns)} FROM ({sql}) ORDER BY ALL").fetchall()
