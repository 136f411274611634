"""Two small things every module that writes SQL needs.

Does not belong here: opening databases (warehouse.py), SQL of a subject.
"""

from typing import Any

import duckdb


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def one_row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row of an aggregate query."""
    row = con.execute(query).fetchone()
    if row is None:
        raise LookupError("the query returned no row")
    return row
