"""Bytes of a text file to a grid: encoding, line ends, delimiter, header row, footnotes. Guesses, for a proposal only.

Does not belong here: workbooks (workbook.py), JSON and XML (nested.py); delivered files, which are read as their contract says.
"""

import codecs
import csv
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from orchestration.onboarding.files import GivenFile, fresh
from orchestration.onboarding.grid import SEARCHED_LINES, Grid, guess_header
from orchestration.onboarding.vocabulary import Vocabulary

_SAMPLE = 1 << 18
_TAIL = 1 << 14
_DELIMITERS = (",", "\t", ";", "|")
_FOOTNOTE = re.compile(
    r"^\W*(note|notes|source|sources|legend|key|total|suppress\w*|data|report\w*|generated|end of|n ?=|\*|†|‡)", re.IGNORECASE
)


def delimited_grid(file: GivenFile, words: Vocabulary, work: Path) -> Grid | None:
    """The file as a grid; None where it holds no lines of text."""
    head = file.path.open("rb").read(_SAMPLE)
    if not head.strip() or (b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))):
        return None
    encoding = _encoding(file.path, head)
    path = _plain(file.path, encoding, head, fresh(work, "text.csv"))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(islice(stream, 300))
    delimiter = _delimiter(lines)
    rows = csv.reader(lines, delimiter=delimiter)
    read: list[tuple[int, list[str]]] = []
    try:
        read.extend((rows.line_num, row) for row in islice(rows, 250))
    except csv.Error:
        return None
    header = guess_header([entry for entry in read if entry[0] <= SEARCHED_LINES], words)
    if not header.names:
        return None
    reader: dict[str, object] = {}
    if delimiter != ",":
        reader["delimiter"] = delimiter
    if encoding not in ("utf-8", "utf-8-sig"):
        reader["encoding"] = encoding
    if header.line == 0:
        reader |= {"header": "none", "columns": list(header.names)}
    if header.rows == 2:
        reader["header_rows"] = 2
    if any(cell.startswith('="') for line, row in read for cell in row if line > header.line):
        reader["excel_text"] = True
    notes = []
    if footer := footer_pattern(path, delimiter, len(header.names)):
        reader["footer"] = footer
        notes.append("the file ends with footnotes; they begin where a line fits the footer pattern")
    return Grid(file.name, path, delimiter, header.line, header.names, reader, header.titles, tuple(notes))


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _plain(path: Path, encoding: str, head: bytes, copy: Path) -> Path:
    """UTF-8 with \\n or \\r\\n ends, as DuckDB reads it; a copy where the file is not like that."""
    returns_only = b"\r" in head and b"\n" not in head.replace(b"\r\n", b"")
    if encoding == "utf-8" and not (returns_only and b"\r\n" not in head):
        return path
    with path.open(encoding=encoding, errors="replace", newline=None) as source, copy.open("w", encoding="utf-8", newline="\n") as target:
        for line in source:
            target.write(line)
    return copy


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives most lines the same number of fields, more than one."""

    def evenness(delimiter: str) -> float:
        try:
            counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            return 0.0
        size, lines_of_it = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        return 0.0 if size < 2 else lines_of_it / sum(counts.values()) + size / 1000

    return max(_DELIMITERS, key=evenness)


def footer_pattern(path: Path, delimiter: str, width: int) -> str | None:
    """A pattern for the first of the lines after the last row, where they read like footnotes."""
    with path.open("rb") as stream:
        start = max(0, path.stat().st_size - _TAIL)
        stream.seek(start)
        lines = stream.read().decode("utf-8", errors="replace").splitlines()[1 if start else 0 :]
    first = None
    for line in reversed(lines[-15:]):
        cells = next(csv.reader([line], delimiter=delimiter), [])
        if sum(bool(cell.strip()) for cell in cells) > 1 or width < 3:
            break
        if line.strip(f'{delimiter}" \t'):
            first = line
    if first is None or not (match := _FOOTNOTE.match(first.strip('"'))):
        return None
    word = match.group(1)
    return f'^"?\\W*{re.escape(word)}' if word[0].isalnum() else f'^"?{re.escape(word)}'
