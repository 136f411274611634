"""A suite: one module of `expectations/` that says which table it audits and what must be true of it.

Belongs here: finding those modules, and the words for severity, reason and remedy. Does not belong here: running them.
"""

import hashlib
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Suite:
    """What one module expects of one table; `version` is the hash of its text, so a receipt says which rules were applied."""

    name: str
    file: str
    table: str
    version: str
    expectations: Callable[[ModuleType], list[Any]]


def blocks(why: str, remedy: str) -> dict[str, Any]:
    """For an expectation whose failure stops publishing. Goes into GX as severity and meta."""
    return {"severity": "critical", "meta": {"why": why, "remedy": remedy}}


def warns(why: str, remedy: str) -> dict[str, Any]:
    """For an expectation whose failure is said, and published all the same."""
    return {"severity": "warning", "meta": {"why": why, "remedy": remedy}}


def load_suites(package: str = "expectations") -> list[Suite]:
    """Every module of the package is a suite; adding a module is all it takes."""
    folder = importlib.import_module(package)
    return [_suite(importlib.import_module(f"{package}.{found.name}")) for found in pkgutil.iter_modules(folder.__path__)]


def _suite(module: ModuleType) -> Suite:
    missing = [name for name in ("FILE", "TABLE", "suite") if not hasattr(module, name)]
    if missing:
        msg = f"{module.__name__} lacks {', '.join(missing)}: a suite names the FILE and the TABLE it audits and has suite(gxe)"
        raise TypeError(msg)
    text = Path(str(module.__file__)).read_bytes()
    name = module.__name__.rpartition(".")[2]
    return Suite(name, module.FILE, module.TABLE, hashlib.sha256(text).hexdigest()[:12], module.suite)


def no_rows(gxe: ModuleType, description: str, source: str, because: dict[str, Any]) -> Any:
    """Expects that `SELECT … FROM source` finds nothing; the audited table is called `audited`. No value leaves the file."""
    # GX puts the table in with an alias or without one, depending on the text: a CTE takes either.
    query = f"WITH audited AS (SELECT * FROM {{batch}}) SELECT 1 FROM {source}"
    return gxe.UnexpectedRowsExpectation(description=description, unexpected_rows_query=query, **because)


def same_rows(left: str, right: str, columns: str = "*") -> str:
    """A source for `no_rows` that is empty where both hold the same rows, counted and hashed: sorting them would take long."""
    parts = [f"SELECT count(*), sum(CAST(hash(side) AS HUGEINT)) FROM (SELECT {columns} FROM {source}) AS side" for source in (left, right)]
    return f"({parts[0]} EXCEPT {parts[1]})"


def same_as_parquet(gxe: ModuleType, table: str) -> Any:
    """The Parquet file of a public table holds the same rows: suites read the table, readers may take either."""
    return no_rows(
        gxe,
        f"parquet/{table}.parquet holds the same rows",
        same_rows("audited", f"read_parquet('parquet/{table}.parquet')"),
        blocks("two doors to one table must show the same", "build the candidate again"),
    )
