"""The analysts' file: core, measures, marts and identity_quality of the build, keyed by person_id, for a few and never for the public.

Belongs here: copying whole schemas, views included, and the guard that no personal column comes along.
Does not belong here: the public tables (tables.py), who may read the file (an agreement says so).
"""

import re

import duckdb

from orchestration.feeds.catalogue import FEEDS
from orchestration.publishing.duckdb_file import columns_of, comment_on, comments_of, ident

# reference: the seeds, which the measure views read. identity_quality: how good the persons are, without names.
SCHEMAS = ("reference", "core", "measures", "marts", "identity_quality")

# Names, birth dates, addresses and ids of people as the feeds declare them; they end at the identity step.
PERSONAL_COLUMNS = frozenset(column.name for feed in FEEDS.values() for column in feed.columns if column.person)


class PersonalColumnError(Exception):
    """A table meant for analysts holds a column that may not leave raw, staging and identity."""


def copy_schemas(con: duckdb.DuckDBPyConnection, build: str, target: str) -> dict[str, int]:
    """Copy every table, then every view, of SCHEMAS; returns rows per table (views are not counted)."""
    rows: dict[str, int] = {}
    for schema in SCHEMAS:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {ident(target)}.{schema}")
    for schema, table in _names(con, "duckdb_tables()", "table_name", build):
        rows[f"{schema}.{table}"] = _copy_table(con, build, target, schema, table)
    return rows | _copy_views(con, build, target)


def _names(con: duckdb.DuckDBPyConnection, function: str, column: str, database: str) -> list[tuple[str, str]]:
    return con.execute(
        f"SELECT schema_name, {column} FROM {function} WHERE database_name = ? AND schema_name IN {SCHEMAS} AND NOT internal ORDER BY ALL",
        [database],
    ).fetchall()


def _refuse_personal_columns(con: duckdb.DuckDBPyConnection, build: str, schema: str, table: str) -> None:
    personal = [c for c in columns_of(con, build, schema, table) if c.lower() in PERSONAL_COLUMNS]
    if personal:
        msg = (
            f"{schema}.{table} holds {', '.join(personal)}: names, birth dates, addresses and ids of people end at the "
            "identity step. Take the column out of the model; join by person_id."
        )
        raise PersonalColumnError(msg)


def _copy_table(con: duckdb.DuckDBPyConnection, build: str, target: str, schema: str, table: str) -> int:
    _refuse_personal_columns(con, build, schema, table)
    source, copy = (f"{ident(db)}.{schema}.{ident(table)}" for db in (build, target))
    con.execute(f"CREATE TABLE {copy} AS SELECT * FROM {source}")
    comment_on(con, copy, "TABLE", comments_of(con, build, schema, table))
    return int(con.execute(f"SELECT count(*) FROM {copy}").fetchall()[0][0])


def _copy_views(con: duckdb.DuckDBPyConnection, build: str, target: str) -> dict[str, int]:
    """Views over copied tables stay views (child by day costs nothing); one that reads elsewhere becomes a table."""
    waiting = dict.fromkeys(_names(con, "duckdb_views()", "view_name", build))
    for schema, view in waiting:
        _refuse_personal_columns(con, build, schema, view)
    while True:
        done = [name for name in waiting if _copy_view(con, build, target, *name)]
        if not done:
            break
        for name in done:
            del waiting[name]
    return {f"{schema}.{view}": _copy_table(con, build, target, schema, view) for schema, view in waiting}


def _copy_view(con: duckdb.DuckDBPyConnection, build: str, target: str, schema: str, view: str) -> bool:
    """Create the view inside the target, where only the target's schemas can be seen; False where it reads elsewhere."""
    sql = con.execute(
        "SELECT sql FROM duckdb_views() WHERE database_name = ? AND schema_name = ? AND view_name = ?", [build, schema, view]
    ).fetchall()[0][0]
    names_build = rf'(?<![\w".])(?:{re.escape(ident(build))}|{re.escape(build)})\.(?="?\w+"?\.)'
    con.execute(f"USE {ident(target)}")
    try:
        con.execute(re.sub(names_build, "", sql))
    except duckdb.Error:
        return False
    else:
        comment_on(con, f"{schema}.{ident(view)}", "VIEW", comments_of(con, build, schema, view))
        return True
    finally:
        con.execute("USE memory")
