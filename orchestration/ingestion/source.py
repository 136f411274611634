"""All deliveries of one source, old and new.

Belongs here: what a run does for a source. Does not belong here: one delivery (delivery.py), all sources together (the caller).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract
from orchestration.ingestion.delivery import ingest_delivery
from orchestration.ingestion.force import Standing, standings
from orchestration.ingestion.inbox import InboxDelivery, scan_inbox
from orchestration.ingestion.record import DeliveryRecord, read_records
from orchestration.ingestion.scan import Counts
from orchestration.ingestion.scratch import scratch_database
from orchestration.limits import Limits


@dataclass
class SourceIngest:
    """Records of every delivery of the source and what became of each; `new` were read in this run; `feeds` sums the rows of those
    that are neither quarantined nor withdrawn, by feed."""

    source: str
    deliveries: list[DeliveryRecord] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    feeds: dict[str, Counts] = field(default_factory=dict)
    new: int = 0
    unsettled: list[str] = field(default_factory=list)


class NotInInboxError(Exception):
    """A delivery cannot be read again: the inbox does not hold its files any more."""


def ingest_source(
    contract: Contract,
    *,
    inbox: Path,
    raw_dir: Path,
    settle_seconds: float = 0,
    memory_limit: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> SourceIngest:
    """Take in whatever the inbox holds for this source and has not been read under this contract. Needs no database; idempotent."""
    scan = scan_inbox(inbox, [contract.source], settle_seconds)
    mine = [delivery for delivery in scan.deliveries if delivery.source == contract.source]
    result = SourceIngest(contract.source, unsettled=[d.name for d in scan.unsettled if d.source == contract.source])
    known = {record.delivery_id: record for record in read_records(raw_dir, contract.source)}
    pending = [delivery for delivery in mine if not _is_known(delivery, contract, known)]
    if pending:
        with _reader(raw_dir, memory_limit) as con:
            for delivery in sorted(pending, key=lambda d: _place(d, known)):
                record = ingest_delivery(con, contract, delivery, raw_dir, known, limits=limits)
                before = known.get(record.delivery_id)
                result.new += before is None or before.number != record.number
                known[record.delivery_id] = record
    result.deliveries = sorted(known.values(), key=lambda r: (r.received_at, r.name, r.delivery_id))
    became = standings(result.deliveries)
    result.standings = [became[record.key] for record in result.deliveries]
    for standing in result.standings:
        for table in standing.record.tables if standing.status in ("accepted", "superseded") else []:
            counts = result.feeds.setdefault(table.feed, Counts())
            counts.add(Counts(table.rows_read, table.rows_accepted, table.rows_rejected, table.rows_excluded))
    return result


def read_again(
    contract: Contract,
    record: DeliveryRecord,
    *,
    inbox: Path,
    raw_dir: Path,
    memory_limit: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> DeliveryRecord:
    """A new reading of a delivery that still lies in the inbox. Raises NotInInboxError where it does not, or not as it was."""
    waiting = [d for d in scan_inbox(inbox, [contract.source], wait=False).deliveries if record.knows(d.name, d.stamp)]
    if not waiting:
        place = inbox / record.source / record.name
        raise NotInInboxError(f"{place} is not there as it was received; put its files back or have them delivered again")
    known = {other.delivery_id: other for other in read_records(raw_dir, contract.source)}
    with _reader(raw_dir, memory_limit) as con:
        return ingest_delivery(con, contract, waiting[0], raw_dir, known, limits=limits, again=True)


@contextmanager
def _reader(raw_dir: Path, memory_limit: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    raw_dir.mkdir(parents=True, exist_ok=True)
    raw_dir.chmod(0o700)  # names and birth dates lie in it
    with scratch_database(raw_dir, memory_limit) as con:
        yield con


def _place(delivery: InboxDelivery, known: dict[str, DeliveryRecord]) -> tuple[str, str]:
    """Deliveries are read in the order of their days: a volume is measured against what was read before."""
    days = [record.as_of for record in known.values() if record.knows(delivery.name, delivery.stamp)]
    day = max(days, default=delivery.as_of())
    return day.isoformat() if day else "9999", delivery.name


def _is_known(delivery: InboxDelivery, contract: Contract, known: dict[str, DeliveryRecord]) -> bool:
    return any(
        record.knows(delivery.name, delivery.stamp) and record.contract == contract.hash and record.reading for record in known.values()
    )
