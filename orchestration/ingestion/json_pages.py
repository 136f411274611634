"""Pages of JSON records as delimited text: arrays, single objects, newline-delimited objects.

Belongs here: from records to one row per record (or per element of `reader.explode`), columns found by dotted path.
Does not belong here: what the texts mean (header.py, compile.py).
DuckDB parses and writes; Python only learns which keys there are.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.columns import column_alternatives
from orchestration.contracts.model import Table
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.text_file import TextFile, copy_path
from orchestration.limits import Limits
from orchestration.sql import literal, one_row

_STEP = re.compile(r"\[(\d+|\*)\]|([^.\[\]]+)")
_RECORD = re.compile(r"in record/value (\d+)")
_MARK = b"\xef\xbb\xbf"
_BUFFER = 16 << 20
_LARGEST = (1 << 32) - 1
_JOIN = "|"


@dataclass(frozen=True)
class _Place:
    """A JSON pointer into the record or into the exploded element; with `many`, a JSON path that leads to several values."""

    value: str
    path: str
    many: bool = False


def _text(places: list[_Place]) -> str:
    """SQL text of a column: the first place that holds something; all elements that `[*]` leads to, joined."""
    if not places:
        return "''"
    texts = [f"json_extract_string({place.value}, {literal(place.path or '$')})" for place in places]
    if places[0].many:
        lists = " || ".join(f"coalesce({text}, [])" for text in texts)
        return f"array_to_string({lists}, '{_JOIN}')"
    return f"coalesce({', '.join(texts)}, '')"


def pages_as_text(con: duckdb.DuckDBPyConnection, table: Table, path: Path, name: str, work: Path, limits: Limits) -> TextFile:
    """One page as comma-separated UTF-8 under the contract's column names. Raises FileProblem (broken_json, encoding, field_too_long)."""
    copy = copy_path(work, "json", name, table.reader, column_alternatives(table))
    try:
        rows = _read_rows(con, table, path, name)
        columns = _columns(_Keys(con), table, name, records=rows > 0)
        texts = [_text(found) for _, found in columns]
        cells = [f"t{number}" for number in range(len(columns))]
        named = ", ".join(f"{text} AS {cell}" for text, cell in zip(texts, cells, strict=True))
        con.execute(f"CREATE OR REPLACE TEMP TABLE json_cell AS SELECT _number, {named} FROM json_row")
        _check_cells(con, table, name, cells, limits)
        titled = ", ".join(f'{cell} AS "{title.replace(chr(34), chr(34) * 2)}"' for cell, (title, _) in zip(cells, columns, strict=True))
        con.execute(f"COPY (SELECT {titled} FROM json_cell ORDER BY _number) TO {literal(str(copy))} (FORMAT csv, HEADER, FORCE_QUOTE *)")
    except duckdb.Error as error:
        raise _problem(table, name, str(error)) from None
    finally:
        con.execute("DROP TABLE IF EXISTS json_row; DROP TABLE IF EXISTS json_cell")
    return TextFile(copy, rows + 1, ",", titled=True, numbering="record")


def _read_rows(con: duckdb.DuckDBPyConnection, table: Table, path: Path, name: str) -> int:
    """Temp table json_row(_number, record, element); returns its rows."""
    reader = table.reader
    with path.open("rb") as stream:
        first = stream.read(4096).removeprefix(_MARK).lstrip()[:1]
    form = "array" if first == b"[" else "unstructured"
    # A page that is one object holds all its records in one value; DuckDB wants to know how long a value may be.
    longest = max(_BUFFER, min(path.stat().st_size + 64, _LARGEST)) if form == "unstructured" or reader.record else _BUFFER
    source = f"SELECT json FROM read_json_objects({literal(str(path))}, format='{form}', maximum_object_size={longest})"
    numbered = f"SELECT row_number() OVER () AS _number, json AS record, json AS element FROM ({source})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE json_row AS {numbered}")
    if reader.record:
        _unnest(con, "record", _Keys(con).places("record", reader.record), keep_empty=False)
    (wrong,) = one_row(con, "SELECT min(_number) FROM json_row WHERE json_type(record) IS DISTINCT FROM 'OBJECT'")
    if wrong is not None:
        raise FileProblem("broken_json", table.name, name, int(wrong))
    if reader.explode:
        _unnest(con, "element", _Keys(con).places("record", reader.explode), keep_empty=reader.keep_empty)
    return int(one_row(con, "SELECT count(*) FROM json_row")[0])


def _unnest(con: duckdb.DuckDBPyConnection, into: str, places: list[_Place], *, keep_empty: bool) -> None:
    """One row per element of the list at the first place that holds one; an object stands for a list of itself."""
    found = "coalesce(" + ", ".join([*(f"json_extract(record, {literal(place.path)})" for place in places), "NULL::JSON"]) + ")"
    elements = f"CASE json_type({found}) WHEN 'ARRAY' THEN TRY_CAST({found} AS JSON[]) WHEN 'OBJECT' THEN [{found}] ELSE []::JSON[] END"
    kept = f"CASE WHEN len({elements}) > 0 THEN {elements} ELSE [NULL::JSON] END" if keep_empty else elements
    record = "_found AS record, _found AS element" if into == "record" else "record, _found AS element"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE json_row AS SELECT row_number() OVER () AS _number, {record}
        FROM (SELECT record, unnest({kept}) AS _found FROM (FROM json_row ORDER BY _number))"""
    )


def _columns(keys: "_Keys", table: Table, name: str, *, records: bool) -> list[tuple[str, list[_Place]]]:
    """(title, places) of every column to write.

    An alternative is written only if some record has it, so that the first one present is the one that is read.
    """
    columns: dict[str, list[_Place]] = {}
    any_found = not records
    for alternatives in column_alternatives(table):
        places = {title: _title_places(keys, table, title) for title in alternatives}
        present = {title: found for title, found in places.items() if found}
        any_found = any_found or bool(present)
        columns.update(present or {alternatives[0]: []})
    if not any_found:
        # Well-formed, and nothing of the contract in it: a page that reports an error.
        raise FileProblem("broken_json", table.name, name)
    return list(columns.items())


def _title_places(keys: "_Keys", table: Table, title: str) -> list[_Place]:
    explode = (table.reader.explode or "").casefold()
    if explode and title.casefold() == explode:
        return [_Place("element", "")]
    if explode and title.casefold().startswith(explode + "."):
        return keys.places("element", title[len(explode) + 1 :])
    return keys.places("record", title)


class _Keys:
    """The keys of json_row as they are spelled, asked of DuckDB once per place."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._known: dict[_Place, list[str]] = {}

    def places(self, value: str, path: str) -> list[_Place]:
        """Where a dotted path leads in these records; keys match without case, so there may be several places, or none."""
        many = "[*]" in path
        places = [_Place(value, "$" if many else "", many)]
        for match in _STEP.finditer(path):
            index, key = match.groups()
            if index is not None:
                step = f"[{index}]" if many else f"/{index}"
                places = [_Place(value, place.path + step, many) for place in places]
                continue
            wanted = key.strip().casefold()
            places = [
                _Place(value, place.path + (_quoted(text) if many else f"/{text.replace('~', '~0').replace('/', '~1')}"), many)
                for place in places
                for text in self._keys(place)
                if text.strip().casefold() == wanted
            ]
        return places

    def _keys(self, place: _Place) -> list[str]:
        if place not in self._known:
            found = f"json_extract({place.value}, {literal(place.path or '$')})"
            objects = f"SELECT {f'unnest({found})' if '[*]' in place.path else found} AS object FROM json_row"
            rows = self._con.execute(f"SELECT DISTINCT unnest(json_keys(object)) FROM ({objects}) ORDER BY 1").fetchall()
            self._known[place] = [text for (text,) in rows]
        return self._known[place]


def _quoted(key: str) -> str:
    return '."' + key.replace('"', '\\"') + '"'


def _check_cells(con: duckdb.DuckDBPyConnection, table: Table, name: str, cells: list[str], limits: Limits) -> None:
    longest = f"greatest({', '.join(f'strlen({cell})' for cell in cells)})"
    holds_nul = " OR ".join(f"contains({cell}, chr(0))" for cell in cells)
    long, nul = one_row(
        con,
        f"SELECT min(_number) FILTER ({longest} > {limits.max_field_bytes}), min(_number) FILTER ({holds_nul}) FROM json_cell",
    )
    for rule, number in (("field_too_long", long), ("nul_byte", nul)):
        if number is not None:
            raise FileProblem(rule, table.name, name, int(number))


def _problem(table: Table, name: str, message: str) -> FileProblem:
    """What DuckDB said, without what it quotes: it counts the records it has begun, from one."""
    record = _RECORD.search(message)
    number = max(int(record[1]) - 1, 0) if record else 0
    if "maximum_object_size" in message:
        return FileProblem("field_too_long", table.name, name, number)
    return FileProblem("encoding" if "UTF-8" in message else "broken_json", table.name, name, number)
