"""Records of XML files as delimited text, streamed: a file of any size takes the memory of one record.

Belongs here: elements to rows, columns found by dotted path. Does not belong here: what the texts mean (header.py, compile.py).
The parser below ElementTree is used directly: it names a document type declaration when it meets one, and without one there
are no entities to expand and nothing to fetch.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.parsers import expat

import duckdb

from orchestration.contracts.columns import column_alternatives
from orchestration.contracts.model import Table
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text_file import TextFile, copy_path
from orchestration.limits import Limits
from orchestration.sql import literal

_STEP = re.compile(r"^(.*?)(?:\[(\d+|\*)\])?$")
_JOIN = "|"
_CHUNK = 1 << 18
_MAX_DEPTH = 200


@dataclass(slots=True)
class _Element:
    """One element inside a record; names are without namespace and case."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    children: list["_Element"] = field(default_factory=list)


def records_as_text(con: duckdb.DuckDBPyConnection, table: Table, path: Path, name: str, work: Path, limits: Limits) -> TextFile:
    """Records as comma-separated UTF-8 under the contract's column names. Raises FileProblem (entity, unreadable, field_too_long)."""
    alternatives = column_alternatives(table)
    titles = list(dict.fromkeys(title for group in alternatives for title in group))
    readers = [_reader(table, title) for title in titles]
    everything, copy = (copy_path(work, kind, name, table.reader, titles) for kind in ("xml-all", "xml"))
    present: set[str] = set()
    rows = 0
    with everything.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(titles)
        for record, element in _rows(table, path, name, limits):
            found = [read(record, element) for read in readers]
            present.update(title for title, text in zip(titles, found, strict=True) if text is not None)
            writer.writerow([text or "" for text in found])
            rows += 1
    kept = {title for group in alternatives for title in ([t for t in group if t in present] or group[:1])}
    if len(kept) == len(titles):
        return TextFile(everything, rows + 1, ",", titled=True, numbering="record")
    # An alternative no record has would hide one that some have: its column goes.
    names = ", ".join(f'"{title.replace(chr(34), chr(34) * 2)}"' for title in titles if title in kept)
    columns = ", ".join(f"{literal(title)}: 'VARCHAR'" for title in titles)
    con.execute(
        f"""COPY (SELECT {names} FROM read_csv({literal(str(everything))}, auto_detect=false, header=true, columns={{{columns}}}, delim=',',
            quote='"', escape='"', nullstr='\x01')) TO {literal(str(copy))} (FORMAT csv, HEADER, FORCE_QUOTE *)"""
    )
    return TextFile(copy, rows + 1, ",", titled=True, numbering="record")


def has_doctype(stream: IO[bytes]) -> bool:
    """Does a document type declaration stand before the root element? It can stand nowhere else."""
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(True)
    parser.StartElementHandler = lambda *_: found.append(False)
    try:
        while not found and (chunk := stream.read(_CHUNK)):
            parser.Parse(chunk, False)
    except expat.ExpatError:
        pass
    return bool(found) and found[0]


def _rows(table: Table, path: Path, name: str, limits: Limits) -> Iterator[tuple[_Element, _Element | None]]:
    """(record, exploded element) of every row."""
    explode = table.reader.explode
    for record in _records(table, path, name, limits):
        if explode is None:
            yield record, None
            continue
        elements = _descend(record, _steps(explode.casefold().split(".")))
        yield from ((record, element) for element in elements)
        if not elements and table.reader.keep_empty:
            yield record, None


def _records(table: Table, path: Path, name: str, limits: Limits) -> Iterator[_Element]:
    """Every record element, whole, in the order of the file."""
    builder = _Builder(table, name, limits)
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                builder.parser.Parse(chunk, False)
                yield from builder.take()
            builder.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileProblem("unreadable", table.name, name, error.lineno) from None
        except (LookupError, ValueError):  # an encoding the parser does not know
            raise FileProblem("encoding", table.name, name) from None
    yield from builder.take()


class _Builder:
    """Builds record elements while the parser runs; anything outside a record is passed over."""

    def __init__(self, table: Table, name: str, limits: Limits) -> None:
        self._table, self._name, self._limits = table, name, limits
        self._wanted = (table.reader.record or "").casefold()
        self._open: list[_Element] = []
        self._done: list[_Element] = []
        self._size = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse("entity")
        self.parser.EntityDeclHandler = self._refuse("entity")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def take(self) -> list[_Element]:
        done, self._done = self._done, []
        return done

    def _refuse(self, rule: str) -> Callable[..., None]:
        def refuse(*_: object) -> None:
            raise FileProblem(rule, self._table.name, self._name, self.parser.CurrentLineNumber)

        return refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        held = self._open
        if not held and name != self._wanted:
            return
        if len(held) >= _MAX_DEPTH:
            self._refuse("unreadable")()
        element = _Element(name)
        if attributes:
            element.attributes = {_local(key): value for key, value in attributes.items()}
            if max(map(len, attributes.values())) > self._limits.max_field_bytes:
                self._refuse("field_too_long")()
        if held:
            held[-1].children.append(element)
        held.append(element)
        self._size = 0

    def _text(self, text: str) -> None:
        if self._open:
            self._size += len(text)
            if self._size > self._limits.max_field_bytes:
                self._refuse("field_too_long")()
            self._open[-1].text.append(text)

    def _end(self, _name: str) -> None:
        if self._open:
            self._size = 0
            element = self._open.pop()
            if not self._open:
                self._done.append(element)


@lru_cache(maxsize=4096)
def _local(name: str) -> str:
    """Without namespace prefix and case."""
    return name.rpartition(":")[2].casefold()


def _reader(table: Table, title: str) -> Callable[[_Element, _Element | None], str | None]:
    """What finds the text of a column in a record; None where the record has no such element."""
    path = title.casefold().split(".")
    exploded = table.reader.explode.casefold().split(".") if table.reader.explode else None
    below = exploded is not None and path[: len(exploded)] == exploded
    path = path[len(exploded) :] if exploded is not None and below else path
    attribute = path.pop()[1:] if path and path[-1].startswith("@") else None
    steps = _steps(path)
    joined = any(place == "*" for _, place in steps)

    def read(record: _Element, element: _Element | None) -> str | None:
        start = element if below else record
        found = _descend(start, steps) if start is not None else []
        if attribute is None:
            texts = ["".join(item.text).strip() for item in found]
        else:
            texts = [item.attributes[attribute] for item in found if attribute in item.attributes]
        if not texts:
            return None
        return _JOIN.join(text for text in texts if text) if joined else texts[0]

    return read


def _steps(path: list[str]) -> list[tuple[str, int | str | None]]:
    """(name, index, '*' or None) of every step of a path."""
    steps: list[tuple[str, int | str | None]] = []
    for step in path:
        match = _STEP.match(step)
        name, place = (match[1], match[2]) if match else (step, None)
        steps.append((name, int(place) if place is not None and place != "*" else place))
    return steps


def _descend(start: _Element, steps: list[tuple[str, int | str | None]]) -> list[_Element]:
    """Elements at the end of a path; `Name[1]` is the second of that name, without an index all of them."""
    elements = [start]
    for name, place in steps:
        if isinstance(place, int):
            named = [[child for child in element.children if child.name == name] for element in elements]
            elements = [children[place] for children in named if place < len(children)]
        else:
            elements = [child for element in elements for child in element.children if child.name == name]
    return elements
