"""Rejected rows: kept with file, line, column, rule and their own text, which never leaves the raw folder.

Belongs here: writing them. Does not belong here: deciding what is rejected (compile.py, duplicates.py).
"""

from pathlib import Path

import duckdb

from orchestration.contracts.model import Table
from orchestration.ingestion.lines import LineMap
from orchestration.ingestion.problem import RULES, reason
from orchestration.sql import literal

# Columns of rejected_row Parquet; row_text is the delivered row itself.
REJECTED_COLUMNS = "table_name, feed, file, line, column_name, rule, reason, row_text"


def write_rejected(
    con: duckdb.DuckDBPyConnection, table: Table, name: str, target: Path, problems: str | None, lines: LineMap | None
) -> None:
    """Write the rows of query `problems` (ordinal, problem 'column|rule', row_text) and, with it, temp table ragged_row."""
    parts = ["SELECT line, '' AS column_name, rule, row_text FROM ragged_row"]
    if problems is not None and lines is not None:
        con.execute(f"CREATE OR REPLACE TEMP TABLE bad_row AS {problems}")
        lines.create(con, "SELECT ordinal FROM bad_row")
        parts.append(
            "SELECT line, split_part(problem, '|', 1) AS column_name, split_part(problem, '|', 2) AS rule, row_text "
            "FROM bad_row JOIN line_of USING (ordinal)"
        )
    reasons = " ".join(f"WHEN {literal(rule)} THEN {literal(reason(rule))}" for rule in RULES)
    con.execute(
        f"""COPY (SELECT {literal(table.name)} AS table_name, {literal(table.feed)} AS feed, {literal(name)} AS file, line,
            column_name, rule, CASE rule {reasons} END AS reason, row_text
        FROM ({" UNION ALL ".join(parts)}) ORDER BY line, column_name)
        TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"""
    )
