"""The small record that each delivery keeps in its raw folder; the ledger is built from these.

Does not belong here: which delivery is in force (ledger.py).
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel


class TableRecord(BaseModel):
    """Rows of one table of one delivery; `scopes`: accepted rows by raw column _scope, which is
    table/school year, or table/* where a delivery replaces the whole table."""

    table: str
    feed: str
    replacement: str
    files: int
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_excluded: int
    scopes: dict[str, int]


class Receipt(BaseModel):
    """The same content arriving again under another name or time."""

    name: str
    stamp: str
    received_at: datetime


class DeliveryRecord(BaseModel):
    """One delivery of one source; `content` is the SHA-256 it is known by, `contract` the hash of the contract that read it."""

    source: str
    delivery_id: str
    name: str
    content: str
    stamp: str
    received_at: datetime
    as_of: date
    status: Literal["accepted", "quarantined"]
    reason: str = ""
    contract: str
    contract_version: str
    files: int
    unused_files: list[str] = []
    tables: list[TableRecord] = []
    also_received: list[Receipt] = []

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

    def knows(self, name: str, stamp: str) -> bool:
        """Has this very folder been looked at before?"""
        return (self.name, self.stamp) == (name, stamp) or any((r.name, r.stamp) == (name, stamp) for r in self.also_received)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def record_path(raw_dir: Path, source: str, delivery_id: str) -> Path:
    return raw_dir / "delivery" / f"source={source}" / f"delivery={delivery_id}" / "record.json"


def write_record(raw_dir: Path, record: DeliveryRecord) -> None:
    """Write whole or not at all."""
    path = record_path(raw_dir, record.source, record.delivery_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    aside.replace(path)


def read_records(raw_dir: Path, source: str = "*") -> list[DeliveryRecord]:
    """All records, or those of one source, in order of arrival."""
    files = (raw_dir / "delivery").glob(f"source={source}/delivery=*/record.json")
    records = [DeliveryRecord.model_validate_json(file.read_text(encoding="utf-8")) for file in files]
    return sorted(records, key=lambda r: (r.source, r.received_at, r.delivery_id))
