"""One delivered file through one table of its contract: rows in, Parquet of feed rows and of rejected rows out.

Belongs here: reading the text with DuckDB, counting every row, splitting accepted from rejected.
Does not belong here: the meaning of the columns (compile.py), repeated keys (duplicates.py), replacing deliveries (ledger.py).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.model import Table
from orchestration.ingestion.compile import FileFacts, stored_columns, typed_select
from orchestration.ingestion.header import Header, find_header
from orchestration.ingestion.lines import LineMap, account
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.reject import write_rejected
from orchestration.ingestion.text import TextFile, ready_text
from orchestration.sql import literal, one_row

PARQUET = "FORMAT parquet, COMPRESSION zstd"
_RAGGED_RULE = """CASE min(error_type) WHEN 'TOO MANY COLUMNS' THEN 'too_many_fields' WHEN 'MISSING COLUMNS' THEN 'too_few_fields'
    WHEN 'UNQUOTED VALUE' THEN 'stray_quote' ELSE 'unreadable' END"""


@dataclass
class Counts:
    """Rows of a file or table: read = accepted + rejected; excluded rows belong to other tables by the contract's `where`.

    A wide row that is unpivoted counts once per unpivoted cell.
    """

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    excluded: int = 0

    def add(self, other: "Counts") -> None:
        self.read += other.read
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.excluded += other.excluded


@dataclass(frozen=True)
class FileJob:
    """Where one file goes: `name` is its path inside the delivery; `accepted` and `rejected` are Parquet files to write."""

    path: Path
    name: str
    accepted: Path
    rejected: Path
    work: Path


@dataclass(frozen=True)
class ScannedFile:
    """What is known of a file after its rows are split."""

    job: FileJob
    counts: Counts
    lines: LineMap


def scan_file(con: duckdb.DuckDBPyConnection, table: Table, job: FileJob, facts: FileFacts) -> ScannedFile:
    """Read, type, check and split one file. Raises FileProblem when the file as a whole cannot be used."""
    text = ready_text(table, job.path, job.name, job.work)
    header = find_header(table, text, job.name)
    try:
        return _split(con, table, job, facts, text, header)
    except duckdb.Error:
        # DuckDB's own message quotes the line; what is raised instead must not.
        raise FileProblem("unreadable", table.name, job.name) from None
    finally:
        con.execute("DROP TABLE IF EXISTS csv_errors; DROP TABLE IF EXISTS csv_scans")


def _split(con: duckdb.DuckDBPyConnection, table: Table, job: FileJob, facts: FileFacts, text: TextFile, header: Header) -> ScannedFile:
    every = job.work / "every.parquet"
    # Joins and unnests may reorder rows, so these tables number them while reading; the others count rows of the Parquet file.
    numbered = table.unpivot is not None or bool(table.lookups)
    select = typed_select(table, header, facts, _source(table, text, header, numbered=numbered))
    kept = ", ".join((*stored_columns(table), "_scope", *(["_deleted"] if table.deleted_when else [])))
    cells = ", ".join(f"c{n}" for n in range(len(header.names)))
    con.execute(
        f"""COPY (SELECT {kept}, {literal(job.name)} AS _file, {"_row, " if numbered else ""}{"_excluded, " if table.where else ""}_problem,
            CASE WHEN _problem IS NOT NULL THEN to_json(list_value({cells}))::VARCHAR END AS _text
        FROM ({select})) TO {literal(str(every))} ({PARQUET})"""
    )
    _collect_ragged(con, table, job)
    ragged = tuple(line for (line,) in con.execute("SELECT line FROM ragged_row ORDER BY line").fetchall())
    rows = _numbered_rows(every, table, numbered=numbered)
    total, excluded, bad = one_row(con, f"SELECT count(*), count(*) FILTER (_excluded), count(_problem) FROM {rows}")
    records = _records(con, text, header, table) if numbered else total
    lines = account(table, text, header.skipped, ragged, records, job.name)
    if total == 0 and not ragged:
        raise FileProblem("header_only", table.name, job.name)
    if bad or excluded:
        con.execute(
            f"COPY (SELECT * EXCLUDE (_excluded, _problem, _text) FROM {rows} WHERE NOT _excluded AND _problem IS NULL) "
            f"TO {literal(str(job.accepted))} ({PARQUET})"
        )
    else:
        every.replace(job.accepted)
    if bad or ragged:
        problems = f"SELECT _row AS ordinal, _problem AS problem, _text AS row_text FROM {rows} WHERE _problem IS NOT NULL" if bad else None
        write_rejected(con, table, job.name, job.rejected, problems, lines)
    read = total - excluded + len(ragged)
    return ScannedFile(job, Counts(read, read - bad - len(ragged), bad + len(ragged), excluded), lines)


def _numbered_rows(every: Path, table: Table, *, numbered: bool) -> str:
    """Relation of all rows of the file with their 1-based record number `_row` and `_excluded`."""
    number = "" if numbered else "file_row_number + 1 AS _row, "
    excluded = "" if table.where else "FALSE AS _excluded, "
    return f"(SELECT {number}{excluded}* EXCLUDE (file_row_number) FROM read_parquet({literal(str(every))}, file_row_number = true))"


def _source(table: Table, text: TextFile, header: Header, *, numbered: bool) -> str:
    """SELECT of all rows below the header as text columns c0..cn; numbered as _row where asked, unpivoted where the contract says."""
    reader = table.reader
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(header.names)))
    quote = literal(reader.quote) if reader.quote else "''"
    # The nullstr cannot occur in text: an empty field stays '' and never turns into a silent NULL.
    scan = (
        f"read_csv({literal(str(text.path))}, delim={literal(text.delimiter)}, quote={quote}, escape={quote}, header=false, "
        f"skip={header.skipped}, auto_detect=false, columns={{{columns}}}, nullstr='\x01', strict_mode=true, "
        "store_rejects=true, rejects_table='csv_errors', rejects_scan='csv_scans')"
    )
    if not numbered:
        return f"SELECT * FROM {scan}"
    source = f"SELECT row_number() OVER () AS _row, * FROM {scan}"
    if table.unpivot is None:
        return source
    cells = ", ".join(f"{{'_name': {literal(name)}, '_value': c{index}}}" for index, name in unpivoted(table, header))
    wide = f"SELECT *, unnest(list_value({cells}), recursive := true) FROM ({source})"
    if not table.unpivot.skip_missing:
        return wide
    return f"SELECT * FROM ({wide}) WHERE trim(_value) NOT IN ({', '.join(map(literal, reader.missing))})"


def unpivoted(table: Table, header: Header) -> list[tuple[int, str]]:
    """(column position, name of the row it becomes) of every unpivoted column."""
    if table.unpivot is None:
        return []
    named = [(header.index(column), name) for column, name in table.unpivot.columns.items()]
    found = [(index, name) for index, name in named if index is not None]
    if table.unpivot.pattern:
        pattern = re.compile(table.unpivot.pattern)
        for index, title in enumerate(header.names):
            if match := pattern.search(title):
                found.append((index, match.group(1) if pattern.groups else match.group(0)))
    return found


def _collect_ragged(con: duckdb.DuckDBPyConnection, table: Table, job: FileJob) -> None:
    """Temp table ragged_row(line, rule, row_text) from what DuckDB could not split. An open quote swallows rows: the file is refused."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE ragged_row AS
        SELECT line::BIGINT AS line, {_RAGGED_RULE} AS rule, any_value(csv_line) AS row_text FROM csv_errors GROUP BY line"""
    )
    (opened,) = one_row(con, "SELECT min(line) FROM ragged_row WHERE rule = 'stray_quote' AND contains(trim(row_text), chr(10))")
    if opened is not None:
        raise FileProblem("open_quote", table.name, job.name, opened)


def _records(con: duckdb.DuckDBPyConnection, text: TextFile, header: Header, table: Table) -> int:
    """Records of a file whose rows were joined or unpivoted, counted on their own."""
    con.execute("DROP TABLE IF EXISTS csv_errors; DROP TABLE IF EXISTS csv_scans")
    return int(
        one_row(con, f"SELECT count(c0) FROM ({_source(table.model_copy(update={'unpivot': None}), text, header, numbered=False)})")[0]
    )
