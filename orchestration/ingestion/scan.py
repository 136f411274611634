"""One delivered file through one table of its contract: rows in, Parquet of feed rows and of rejected rows out.

Belongs here: reading the text with DuckDB, counting every row, splitting accepted from rejected.
Does not belong here: the meaning of the columns (compile.py), repeated keys (duplicates.py), replacing deliveries (ledger.py).
"""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.contracts.columns import key_files, needed_columns
from orchestration.contracts.model import Table
from orchestration.ingestion.compile import FileFacts, closed_texts, constant_texts, raw_extras, stored_columns, typed_select
from orchestration.ingestion.file_bytes import FileBytes
from orchestration.ingestion.gone import note_left_out
from orchestration.ingestion.header import Header, escape_of, quote_of, read_header
from orchestration.ingestion.lines import LineMap, account, rows_above
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.rules import counted_text
from orchestration.ingestion.text import ready_text
from orchestration.ingestion.text_file import TextFile
from orchestration.ingestion.typed import enum
from orchestration.ingestion.unpivot import check_unpivot, heading_column, unpivot_sql, unpivoted
from orchestration.limits import Limits
from orchestration.sql import literal, one_row

_LONG_LINE = 2_000_000  # DuckDB reads lines up to two million bytes unless told otherwise
PARQUET = "FORMAT parquet, COMPRESSION zstd"
_RAGGED_RULE = """CASE min(error_type) WHEN 'TOO MANY COLUMNS' THEN 'too_many_fields' WHEN 'MISSING COLUMNS' THEN 'too_few_fields'
    WHEN 'UNQUOTED VALUE' THEN 'stray_quote' ELSE 'unreadable' END"""


@dataclass
class Counts:
    """Rows of a file or table: read = accepted + rejected; excluded rows belong to other tables by the contract's `where`.

    A wide row that is unpivoted counts once per unpivoted cell. `excluded_as`: excluded rows by the texts a condition's `count` names.
    """

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    excluded: int = 0
    excluded_as: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Counts") -> None:
        self.read += other.read
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.excluded += other.excluded
        for text, rows in other.excluded_as.items():
            self.excluded_as[text] = self.excluded_as.get(text, 0) + rows


@dataclass(frozen=True)
class FileJob:
    """Where one file goes: `name` is its path inside the delivery, with the sheet where several are read; `accepted` and `rejected` are
    Parquet files to write."""

    path: Path
    name: str
    accepted: Path
    rejected: Path
    work: Path
    limits: Limits = field(default_factory=Limits)
    seen: FileBytes | None = None
    sheet: str = ""


@dataclass(frozen=True)
class ScannedFile:
    """What is known of a file after its rows are judged; `table`, `text` and `header` are those read, `below` its lines under the header.

    `every`: Parquet of all its rows, of which those that meet `stands` are accepted; `bad` rows break a rule. `numbered`: rows carry
    their record number as _row, else it is their place in `every`. `ragged`: (line, rule) of lines that are no rows. `closed`: columns
    that hold few texts, `constant`: only one.
    """

    job: FileJob
    counts: Counts
    lines: LineMap
    ragged: list[tuple[int, str]]
    table: Table
    text: TextFile
    header: Header
    below: int
    every: Path
    bad: int
    numbered: bool
    closed: dict[str, list[str]]
    constant: frozenset[str]
    extras: tuple[str, ...]

    @property
    def rows(self) -> str:
        """Relation of `every` with filename and file_row_number."""
        return f"read_parquet({literal(str(self.every))}, filename = true, file_row_number = true)"

    @property
    def ordinal(self) -> str:
        """The 1-based record number of a row of `rows`."""
        return "_row" if self.numbered else "file_row_number + 1"

    @property
    def stands(self) -> str:
        """Condition on the rows of `every`: neither rejected nor excluded."""
        return "_problem IS NULL AND NOT _excluded" if "_excluded" in self.extras else "_problem IS NULL"


def scan_file(con: duckdb.DuckDBPyConnection, table: Table, job: FileJob, facts: FileFacts) -> ScannedFile:
    """Read, type and check one file; what breaks a rule is kept apart. Raises FileProblem when the file as a whole cannot be used."""
    text = ready_text(con, table, job.path, job.name, job.work, job.limits, job.seen)
    reads, header = read_header(table, text, job.name)
    if reads.reader.footer != table.reader.footer:
        text = ready_text(con, reads, job.path, job.name, job.work, job.limits, job.seen)
    try:
        return _judge(con, reads, job, facts, text, header)
    except duckdb.OutOfMemoryException:
        raise  # no fault of the file
    except duckdb.Error:
        # DuckDB's own message quotes the line; what is raised instead must not.
        raise FileProblem("unreadable", table.name, job.name) from None
    finally:
        con.execute("DROP TABLE IF EXISTS csv_errors; DROP TABLE IF EXISTS csv_scans")


def _judge(con: duckdb.DuckDBPyConnection, table: Table, job: FileJob, facts: FileFacts, text: TextFile, header: Header) -> ScannedFile:
    check_unpivot(table, header, job.name)
    every = job.work / f"every-{job.accepted.stem}.parquet"
    # Joins and unnests may reorder rows, so these tables number them while reading; the others count rows of the Parquet file.
    numbered = table.unpivot is not None or bool(table.lookups or key_files(table) or table.reader.fill_down)
    select = typed_select(table, header, facts, source_rows(table, text, header, numbered=numbered), blanks=text.blanks)
    counted = counted_text(table, header)
    closed = closed_texts(table, facts)
    kept = [f"{enum(name, closed[name])} AS {name}" if name in closed else name for name in stored_columns(table)]
    closed["_file"] = [job.name]
    constant = frozenset(("_file", *constant_texts(table, facts)))
    extras = (*raw_extras(table), *(["_row"] if numbered else []), *(["_excluded"] if table.where else []))
    kept += [f"{enum(name, closed[name])} AS {name}" if name in closed else name for name in extras]
    if counted:
        extras = (*extras, "_counted")
        kept.append(f"CASE WHEN _excluded THEN {counted} END AS _counted")
    if table.unpivot is not None:
        extras = (*extras, "_heading")
        kept.append(f"{_cell_heading(table)} AS _heading")
    con.execute(
        f"""COPY (SELECT {", ".join(kept)}, {enum(literal(job.name), closed["_file"])} AS _file, _problem
        FROM ({select})) TO {literal(str(every))} ({PARQUET})"""
    )
    ragged = _ragged(con, table, job)
    rows = _numbered_rows(every, table, numbered=numbered)
    total, excluded, bad = one_row(con, f"SELECT count(*), count(*) FILTER (_excluded), count(_problem) FROM {rows}")
    records = _records(con, text, header, table) if numbered else total
    lines = account(table, text, header.skipped, tuple(line for line, _ in ragged), records, job.name)
    if total == 0 and not ragged and text.numbering != "record" and not table.may_be_empty:
        raise FileProblem("header_only", table.name, job.name)
    read = total - excluded + len(ragged)
    if excluded:
        note_left_out(con, table, facts, rows, job.name, job.accepted)
    apart: dict[str, int] = {}
    if counted and excluded:
        apart = dict(con.execute(f"SELECT _counted, count(*) FROM {rows} WHERE _counted IS NOT NULL GROUP BY 1").fetchall())
    counts = Counts(read, read - bad - len(ragged), bad + len(ragged), excluded, apart)
    below = text.lines - header.skipped
    return ScannedFile(job, counts, lines, ragged, table, text, header, below, every, bad, numbered, closed, constant, extras)


def delivered_text(table: Table, header: Header) -> str:
    """JSON object of a row as delivered, header -> text, of the columns that the contract names and of no other."""
    named = {index for name in needed_columns(table) if (index := header.index(name)) is not None}
    named |= {index for index, _ in unpivoted(table, header)}
    parts = [f"{literal(header.title(index))}, c{index}" for index in sorted(named)]
    return f"json_object({', '.join(parts)})::VARCHAR"


def _cell_heading(table: Table) -> str:
    """The heading of the one cell that a row's problem is about, as the file prints it, where that differs from row to row."""
    slots = {prop.name: prop.from_unpivot for prop in table.properties if prop.from_unpivot not in (None, "name")}
    whens = [f"WHEN {literal(name)} THEN {heading_column(slot or '')}" for name, slot in slots.items()]
    return f"CASE regexp_replace(_problem::VARCHAR, '[|][^|]*$', '') {' '.join(whens)} END" if whens else "NULL::VARCHAR"


def _numbered_rows(every: Path, table: Table, *, numbered: bool) -> str:
    """Relation of all rows of the file with their 1-based record number `_row` and `_excluded`."""
    number = "" if numbered else "file_row_number + 1 AS _row, "
    excluded = "" if table.where else "FALSE AS _excluded, "
    return f"(SELECT {number}{excluded}* EXCLUDE (file_row_number) FROM read_parquet({literal(str(every))}, file_row_number = true))"


def source_rows(table: Table, text: TextFile, header: Header, *, numbered: bool) -> str:
    """SELECT of all rows below the header as text columns c0..cn; numbered as _row where asked, unpivoted where the contract says."""
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(header.names)))
    quote, escape = literal(quote_of(table)), literal(escape_of(table))
    size = text.longest + 1024
    long = f", max_line_size={size}, buffer_size={16 * size}" if text.longest > _LONG_LINE else ""
    # The nullstr cannot occur in text: an empty field stays '' and never turns into a silent NULL.
    scan = (
        f"read_csv({literal(str(text.path))}, delim={literal(text.delimiter)}, quote={quote}, escape={escape}, header=false, "
        f"skip={rows_above(table, text, header.skipped)}, auto_detect=false, columns={{{columns}}}, nullstr='\x01', strict_mode=true, "
        f"store_rejects=true, rejects_table='csv_errors', rejects_scan='csv_scans'{long})"
    )
    if not numbered:
        return f"SELECT * FROM {scan}"
    source = f"SELECT row_number() OVER () AS _row, * FROM {scan}"
    if table.reader.fill_down:
        source = f"SELECT * REPLACE ({', '.join(_filled(column, header) for column in table.reader.fill_down)}) FROM ({source})"
    return unpivot_sql(table, header, source)


def _filled(column: str, header: Header) -> str:
    """A column whose empty cells take the text of the last row that has one."""
    cell = f"c{header.index(column)}"
    above = f"last_value(nullif(trim({cell}), '') IGNORE NULLS) OVER (ORDER BY _row ROWS UNBOUNDED PRECEDING)"
    return f"coalesce({above}, '') AS {cell}"


def _ragged(con: duckdb.DuckDBPyConnection, table: Table, job: FileJob) -> list[tuple[int, str]]:
    """(line, rule) of what DuckDB could not split. An open quote swallows rows: the file is refused."""
    found = con.execute(
        f"""SELECT line::BIGINT, {_RAGGED_RULE} AS rule, bool_or(contains(trim(csv_line), chr(10))) AS is_long
        FROM csv_errors GROUP BY line ORDER BY line"""
    ).fetchall()
    opened = [line for line, rule, is_long in found if rule == "stray_quote" and is_long]
    if opened:
        raise FileProblem("open_quote", table.name, job.name, opened[0])
    return [(line, rule) for line, rule, _ in found]


def _records(con: duckdb.DuckDBPyConnection, text: TextFile, header: Header, table: Table) -> int:
    """Records of a file whose rows were joined or unpivoted, counted on their own."""
    con.execute("DROP TABLE IF EXISTS csv_errors; DROP TABLE IF EXISTS csv_scans")
    return int(
        one_row(con, f"SELECT count(c0) FROM ({source_rows(table.model_copy(update={'unpivot': None}), text, header, numbered=False)})")[0]
    )
