"""Other files of the delivery that a table asks: code tables to look codes up in, keys that a text must be one of.

Belongs here: which files these are and the temporary tables made of them, once per delivery.
Does not belong here: how a looked-up text or a key is used (compile.py, rules.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from orchestration.contracts.columns import key_files
from orchestration.contracts.model import Condition, KeyFile, Lookup, Property, Reader, Table
from orchestration.ingestion.compile import joined_cells, trimmed
from orchestration.ingestion.header import Header, find_header
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.rules import KeyPlace, Keys, conditions, key_place
from orchestration.ingestion.scan import source_rows
from orchestration.ingestion.text import ready_text
from orchestration.limits import Limits
from orchestration.sql import literal

# How the table itself is laid out says nothing of another file's header.
_OWN_LAYOUT = {"explode", "footer", "header", "header_rows", "columns", "skip_lines"}


def matching(names: Iterable[str], patterns: tuple[str, ...]) -> list[str]:
    """Names that one of the globs fits, case ignored."""
    return [name for name in names if any(fnmatch(name.lower(), pattern.lower()) for pattern in patterns)]


def side_names(table: Table, names: Iterable[str]) -> set[str]:
    """Files of a delivery that the table only looks into."""
    names = list(names)
    asked = [*(lookup.file for lookup in table.lookups.values()), *(file.file for file in key_files(table))]
    return {name for patterns in asked for name in matching(names, patterns)}


@dataclass
class SideFiles:
    """`paths`: files of the delivery by name; `changes`: those that bring changes only. Every code table and set of keys is read once."""

    con: duckdb.DuckDBPyConnection
    paths: Mapping[str, Path]
    work: Path
    limits: Limits = field(default_factory=Limits)
    changes: frozenset[str] = frozenset()
    _keys: dict[tuple[KeyPlace, str], str | None] = field(default_factory=dict)
    _made: int = 0

    def lookups(self, table: Table) -> dict[str, str | None]:
        """Relation (k, v) of each lookup; None where an optional one, or its column, is not in the delivery. Raises FileProblem."""
        return {name: self._load_lookup(table, lookup) for name, lookup in table.lookups.items()}

    def keys(self, table: Table) -> Keys:
        """Relation (k) of every file whose keys the table asks for; None where the delivery has no such file."""
        found = Keys()
        found.partial = frozenset(key_place(f) for f in key_files(table) if self.changes & set(matching(self.paths, f.file)))
        for file in key_files(table):
            known = (key_place(file), (file.reader or table.reader).model_dump_json())
            if known not in self._keys:
                self._keys[known] = self._load_keys(table, file)
            found[key_place(file)] = self._keys[known]
        return found

    def _load_lookup(self, table: Table, lookup: Lookup) -> str | None:
        names = matching(self.paths, lookup.file)
        if not names and not lookup.optional:
            raise FileProblem("missing_file", table.name, " or ".join(lookup.file))
        if not names:
            return None
        relation = self._next("lookup")
        reader = _reader(table, lookup.reader, header=lookup.header)
        reads = _side_table(table, lookup.file, reader, _texts(lookup.key), _texts(lookup.value))
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {relation} (k VARCHAR, v VARCHAR)")
        for name in names:
            try:
                header, rows = self._rows(reads, name)
            except FileProblem as problem:
                if lookup.optional and problem.rule == "missing_column":
                    return None
                raise
            value = joined_cells(_texts(lookup.value), header)
            if lookup.extract is not None:
                value = f"regexp_extract({value}, {literal(lookup.extract)}, 1)"
            key = joined_cells(_texts(lookup.key), header)
            self._insert(reads, name, f"INSERT INTO {relation} SELECT {key}, any_value({value}) FROM ({rows}) GROUP BY 1")
        return relation

    def _load_keys(self, table: Table, file: KeyFile) -> str | None:
        names = matching(self.paths, file.file)
        if not names:
            return None
        relation = self._next("keys")
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {relation} (k VARCHAR)")
        reads = _side_table(table, file.file, _reader(table, file.reader), file.key, where=file.where)
        for name in names:
            header, rows = self._rows(reads, name)
            held = conditions(file.where, header, Keys(), negate=False) if file.where else "TRUE"
            key = joined_cells(file.key, header)
            self._insert(reads, name, f"INSERT INTO {relation} SELECT DISTINCT {key} FROM ({rows}) WHERE {held}")
        return relation

    def _next(self, kind: str) -> str:
        self._made += 1
        return f"{kind}_{self._made}"

    def _rows(self, reads: Table, name: str) -> tuple[Header, str]:
        text = ready_text(self.con, reads, self.paths[name], name, self.work, self.limits)
        header = find_header(reads, text, name)
        return header, trimmed(reads, header, source_rows(reads, text, header, numbered=False))

    def _insert(self, reads: Table, name: str, statement: str) -> None:
        try:
            self.con.execute(statement)
        except duckdb.Error:
            # DuckDB's own message quotes the line; what is raised instead must not.
            raise FileProblem("unreadable", reads.name, name) from None
        finally:
            self.con.execute("DROP TABLE IF EXISTS csv_errors; DROP TABLE IF EXISTS csv_scans")


def _texts(place: str | int) -> str:
    return f"#{place}" if isinstance(place, int) else place


def _reader(table: Table, own: Reader | None, *, header: str = "search") -> Reader:
    """How another file is read: as its own reader says, else like the table's files."""
    if own is not None:
        return own
    return Reader.model_validate({**table.reader.model_dump(exclude=_OWN_LAYOUT), "header": header})


def _side_table(table: Table, files: tuple[str, ...], reader: Reader, *columns: str, where: tuple[Condition, ...] = ()) -> Table:
    """A table that reads no more of a file than these columns."""
    return Table(
        name=table.name,
        files=files,
        feed=table.feed,
        replacement="snapshot",
        duplicates="keep",
        reader=reader,
        where=where,
        properties=tuple(_read(number, column) for number, column in enumerate(columns)),
    )


def _read(number: int, column: str) -> Property:
    return Property(name=f"column_{number}", template=column) if "{" in column else Property(name=f"column_{number}", column=column)
