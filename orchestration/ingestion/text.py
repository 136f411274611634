"""Bytes of a delivered file made ready for DuckDB: UTF-8, one kind of line end, records as lines of fields.

Belongs here: which reader makes a file ready, and what has to be known about its bytes before rows are read.
Does not belong here: the formats that are no delimited text (sheet.py, json_pages.py, xml_records.py, fixed_width.py),
headers (header.py), rows (scan.py).
A file that is ready already is used where it lies; otherwise a copy is written to the work folder.
"""

import codecs
import mmap
import re
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.contracts.model import Table
from orchestration.ingestion.file_bytes import CHUNK, FileBytes, read_file_bytes
from orchestration.ingestion.fixed_width import fields_as_text
from orchestration.ingestion.json_pages import pages_as_text
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.sheet import sheet_as_text
from orchestration.ingestion.text_file import TextFile, copy_path, whole_lines
from orchestration.ingestion.xml_records import records_as_text
from orchestration.limits import Limits
from orchestration.sql import literal

_SNIFFED = 64 * 1024


def ready_text(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    path: Path,
    name: str,
    work: Path,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    seen: FileBytes | None = None,
) -> TextFile:
    """Make `path` readable as UTF-8 text; `seen` spares reading it again. Raises FileProblem when it cannot be."""
    reader = table.reader
    if path.stat().st_size == 0:
        raise FileProblem("empty_file", table.name, name)
    if reader.format == "excel":
        text = sheet_as_text(table, path, name, work, limits)
    elif reader.format == "xml":
        return records_as_text(con, table, path, name, work, limits)
    else:
        text = _plain(table, path, name, work, limits, seen)
        if reader.format == "json":
            return pages_as_text(con, table, text.path, name, work, limits)
    if reader.footer is not None:
        text = _without_footer(con, table, text, name, work)
    if reader.format == "fixed_width":
        return fields_as_text(con, table, text, name, work)
    return text


def _plain(table: Table, path: Path, name: str, work: Path, limits: Limits, seen: FileBytes | None) -> TextFile:
    """A text file as UTF-8 with one kind of line end."""
    if not _is_utf8(table.reader.encoding):
        copy = copy_path(work, "utf8", name, table.reader.encoding)
        _transcode(table, path, name, copy)
        path, seen = copy, None
    seen = seen or read_file_bytes(path)
    if seen.bad_line:
        raise FileProblem("encoding", table.name, name, seen.bad_line)
    if seen.nul_line:
        raise FileProblem("encoding" if seen.wide else "nul_byte", table.name, name, seen.nul_line)
    longest = 0
    if table.reader.format == "delimited":
        _check_width(table, path, name, limits)
        longest = _check_long_lines(table, path, name, limits, seen)
    if seen.odd_ends and table.reader.format != "json":
        copy = copy_path(work, "lines", name, table.reader.encoding)
        _fold_line_ends(path, copy)
        path, seen = copy, read_file_bytes(copy)
    return TextFile(path, seen.lines, table.reader.delimiter, longest=longest, blanks=seen.blanks)


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def _check_width(table: Table, path: Path, name: str, limits: Limits) -> None:
    """Refuse a header of a million columns before anything is made of it."""
    mark = table.reader.delimiter.encode()
    with path.open("rb") as stream:
        head = stream.read(_SNIFFED)
        for number, line in enumerate(head.splitlines(), 1):
            if line.count(mark) >= limits.max_columns:
                raise FileProblem("too_many_columns", table.name, name, number)


def _check_long_lines(table: Table, path: Path, name: str, limits: Limits, seen: FileBytes) -> int:
    """Bytes of the longest line (0: none is worth a look). Refuses a field over the limit, and more columns than it allows."""
    mark = table.reader.delimiter.encode()
    with path.open("rb") as stream:
        for line, offset, size in seen.long_lines:
            if size > limits.max_field_bytes * 16:
                raise FileProblem("field_too_long", table.name, name, line)
            stream.seek(offset)
            fields = stream.read(size).split(mark)
            if len(fields) > limits.max_columns:
                raise FileProblem("too_many_columns", table.name, name, line)
            if max(map(len, fields)) > limits.max_field_bytes:
                raise FileProblem("field_too_long", table.name, name, line)
    return max((size for _, _, size in seen.long_lines), default=0)


def _transcode(table: Table, path: Path, name: str, copy: Path) -> None:
    decoder = codecs.getincrementaldecoder(table.reader.encoding)()
    lines = 0
    with path.open("rb") as source, copy.open("wb") as target:
        while True:
            chunk = source.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
                target.write((text.lstrip("\ufeff") if lines == 0 else text).encode())
            except UnicodeError:
                raise FileProblem("encoding", table.name, name, lines + 1) from None
            lines += text.count("\n")
            if not chunk:
                return


def _fold_line_ends(path: Path, copy: Path) -> None:
    """Write every line end as \\n; a \\r\\n that falls across two chunks counts once."""
    pending = b""
    with path.open("rb") as source, copy.open("wb") as target:
        while chunk := source.read(CHUNK):
            chunk, pending = pending + chunk, b""
            if chunk.endswith(b"\r"):
                chunk, pending = chunk[:-1], b"\r"
            target.write(chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        if pending:
            target.write(b"\n")


def _without_footer(con: duckdb.DuckDBPyConnection, table: Table, text: TextFile, name: str, work: Path) -> TextFile:
    """A copy that ends before the first line that matches reader.footer; the file itself where none does."""
    pattern = literal(table.reader.footer or "")
    try:
        found = con.execute(f"SELECT line FROM {whole_lines(text.path)} WHERE regexp_matches(line, {pattern}) LIMIT 1").fetchone()
    except duckdb.Error:
        raise FileProblem("unreadable", table.name, name) from None
    if found is None:
        return text
    copy = copy_path(work, "rows", text.path, pattern)
    line = re.compile(rb"(?:^|(?<=[\r\n])|(?<=^\xef\xbb\xbf))" + re.escape(found[0].encode()) + rb"(?=[\r\n]|$)")
    with text.path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as held, copy.open("wb") as target:
        match = line.search(held)
        target.write(held[: match.start() if match else None])
    if copy.stat().st_size == 0:
        raise FileProblem("empty_file", table.name, name)
    return replace(text, path=copy, lines=read_file_bytes(copy).lines)
