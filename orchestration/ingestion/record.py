"""The small record that each reading of a delivery keeps in the raw folder; the ledger is built from these.

Belongs here: what was read, where it lies. Does not belong here: which delivery is in force (force.py), what an operator decided
(decision.py, only carried along here).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from orchestration.ingestion.decision import Decision, delivery_folder, read_decision

REJECTED = "rejected_row"


class FileRecord(BaseModel):
    """Rows of one file of one table; `columns`: feed column → header words of the file; `not_taken`: headers nobody reads;
    `sheet`: of a workbook.

    `lines`: everything below the header, blank lines too; `excluded_as`: excluded rows by the texts the contract counts apart.
    """

    name: str
    sheet: str = ""
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_excluded: int
    columns: dict[str, str] = {}
    not_taken: list[str] = []
    lines: int = 0
    excluded_as: dict[str, int] = {}


class TableRecord(BaseModel):
    """Rows of one table of one delivery; `scopes`: accepted rows by raw column _scope, which is table/school year, or table/* where
    the delivery speaks of the whole table. `needs_bulk`: the manifest says these are changes, so a whole file must have come."""

    table: str
    feed: str
    replacement: str
    files: int
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_excluded: int
    scopes: dict[str, int]
    needs_bulk: bool = False
    read_files: list[FileRecord] = []


class VolumeChange(BaseModel):
    """Keys of one table that stood before the delivery, those it takes away and those it brings; `exceeded`: more than agreed."""

    table: str
    before: int
    gone: int
    added: int
    exceeded: bool

    @property
    def gone_share(self) -> float:
        return self.gone / self.before if self.before else 0.0

    @property
    def added_share(self) -> float:
        return self.added / self.before if self.before else 0.0


class ProblemRecord(BaseModel):
    """Why a whole delivery is quarantined: the rule and, where it is about one, the file, the line (0: all of it) and the column;
    `detail` says more of this case, without a delivered value."""

    rule: str
    table: str = ""
    file: str = ""
    line: int = 0
    column: str = ""
    detail: str = ""


class Receipt(BaseModel):
    """The same content arriving again under another name or time."""

    name: str
    stamp: str
    received_at: datetime


class DeliveryRecord(BaseModel):
    """One delivery of one source, as one contract read it.

    `content` is the SHA-256 the delivery is known by, `contract` the hash of the contract that read it, `reading` the folder its rows
    lie in, `number` counts its readings: the highest is the one that counts. `as_of` is the newest day the content was sent for.
    """

    source: str
    delivery_id: str
    name: str
    content: str
    stamp: str
    received_at: datetime
    as_of: date
    status: Literal["accepted", "quarantined"]
    reason: str = ""
    problem: ProblemRecord | None = None
    contract: str
    contract_version: str
    reading: str = ""
    number: int = 0
    files: int
    file_names: list[str] = []
    unused_files: list[str] = []
    tables: list[TableRecord] = []
    volume: list[VolumeChange] = []
    also_received: list[Receipt] = []
    decision: Decision = Field(default_factory=Decision, exclude=True)

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.delivery_id

    @property
    def rows_read(self) -> int:
        return sum(table.rows_read for table in self.tables)

    @property
    def rows_accepted(self) -> int:
        return sum(table.rows_accepted for table in self.tables)

    @property
    def rows_rejected(self) -> int:
        return sum(table.rows_rejected for table in self.tables)

    @property
    def rows_excluded(self) -> int:
        return sum(table.rows_excluded for table in self.tables)

    @property
    def position(self) -> tuple[date, datetime, str, str]:
        """Deliveries of a source follow each other by this: the day they speak of, then their last arrival."""
        arrived, name = max([(self.received_at, self.name), *((again.received_at, again.name) for again in self.also_received)])
        return self.as_of, arrived, name, self.delivery_id

    def knows(self, name: str, stamp: str) -> bool:
        """Has this very folder been looked at before?"""
        return (self.name, self.stamp) == (name, stamp) or any((r.name, r.stamp) == (name, stamp) for r in self.also_received)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def record_path(raw_dir: Path, record: DeliveryRecord) -> Path:
    return delivery_folder(raw_dir, record.source, record.delivery_id) / f"reading={record.reading}" / "record.json"


def reading_folder(raw_dir: Path, feed: str, record: DeliveryRecord) -> Path:
    """Where the rows of one feed lie, as the record's reading gave them."""
    return raw_dir / feed / f"source={record.source}" / f"delivery={record.delivery_id}" / f"reading={record.reading}"


def write_record(raw_dir: Path, record: DeliveryRecord) -> None:
    """Write whole or not at all."""
    path = record_path(raw_dir, record)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    aside.replace(path)


def read_readings(raw_dir: Path, source: str = "*", delivery_id: str = "*") -> Iterator[DeliveryRecord]:
    """Every reading of every delivery, without decisions. A record without `reading` was written before there were several."""
    for pattern in ("record.json", "reading=*/record.json"):
        for file in (raw_dir / "delivery").glob(f"source={source}/delivery={delivery_id}/{pattern}"):
            yield DeliveryRecord.model_validate_json(file.read_text(encoding="utf-8"))


def read_records(raw_dir: Path, source: str = "*") -> list[DeliveryRecord]:
    """The reading that counts of every delivery, or of those of one source, with what was decided, in order of arrival."""
    newest: dict[tuple[str, str], DeliveryRecord] = {}
    for record in read_readings(raw_dir, source):
        known = newest.get(record.key)
        if known is None or known.number < record.number:
            newest[record.key] = record
    for record in newest.values():
        record.decision = read_decision(raw_dir, *record.key)
    return sorted(newest.values(), key=lambda r: (r.source, r.received_at, r.name, r.delivery_id))
