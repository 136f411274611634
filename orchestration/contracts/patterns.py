"""Regular expressions of a contract: usable by Python and by DuckDB, which knows no look-around and no back reference.

Does not belong here: what the patterns are for (check.py).
"""

import re
from functools import cache

import duckdb

from orchestration.sql import literal


def pattern_problem(pattern: str) -> str | None:
    """What is wrong with the pattern, or None."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"{pattern!r} is not a regular expression: {error}"
    if not _runs_in_duckdb(pattern):
        return f"{pattern!r} uses look-around or a back reference; write it without"
    return None


@cache
def _runs_in_duckdb(pattern: str) -> bool:
    with duckdb.connect(":memory:") as con:
        try:
            con.execute(f"SELECT regexp_matches('', {literal(pattern)})").fetchone()
        except duckdb.Error:
            return False
    return True
