"""Code tables that a delivery brings as files, loaded for the tables that look codes up in them.

Does not belong here: how a looked-up text is used (compile.py).
"""

import csv
from pathlib import Path

import duckdb

from orchestration.contracts.model import Lookup, Table
from orchestration.ingestion.header import Header
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text import ready_text


def load_lookup(con: duckdb.DuckDBPyConnection, table: Table, lookup: Lookup, path: Path, work: Path, relation: str) -> None:
    """Create temp table `relation(k, v)` with the trimmed key and value texts of the file."""
    text = ready_text(table, path, path.name, work)
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        first = next(csv.reader(stream, delimiter=text.delimiter), [])
    titled = lookup.header == "first"
    header = Header(tuple(cell.strip() for cell in first) if titled else tuple(f"#{n + 1}" for n in range(len(first))), int(titled))
    places = []
    for wanted in (lookup.key, lookup.value):
        index = wanted - 1 if isinstance(wanted, int) else header.index(wanted)
        if index is None or not 0 <= index < len(header.names):
            raise FileProblem("missing_column", table.name, path.name, header.skipped, str(wanted))
        places.append(index)
    columns = {f"c{n}": "VARCHAR" for n in range(len(header.names))}
    try:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {relation} AS
            SELECT trim(c{places[0]}) AS k, any_value(trim(c{places[1]})) AS v
            FROM read_csv($path, delim=$delimiter, header=false, skip=$skipped, auto_detect=false, columns=$columns,
                quote='"', escape='"', nullstr='\x01', null_padding=true, parallel=false)
            GROUP BY 1""",
            {"path": str(text.path), "delimiter": text.delimiter, "skipped": header.skipped, "columns": columns},
        )
    except duckdb.Error:
        raise FileProblem("unreadable", table.name, path.name) from None
