"""Rejected rows: kept with file, line, column, rule and their own text, which never leaves the raw folder.

Belongs here: writing them. Does not belong here: deciding what is rejected (compile.py, duplicates.py).
"""

from dataclasses import replace

import duckdb

from orchestration.ingestion.excerpt import excerpt, is_by_line
from orchestration.ingestion.problem import RULES, reason
from orchestration.ingestion.scan import ScannedFile, delivered_text, source_rows
from orchestration.sql import literal, one_row

# Columns of rejected_row Parquet; row_text is a JSON object of the columns that the contract names: header -> text as delivered.
REJECTED_COLUMNS = "table_name, feed, file, line, column_name, heading, rule, reason, row_text"
_COLUMN = "regexp_replace(problem, '[|][^|]*$', '')"
# So many lines are found no faster one by one than by reading the file again.
_MANY = 200_000


def write_rejected(con: duckdb.DuckDBPyConnection, file: ScannedFile, repeated: str | None) -> None:
    """Write the rows of `file` that break a rule, those of query `repeated` (ordinal, problem 'column|rule') and, without any text,
    the lines that could not be split: which of their texts belong to named columns nobody can say."""
    lines, rules = [line for line, _ in file.ragged], [rule for _, rule in file.ragged]
    nothing = "NULL::VARCHAR AS heading, NULL::VARCHAR AS row_text"
    parts = [f"SELECT unnest({lines}::BIGINT[]) AS line, '' AS column_name, unnest({rules}::VARCHAR[]) AS rule, {nothing}"]
    heading = "_heading" if "_heading" in file.extras else "NULL::VARCHAR"
    bad = f"SELECT {file.ordinal} AS ordinal, _problem AS problem, {heading} AS cell, TRUE AS is_cell FROM {file.rows}"
    problems = [f"{bad} WHERE _problem IS NOT NULL"] if file.bad else []
    problems += [f"SELECT ordinal, problem, NULL::VARCHAR AS cell, FALSE AS is_cell FROM ({repeated})"] if repeated else []
    if not (lines or problems):
        return
    if problems:
        con.execute(f"CREATE OR REPLACE TEMP TABLE bad_row AS {' UNION ALL '.join(problems)}")
        file.lines.create(con, "SELECT ordinal FROM bad_row")
        parts.append(
            f"SELECT line, {_COLUMN} AS column_name, split_part(problem, '|', -1) AS rule, {_heading(file)} AS heading, row_text "
            f"FROM bad_row JOIN line_of USING (ordinal) LEFT JOIN ({_texts(con, file)}) USING (ordinal)"
        )
    reasons = " ".join(f"WHEN {literal(rule)} THEN {literal(reason(rule))}" for rule in RULES)
    named = [
        f"{literal(text)} AS {name}" for name, text in (("table_name", file.table.name), ("feed", file.table.feed), ("file", file.job.name))
    ]
    con.execute(
        f"""COPY (SELECT {", ".join(named)}, line, column_name, heading, rule, CASE rule {reasons} END AS reason, row_text
        FROM ({" UNION ALL ".join(parts)}) ORDER BY line, column_name)
        TO {literal(str(file.job.rejected))} (FORMAT parquet, COMPRESSION zstd)"""
    )
    con.execute("DROP TABLE IF EXISTS csv_errors; DROP TABLE IF EXISTS csv_scans")


def _texts(con: duckdb.DuckDBPyConnection, file: ScannedFile) -> str:
    """Query (ordinal, row_text) of the rows of table line_of as delivered. Only typed values were kept of them, since a text for every
    row would cost every row: the few that need it are read once more."""
    reader = file.table.reader.model_copy(update={"fill_down": ()})
    table = file.table.model_copy(update={"unpivot": None, "reader": reader})
    row_text = f"{delivered_text(file.table, file.header)} AS row_text"
    if not is_by_line(file.lines) or one_row(con, "SELECT count(*) FROM line_of")[0] > _MANY:
        return f"SELECT _row AS ordinal, {row_text} FROM ({source_rows(table, file.text, file.header, numbered=True)})"
    con.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT row_number() OVER (ORDER BY line) AS _row, ordinal, line FROM line_of")
    lines = [line for (line,) in con.execute("SELECT line FROM wanted ORDER BY line").fetchall()]
    text = excerpt(file.text, lines, file.job.work / "excerpt.csv")
    rows = source_rows(table, text, replace(file.header, skipped=0), numbered=True)
    return f"SELECT ordinal, {row_text} FROM ({rows}) JOIN wanted USING (_row)"


def _heading(file: ScannedFile) -> str:
    """The heading of the one cell that a problem is about, as the file prints it; NULL where no single cell is meant."""
    found = [(prop.name, file.header.index(prop.column)) for prop in file.table.properties if prop.column is not None]
    whens = [f"WHEN {literal(name)} THEN {literal(file.header.title(index))}" for name, index in found if index is not None]
    fixed = f"CASE WHEN is_cell THEN CASE {_COLUMN} {' '.join(whens)} END END" if whens else "NULL"
    return f"coalesce(cell, {fixed})"
