"""Records that changes move out of a table: what the sender still has, and the table's `where` no longer takes.

A student who is no English learner any more comes as a row that `where` leaves out; the row taken earlier must not stay in force.
Belongs here: taking such records back. Does not belong here: rows that say themselves that they are deleted (compile.py).
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.contracts.model import Table
from orchestration.ingestion.compile import FileFacts
from orchestration.ingestion.rules import key_place
from orchestration.sql import literal

_FORMAT = "FORMAT parquet, COMPRESSION zstd"


def note_left_out(con: duckdb.DuckDBPyConnection, table: Table, facts: FileFacts, rows: str, name: str, accepted: Path) -> None:
    """Keep the records of a file of changes of which every row is left out; `rows` are all its rows with _record and _excluded."""
    if facts.mode != "delta" or table.record_id is None or table.deleted or not _is_certain(table, facts):
        return
    sequence = "max(_sequence) AS _sequence, " if table.sequence else ""
    con.execute(
        f"""COPY (SELECT _record, {sequence}any_value(_scope) AS _scope, TRUE AS _deleted, {literal(name)} AS _file
            FROM {rows} WHERE _record IS NOT NULL GROUP BY _record HAVING bool_and(_excluded))
        TO {literal(str(_noted(accepted)))} ({_FORMAT})"""
    )


def take_back_left_out(con: duckdb.DuckDBPyConnection, accepted: Sequence[Path]) -> list[Path]:
    """Write what was noted of the files of one table beside their accepted rows, but for records that another file brings.
    Returns the file, if there is one."""
    noted = [_noted(path) for path in accepted if _noted(path).exists()]
    if not noted:
        return []
    target = accepted[0].with_name(f"{accepted[0].stem}-gone.parquet")
    con.execute(
        f"""COPY (SELECT DISTINCT * FROM read_parquet({_list(noted)}, union_by_name = true)
            WHERE _record NOT IN (SELECT _record FROM read_parquet({_list(accepted)}, union_by_name = true) WHERE _record IS NOT NULL))
        TO {literal(str(target))} ({_FORMAT})"""
    )
    for path in noted:
        path.unlink()
    return [target]


def _is_certain(table: Table, facts: FileFacts) -> bool:
    """Nobody knows whether a row is really left out where a file that `where` asks is not there and something else decided."""
    asked = [key_place(file) for one in table.where if one.absent for file in (one.in_file, one.not_in_file) if file]
    return all(facts.keys.get(place) is not None and place not in facts.keys.partial for place in asked)


def _noted(accepted: Path) -> Path:
    return accepted.with_suffix(".left")


def _list(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(literal(str(path)) for path in paths) + "]"
