"""Changes that change nothing: the same rows come out of a delivery whose columns, rows, line ends or wrapping are others."""

import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from orchestration.contracts.columns import needed_columns
from orchestration.ingestion import DeliveryRecord
from orchestration.ingestion.record import REJECTED
from orchestration.ingestion.scratch import scratch_database
from tests.fuzz.corpus import Entry, corpus
from tests.fuzz.harness import rows, take_in
from tests.fuzz.mutations import Files, pack
from tests.fuzz.tabular import Table, delimited, dialects

Change = Callable[[Entry, Files, random.Random], Files]


def edited(entry: Entry, files: Files, edit: Callable[[Table], Table]) -> Files:
    """The edit on every delimited file."""
    for dialect in dialects(entry.contract):
        for name in entry.files:
            files = delimited(lambda table, _a, _b: edit(table), dialect)(files, name, 0, 1)
    return files


def header_place(entry: Entry, table: Table) -> int:
    """The row that holds most of the headers the contract names."""
    wanted = {name.casefold() for one in entry.contract.tables for name in needed_columns(one)}
    return max(range(len(table)), key=lambda place: len({cell.casefold() for cell in table[place]} & wanted), default=0)


def columns(entry: Entry, files: Files, chance: random.Random) -> Files:
    """Columns of files with a header in another order."""

    def shuffle(table: Table) -> Table:
        order = list(range(max(map(len, table), default=0)))
        chance.shuffle(order)
        return [[row[place] for place in order] if len(row) == len(order) else row for row in table]

    return edited(entry, files, shuffle)


def body(entry: Entry, files: Files, chance: random.Random) -> Files:
    """Rows in another order."""

    def shuffle(table: Table) -> Table:
        start = header_place(entry, table) + 1
        return [*table[:start], *chance.sample(table[start:], len(table[start:]))]

    return edited(entry, files, shuffle)


def ends(entry: Entry, files: Files, chance: random.Random) -> Files:
    """Other line ends, a byte order mark, blank lines at the end."""
    mark, end, last = chance.choice([b"", b"\xef\xbb\xbf"]), chance.choice([b"\r\n", b"\r"]), chance.choice([b"", b"\n", b"\r\n"])
    for name in entry.files if dialects(entry.contract) else []:
        if name.lower().endswith((".csv", ".txt")):
            files = {**files, name: mark + files[name].removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\n", end) + last}
    return files


def wrapped(_entry: Entry, files: Files, _chance: random.Random) -> Files:
    for name in files:
        files = pack(files, name, 1, 1)
    return files


def beside(_entry: Entry, files: Files, _chance: random.Random) -> Files:
    """Files that nobody agreed to."""
    return {**files, "notes of the sender.docx": b"PK\x03\x04 no zip", ".hidden.csv": b"x", "sub/Thumbs.db": b"\0"}


CHANGES: dict[str, Change] = {"columns": columns, "rows": body, "line ends": ends, "gz": wrapped, "strange files": beside}


def result(entry: Entry, files: Files) -> tuple[DeliveryRecord, dict[str, tuple[int, str]]]:
    with tempfile.TemporaryDirectory() as folder, scratch_database(Path(folder) / "raw") as con:
        record = take_in(con, entry.contract, Path(folder), entry.day, files)
        found = rows(con, Path(folder) / "raw", record)
        return record, {feed: value for feed, value in found.items() if feed != REJECTED}


@cache
def good_result(name: str) -> tuple[DeliveryRecord, dict[str, tuple[int, str]]]:
    return result(corpus()[name], corpus()[name].files)


def counts(record: DeliveryRecord) -> list[tuple[str, int, int, int]]:
    return [(table.table, table.rows_accepted, table.rows_rejected, table.rows_excluded) for table in record.tables]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", corpus())
def test_harmless_change(name: str, change: str) -> None:
    entry = corpus()[name]
    if change == "columns" and any(table.reader.header == "none" or table.unpivot for table in entry.contract.tables):
        pytest.skip("columns of this contract go by their place")
    files = CHANGES[change](entry, dict(entry.files), random.Random(f"{name} {change}"))
    if files == entry.files:
        pytest.skip("no file of this contract can be changed so")
    before, good = good_result(name)
    record, found = result(entry, files)
    assert (record.reason, counts(record)) == (before.reason, counts(before))
    assert found == good
