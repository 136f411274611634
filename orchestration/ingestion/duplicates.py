"""Rows of one table and delivery that share a key: repeated rows are rejected once each, contradictions as the contract says.

Belongs here: what makes two rows the same record (the sender's own id, else the feed's key) and which of them stand.
Does not belong here: rows of an older delivery (the ledger decides which delivery is in force).
"""

import duckdb

from orchestration.contracts.model import Table
from orchestration.feeds import FEEDS
from orchestration.ingestion.compile import stored_columns
from orchestration.ingestion.repeats import repeated_numbers
from orchestration.ingestion.rules import place_of
from orchestration.ingestion.scan import ScannedFile


def find_duplicates(con: duckdb.DuckDBPyConnection, table: Table, files: list[ScannedFile]) -> bool:
    """Temp table duplicate(filename, file_row_number, ordinal, rule) of the accepted rows that do not stand; are there any?"""
    keys = key_columns(table)
    if not keys or table.duplicates == "keep" or not files:
        return False
    stored = stored_columns(table)
    rows = "(" + " UNION ALL BY NAME ".join([f"SELECT {_typed_nulls(table)} WHERE false", *(_accepted(file) for file in files)]) + ")"
    telling = [key for key in keys if not _is_constant(key, files)]
    # A 64-bit hash first: few rows are left then to be compared as they are.
    key, key_hash = ", ".join(keys), f"hash({', '.join(telling or keys)})"
    if not repeated_numbers(con, f"SELECT {key_hash} AS h FROM {rows}", sum(file.counts.accepted for file in files)):
        return False
    values = ", ".join(dict.fromkeys([*stored, *keys, *(["_deleted"] if table.takes_back else [])]))
    order = {"keep_last": "DESC"}.get(table.duplicates, "ASC")
    contradiction = "'duplicate_key'" if table.duplicates in ("reject", "fold") else "CASE WHEN place > 1 THEN 'duplicate_key' END"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE duplicate AS
        WITH suspect AS (
            SELECT filename, file_row_number, coalesce(_row, file_row_number + 1) AS ordinal, {values}, hash({values}) AS content
            FROM {rows} WHERE {key_hash} IN (SELECT h FROM repeated)
        ), judged AS (
            SELECT *, count(*) OVER same_key AS copies,
                min(content) OVER same_key = max(content) OVER same_key AS same,
                row_number() OVER (PARTITION BY {key} ORDER BY filename {order}, file_row_number {order}) AS place
            FROM suspect WINDOW same_key AS (PARTITION BY {key})
        )
        SELECT filename, file_row_number, ordinal,
            CASE WHEN same AND place > 1 THEN 'duplicate_row' WHEN NOT same THEN {contradiction} END AS rule
        FROM judged WHERE copies > 1"""
    )
    con.execute("DELETE FROM duplicate WHERE rule IS NULL")
    return True


def _is_constant(key: str, files: list[ScannedFile]) -> bool:
    """The same text in every row of every file: it tells no rows apart."""
    return all(key in file.constant for file in files) and len({file.closed[key][0] for file in files}) == 1


def _accepted(file: ScannedFile) -> str:
    where = f" WHERE {file.stands}" if file.bad or file.counts.excluded else ""
    return f"SELECT * FROM {file.rows}{where}"


def key_columns(table: Table) -> list[str]:
    """Raw columns that say which rows are the same record. Rows that a sequence orders are no contradiction: the highest is used."""
    stored = stored_columns(table)
    keys = [column for column in FEEDS[table.feed].key if column in stored]
    if table.record_id is not None:
        # The parts of one exploded record share its id.
        keys = ["_record", *(keys if table.reader.explode else [])]
    return [*keys, "_sequence"] if keys and table.sequence is not None else keys


def _typed_nulls(table: Table) -> str:
    """Columns that some files of the table may lack: the record number, and what only some layouts fill."""
    columns = FEEDS[table.feed].by_name
    nulls = ["NULL::BIGINT AS _row"]
    if table.layouts:
        nulls += [f"NULL::{columns[name].duckdb_type} AS {name}" for name in stored_columns(table)]
        nulls += ["FALSE AS _deleted"] if table.takes_back else []
    return ", ".join(nulls)


def key_column(table: Table) -> str:
    """The feed column that a repeated row is told of."""
    if table.record_id is not None:
        return place_of(table, table.record_id)
    return next((name for name in FEEDS[table.feed].key if any(prop.name == name for prop in table.properties)), "")
