"""Files whose fields stand at fixed character positions, as delimited text.

Belongs here: cutting lines. Does not belong here: line ends and encoding (text.py), what the texts mean (header.py, compile.py).
"""

from pathlib import Path

import duckdb

from orchestration.contracts.columns import needed_columns
from orchestration.contracts.model import Table
from orchestration.ingestion.file_bytes import CHUNK
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text_file import TextFile, copy_path, whole_lines
from orchestration.sql import literal, one_row


def fields_as_text(con: duckdb.DuckDBPyConnection, table: Table, text: TextFile, name: str, work: Path) -> TextFile:
    """The fields the table reads as comma-separated UTF-8 under their names. Raises FileProblem (missing_column, unreadable)."""
    fields = {field.casefold(): place for field, place in table.reader.fields.items()}
    columns = needed_columns(table)
    for column in columns:
        if column.casefold() not in fields:
            raise FileProblem("missing_column", table.name, name, 0, column)
    cuts = []
    for column in columns:
        first, last = fields[column.casefold()]
        cuts.append(f'substring(line, {first}, {last - first + 1}) AS "{column.replace(chr(34), chr(34) * 2)}"')
    copy = copy_path(work, "fixed", name, table.reader, columns)
    try:
        _number_lines(con, text, copy_path(work, "filled", name))
        is_row = f"number > {table.reader.skip_lines} AND trim(line, ' \t') <> ''"
        con.execute(
            f"COPY (SELECT {', '.join(cuts)} FROM fixed_line WHERE {is_row} ORDER BY number) "
            f"TO {literal(str(copy))} (FORMAT csv, HEADER, FORCE_QUOTE *)"
        )
        dropped = tuple(number for (number,) in con.execute(f"SELECT number FROM fixed_line WHERE NOT ({is_row}) ORDER BY 1").fetchall())
        (lines,) = one_row(con, "SELECT count(*) FROM fixed_line")
    except duckdb.Error:
        raise FileProblem("unreadable", table.name, name) from None
    finally:
        con.execute("DROP VIEW IF EXISTS fixed_line")
    return TextFile(copy, int(lines) - len(dropped) + 1, ",", titled=True, dropped=dropped)


def _number_lines(con: duckdb.DuckDBPyConnection, text: TextFile, filled: Path) -> None:
    """Temp view fixed_line(number, line). DuckDB leaves empty lines out, so a file that has any is copied with a blank in each."""
    (read,) = one_row(con, f"SELECT count(*) FROM {whole_lines(text.path)}")
    path = text.path
    if read != text.lines:
        _fill_empty_lines(path, filled)
        path = filled
    con.execute(f"CREATE OR REPLACE TEMP VIEW fixed_line AS SELECT row_number() OVER () AS number, line FROM {whole_lines(path)}")


def _fill_empty_lines(path: Path, copy: Path) -> None:
    """One blank on every empty line, all line ends as \\n."""
    last = b"\n"
    with path.open("rb") as source, copy.open("wb") as target:
        while chunk := source.read(CHUNK):
            if chunk.endswith(b"\r"):
                chunk += source.read(1)
            chunk = last + chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            last = chunk[-1:]
            # Twice: of three line ends in a row the middle one belongs to two pairs.
            target.write(chunk.replace(b"\n\n", b"\n \n").replace(b"\n\n", b"\n \n")[1:])
