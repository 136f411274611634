"""Rows of one table and delivery that share a key: repeated rows are rejected once each, contradictions as the contract says.

Does not belong here: rows of an older delivery (the ledger decides which delivery is in force).
"""

from pathlib import Path

import duckdb

from orchestration.contracts.model import Table
from orchestration.feeds import FEEDS
from orchestration.ingestion.compile import stored_columns
from orchestration.ingestion.reject import write_rejected
from orchestration.ingestion.scan import PARQUET, ScannedFile
from orchestration.sql import literal, one_row


def reject_duplicates(con: duckdb.DuckDBPyConnection, table: Table, files: list[ScannedFile]) -> None:
    """Take repeated keys out of the accepted Parquet of `files` and count them as rejected."""
    stored = stored_columns(table)
    keys = [column for column in FEEDS[table.feed].key if column in stored]
    if not keys or table.duplicates == "keep" or not files:
        return
    key = ", ".join(keys)
    paths = "[" + ", ".join(literal(str(file.job.accepted)) for file in files) + "]"
    # Files whose rows were all accepted carry no _row: there the place in the Parquet file is the record number.
    files_read = f"SELECT * FROM read_parquet({paths}, filename = true, file_row_number = true, union_by_name = true)"
    rows = f"(SELECT NULL::BIGINT AS _row WHERE false UNION ALL BY NAME {files_read})"
    # A 64-bit hash first: grouping 18 million rows by hash costs a third of grouping them by their text key.
    con.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT hash({key}) AS h FROM {rows} GROUP BY 1 HAVING count(*) > 1")
    if one_row(con, "SELECT count(*) FROM repeated")[0] == 0:
        return
    values = ", ".join(stored)
    order = {"keep_last": "DESC"}.get(table.duplicates, "ASC")
    contradiction = "'duplicate_key'" if table.duplicates == "reject" else "CASE WHEN place > 1 THEN 'duplicate_key' END"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE duplicate AS
        WITH suspect AS (
            SELECT filename, file_row_number, coalesce(_row, file_row_number + 1) AS ordinal, {values}, hash({values}) AS content
            FROM {rows} WHERE hash({key}) IN (SELECT h FROM repeated)
        ), judged AS (
            SELECT *, count(*) OVER same_key AS copies,
                min(content) OVER same_key = max(content) OVER same_key AS same,
                row_number() OVER (PARTITION BY {key} ORDER BY filename {order}, file_row_number {order}) AS place
            FROM suspect WINDOW same_key AS (PARTITION BY {key})
        )
        SELECT filename, file_row_number, ordinal,
            CASE WHEN same AND place > 1 THEN 'duplicate_row' WHEN NOT same THEN {contradiction} END AS rule,
            to_json({{{", ".join(f"'{c}': {c}::VARCHAR" for c in stored)}}})::VARCHAR AS row_text
        FROM judged WHERE copies > 1"""
    )
    con.execute("DELETE FROM duplicate WHERE rule IS NULL")
    for file in files:
        _take_out(con, table, file)


def _take_out(con: duckdb.DuckDBPyConnection, table: Table, file: ScannedFile) -> None:
    accepted = literal(str(file.job.accepted))
    (found,) = one_row(con, f"SELECT count(*) FROM duplicate WHERE filename = {accepted}")
    if not found:
        return
    kept, extra = file.job.accepted.with_suffix(".kept"), _beside(file.job.rejected)
    con.execute(
        f"""COPY (SELECT * EXCLUDE (file_row_number) FROM read_parquet({accepted}, file_row_number = true) AS row
            WHERE NOT EXISTS (FROM duplicate d WHERE d.filename = {accepted} AND d.file_row_number = row.file_row_number))
        TO {literal(str(kept))} ({PARQUET})"""
    )
    kept.replace(file.job.accepted)
    con.execute("CREATE OR REPLACE TEMP TABLE ragged_row (line BIGINT, rule VARCHAR, row_text VARCHAR)")
    problems = (
        f"SELECT ordinal, {literal(_key_column(table))} || '|' || rule AS problem, row_text FROM duplicate WHERE filename = {accepted}"
    )
    write_rejected(con, table, file.job.name, extra, problems, file.lines)
    file.counts.accepted -= found
    file.counts.rejected += found


def _key_column(table: Table) -> str:
    return next((name for name in FEEDS[table.feed].key if any(prop.name == name for prop in table.properties)), "")


def _beside(rejected: Path) -> Path:
    return rejected.with_name(f"{rejected.stem}-duplicates.parquet")
