"""Bytes of a delivered file made ready for DuckDB: UTF-8, one kind of line end.

Belongs here: what has to be known about bytes before rows are read. Does not belong here: workbooks (sheet.py), headers (header.py),
rows (scan.py).
A file that is ready already is used where it lies; otherwise a copy is written to the work folder.
"""

import codecs
from dataclasses import dataclass
from pathlib import Path

from orchestration.contracts.model import Table
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.sheet import sheet_as_text

CHUNK = 1 << 20


@dataclass(frozen=True)
class TextFile:
    """A delimited UTF-8 file: `lines` physical lines, `delimiter` as it stands in `path`."""

    path: Path
    lines: int
    delimiter: str


def ready_text(table: Table, path: Path, name: str, work: Path) -> TextFile:
    """Make `path` readable as UTF-8 text. Raises FileProblem (empty_file, encoding, unreadable)."""
    reader = table.reader
    if path.stat().st_size == 0:
        raise FileProblem("empty_file", table.name, name)
    if reader.format == "excel":
        copy = sheet_as_text(table, path, name, work)
        return TextFile(copy, _count_lines(copy)[0], ",")
    if not _is_utf8(reader.encoding):
        copy = work / "utf8.csv"
        _transcode(table, path, name, copy)
        path = copy
    lines, mixed = _count_lines(path, check=(table, name))
    if mixed:
        copy = work / "lines.csv"
        _fold_line_ends(path, copy)
        path, lines = copy, _count_lines(copy)[0]
    return TextFile(path, lines, reader.delimiter)


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def _count_lines(path: Path, check: tuple[Table, str] | None = None) -> tuple[int, bool]:
    """Physical lines, and whether line ends are mixed; with `check`, that every byte is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    feeds = returns = pairs = 0
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if check:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    line = max(feeds, returns) + chunk[: error.start].count(b"\n") + 1
                    raise FileProblem("encoding", check[0].name, check[1], line) from None
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            last = chunk[-1:]
    kinds = ((feeds - pairs) > 0) + ((returns - pairs) > 0) + (pairs > 0)
    ends = feeds + returns - pairs
    return ends + (last not in (b"\n", b"\r")), kinds > 1


def _transcode(table: Table, path: Path, name: str, copy: Path) -> None:
    decoder = codecs.getincrementaldecoder(table.reader.encoding)()
    lines = 0
    with path.open("rb") as source, copy.open("wb") as target:
        while True:
            chunk = source.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                raise FileProblem("encoding", table.name, name, lines + 1) from None
            target.write(text.lstrip("\ufeff").encode() if lines == 0 else text.encode())
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
