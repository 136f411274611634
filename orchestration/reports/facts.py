"""All that a report says of one delivery, as plain data: files, verdict, reasons, places, what was not read.

Belongs here: joining the record, the contract and the rejected rows. Does not belong here: how it looks (page.py, cli/check.py).
No delivered value about people is among these facts: names of files and columns, counts, lines and the contract's own words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.contracts.model import Contract, Table
from orchestration.ingestion.problem import RULES
from orchestration.ingestion.record import DeliveryRecord, ProblemRecord
from orchestration.ingestion.workbook import place_in
from orchestration.reports.rejected import Broken
from orchestration.reports.verdict import Verdict, sentence
from orchestration.reports.words import WHOLE_ROW, column_words, hint, table_of, unit_of

# Problems of a whole delivery that are told by its rows, or by the verdict alone.
_ABOUT_ROWS = ("rejected_share", "withdrawn")


@dataclass(frozen=True)
class Arrived:
    """One file read as one kind of record."""

    file: str
    table: str
    kind: str
    read: int
    accepted: int
    rejected: int
    excluded: int


@dataclass(frozen=True)
class Finding:
    """One thing to mend, on so many `places`; `rows` 0: it is about the file as a whole. `unit` is what `lines` count.

    `texts`: some of the wrong texts; only of feeds that speak of no single people.
    """

    file: str
    column: str
    rule: str
    rows: int
    places: int
    lines: tuple[int, ...]
    unit: str
    wrong: str
    remedy: str
    hint: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Returned:
    """A CSV beside the page that gives rows of one table back."""

    name: str
    table: str
    rows: int


@dataclass(frozen=True)
class DeliveryReport:
    """`names`: all files of the delivery; `not_taken`: (file, headers nobody reads); `absent`: (kind of record, file patterns) that the
    contract has and the delivery has not; `counts_cells`: wide files, whose cells count as rows."""

    source: str
    source_name: str
    party: str
    delivery: str
    delivery_id: str
    received: date
    as_of: date
    is_check: bool
    verdict: Verdict
    names: tuple[str, ...]
    arrived: tuple[Arrived, ...]
    findings: tuple[Finding, ...]
    returned: tuple[Returned, ...]
    unused_files: tuple[str, ...]
    not_taken: tuple[tuple[str, tuple[str, ...]], ...]
    absent: tuple[tuple[str, str], ...]
    counts_cells: bool

    @property
    def rows(self) -> tuple[int, ...]:
        """(read, accepted, rejected, excluded) of all files."""
        return tuple(sum(getattr(item, name) for item in self.arrived) for name in ("read", "accepted", "rejected", "excluded"))


def delivery_report(
    contract: Contract,
    record: DeliveryRecord,
    verdict: Verdict,
    *,
    broken: Sequence[Broken] = (),
    returned: Sequence[Returned] = (),
    received: date | None = None,
    is_check: bool = False,
) -> DeliveryReport:
    """`broken`: counts of the rows given back (rejected.py). `received`: the day on the sender's calendar."""
    tables = {t.table: table_of(contract, t.table) for t in record.tables}
    sheets = {(t.table, f.name): f.sheet for t in record.tables for f in t.read_files}
    words = words_of(contract, record, broken)
    problem = verdict.problem if verdict.problem and verdict.problem.rule not in _ABOUT_ROWS else None
    whole = [_of_file(contract, problem)] if problem else []
    return DeliveryReport(
        source=contract.source,
        source_name=contract.name,
        party=contract.party.name,
        delivery=record.name,
        delivery_id=record.delivery_id,
        received=received or record.received_at.date(),
        as_of=record.as_of,
        is_check=is_check,
        verdict=verdict,
        names=tuple(record.file_names),
        arrived=tuple(
            Arrived(f.name, t.table, t.feed.replace("_", " "), f.rows_read, f.rows_accepted, f.rows_rejected, f.rows_excluded)
            for t in record.tables
            for f in t.read_files
        ),
        findings=(
            *whole,
            *(
                _of_rows(tables.get(item.table), words[item.file, item.column], item, sheets.get((item.table, item.file), ""))
                for item in broken
            ),
        ),
        returned=tuple(returned),
        unused_files=tuple(record.unused_files),
        not_taken=_not_taken(record),
        absent=()
        if record.status == "quarantined" and whole
        else tuple((t.feed.replace("_", " "), " or ".join(t.files)) for t in contract.tables if t.name not in tables),
        counts_cells=any(table is not None and table.unpivot is not None for table in tables.values()),
    )


def words_of(contract: Contract, record: DeliveryRecord, broken: Sequence[Broken]) -> dict[tuple[str, str], str]:
    """What the sender calls the columns with mistakes, by (file, column_name)."""
    files = {(t.table, f.name): f for t in record.tables for f in t.read_files}
    return {
        (item.file, item.column): column_words(table_of(contract, item.table), files.get((item.table, item.file)), item.column)
        for item in broken
    }


def _of_file(contract: Contract, problem: ProblemRecord) -> Finding:
    table = table_of(contract, problem.table)
    wrong, remedy = RULES[problem.rule]
    lines = (problem.line,) if problem.line else ()
    return Finding(
        problem.file, problem.column, problem.rule, 0, len(lines), lines, unit_of(table), wrong, remedy, sentence(problem.detail)
    )


def _of_rows(table: Table | None, column: str, item: Broken, sheet: str) -> Finding:
    wrong, remedy = RULES[item.rule]
    column = "" if item.rule in WHOLE_ROW else column or headings_of(item)
    said = hint(table, item.column, item.rule)
    return Finding(
        place_in(item.file, sheet), column, item.rule, item.rows, item.places, item.lines, unit_of(table), wrong, remedy, said, item.texts
    )


def headings_of(item: Broken) -> str:
    """The printed headings of the wrong cells, where their column has none of its own."""
    more = item.heading_count - len(item.headings)
    return ", ".join(item.headings) + (f" and {more} more" if more > 0 else "")


def _not_taken(record: DeliveryRecord) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A file that several tables read has a column left over only where none of them takes it."""
    left: dict[str, list[str]] = {}
    for table in record.tables:
        for file in table.read_files:
            left[file.name] = [name for name in left[file.name] if name in file.not_taken] if file.name in left else list(file.not_taken)
    return tuple((file, tuple(names)) for file, names in left.items() if names)
