"""JSON and XML files to grids: records become rows, what lies inside them becomes columns with dotted names.

Does not belong here: how a delivery of such files is read (ingestion).
"""

import csv
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration.onboarding.files import GivenFile, fresh
from orchestration.onboarding.grid import Grid
from orchestration.sql import literal

_RECORDS = 20_000
_DEPTH = 5


def json_grid(con: duckdb.DuckDBPyConnection, file: GivenFile, work: Path) -> Grid | None:
    """The records of a JSON file; None where it holds none, as an empty page does."""
    path = file.path
    with path.open("rb") as stream:
        head = stream.read(64)
    if head.startswith(b"\xef\xbb\xbf"):
        path = fresh(work, "plain.json")
        path.write_bytes(file.path.read_bytes()[3:])
    relation = f"SELECT * FROM read_json({literal(str(path))}, maximum_object_size = 268435456, sample_size = 20000)"
    try:
        described = _children(con, relation)
        reader: dict[str, Any] = {"format": "json"}
        lists = [name for name, kind in described if kind.id == "list" and kind.children[0][1].id == "struct"]
        wraps = len(lists) == 1 and len(described) <= 4 and con.execute(f"SELECT count(*) FROM ({relation})").fetchone() == (1,)
        if wraps:
            reader["record"] = lists[0]
            relation = f'SELECT unnest(r, recursive := false) AS r FROM (SELECT "{lists[0]}" AS r FROM ({relation}))'
            relation = f"SELECT unnest(r) FROM ({relation})"
            described = _children(con, relation)
        paths = [path for name, kind in described for path in _paths(kind, name, f'"{name}"', 0)]
        if not paths or [name for name, _ in paths] == ["json"]:
            return None
        copy = fresh(work, "json.csv")
        columns = ", ".join(f'({expression})::VARCHAR AS "{name}"' for name, expression in paths)
        con.execute(f"COPY (SELECT {columns} FROM ({relation})) TO {literal(str(copy))} (FORMAT csv, HEADER false, NULL '', FORCE_QUOTE *)")
    except duckdb.Error:
        return None
    return Grid(file.name, copy, ",", 0, tuple(name for name, _ in paths), reader)


def _children(con: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, Any]]:
    described = con.sql(relation)
    return list(zip(described.columns, described.types, strict=True))


def _paths(kind: Any, name: str, expression: str, depth: int) -> Iterator[tuple[str, str]]:
    """(dotted name, SQL) of every plain value; of a list, its first element."""
    if depth > _DEPTH:
        return
    if kind.id == "struct":
        for child, inner in kind.children:
            yield from _paths(inner, f"{name}.{child}", f"{expression}[{literal(child)}]", depth + 1)
    elif kind.id == "list":
        yield from _paths(kind.children[0][1], f"{name}[0]", f"{expression}[1]", depth + 1)
    elif kind.id != "map":
        yield name, expression


def xml_grids(file: GivenFile, work: Path) -> list[Grid]:
    """One grid per kind of record below the root element."""
    if any(mark in file.path.open("rb").read(8192) for mark in (b"<!DOCTYPE", b"<!ENTITY")):
        return []
    records: dict[str, list[dict[str, str]]] = {}
    counts: Counter[str] = Counter()
    depth = 0
    try:
        for event, element in ET.iterparse(file.path, events=("start", "end")):  # noqa: S314  entities are refused above
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 1:
                kind = _name(element.tag)
                counts[kind] += 1
                if counts[kind] <= _RECORDS:
                    records.setdefault(kind, []).append(dict(_leaves(element)))
                element.clear()
    except ET.ParseError:
        return []
    return [_xml_grid(file, kind, rows, work) for kind, rows in records.items() if any(rows)]


def _xml_grid(file: GivenFile, kind: str, rows: list[dict[str, str]], work: Path) -> Grid:
    names = list(dict.fromkeys(name for row in rows for name in row))
    copy = fresh(work, "xml.csv")
    with copy.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([row.get(name, "") for name in names] for row in rows)
    return Grid(file.name, copy, ",", 0, tuple(names), {"format": "xml", "record": kind})


def _leaves(element: ET.Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(dotted path, text) below the element; of a repeated path, the first."""
    seen: set[str] = set()
    for name, text in _every(element, prefix):
        if name not in seen:
            seen.add(name)
            yield name, text


def _every(element: ET.Element, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        yield f"{prefix}@{_name(name)}", value
    for child in element:
        path = f"{prefix}{_name(child.tag)}"
        if len(child) == 0 and child.text and child.text.strip():
            yield path, " ".join(child.text.split())
        yield from _every(child, f"{path}.")


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]
