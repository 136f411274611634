"""Newly created DuckDB files: written once, whole, readable by old clients, with their comments.

Belongs here: attaching, closing and describing a file. Does not belong here: which tables go into it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.publishing.files import flush
from orchestration.sql import literal

# The oldest format: drivers in BI tools lag behind, and a file they cannot open is not published.
STORAGE_VERSION = "v1.0.0"


def ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def reading(build_file: Path, config: Mapping[str, str] | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A fresh connection with the build file attached read-only, under its own name: its views say that name."""
    con = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false", **(config or {})})
    try:
        con.execute(f"ATTACH {literal(str(build_file))} AS {ident(build_file.stem)} (READ_ONLY)")
        yield con, build_file.stem
    finally:
        con.close()


@contextmanager
def new_file(con: duckdb.DuckDBPyConnection, path: Path, alias: str) -> Iterator[str]:
    """Attach a file that did not exist before: rows dropped from an older file would stay readable in it."""
    if path.exists():
        raise FileExistsError(path)
    con.execute(f"ATTACH {literal(str(path))} AS {ident(alias)} (STORAGE_VERSION '{STORAGE_VERSION}')")
    yield alias
    con.execute(f"CHECKPOINT {ident(alias)}")
    con.execute(f"DETACH {ident(alias)}")
    if path.with_name(f"{path.name}.wal").exists():
        msg = f"{path.name} still has a write-ahead log: it was not closed whole"
        raise RuntimeError(msg)
    flush(path)


def columns_of(con: duckdb.DuckDBPyConnection, database: str, schema: str, table: str) -> list[str]:
    found = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? AND table_name = ? ORDER BY column_index",
        [database, schema, table],
    ).fetchall()
    return [name for (name,) in found]


def comments_of(con: duckdb.DuckDBPyConnection, database: str, schema: str, table: str) -> dict[str, str]:
    """The comments of a table or view, by column; the table's own under the empty name. A copy loses them all."""
    found = con.execute(
        """SELECT column_name, comment FROM duckdb_columns() WHERE database_name = $1 AND schema_name = $2 AND table_name = $3
        UNION ALL SELECT '', comment FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2 AND table_name = $3
        UNION ALL SELECT '', comment FROM duckdb_views() WHERE database_name = $1 AND schema_name = $2 AND view_name = $3""",
        [database, schema, table],
    ).fetchall()
    return {name: comment for name, comment in found if comment}


def comment_on(con: duckdb.DuckDBPyConnection, qualified: str, kind: str, comments: Mapping[str, str]) -> None:
    """Put comments on a table or view (`kind`); DuckDB keeps column comments of tables only."""
    for column, comment in comments.items():
        if not column:
            con.execute(f"COMMENT ON {kind} {qualified} IS {literal(comment)}")
        elif kind == "TABLE":
            con.execute(f"COMMENT ON COLUMN {qualified}.{ident(column)} IS {literal(comment)}")
