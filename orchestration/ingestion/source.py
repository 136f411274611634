"""All deliveries of one source, old and new.

Belongs here: what a run does for a source. Does not belong here: one delivery (delivery.py), all sources together (the caller).
"""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract
from orchestration.ingestion.delivery import ingest_delivery
from orchestration.ingestion.inbox import InboxDelivery, scan_inbox
from orchestration.ingestion.record import DeliveryRecord, read_records
from orchestration.ingestion.scan import Counts
from orchestration.sql import literal


@dataclass
class SourceIngest:
    """Records of every delivery of the source; `new` were read in this run; `feeds` sums the rows of accepted deliveries by feed."""

    source: str
    deliveries: list[DeliveryRecord] = field(default_factory=list)
    feeds: dict[str, Counts] = field(default_factory=dict)
    new: int = 0
    unsettled: list[str] = field(default_factory=list)


def ingest_source(
    contract: Contract, *, inbox: Path, raw_dir: Path, settle_seconds: float = 0, memory_limit: str | None = None
) -> SourceIngest:
    """Take in whatever the inbox holds for this source and has not been read under this contract. Needs no database; idempotent."""
    scan = scan_inbox(inbox, [contract.source], settle_seconds)
    mine = [delivery for delivery in scan.deliveries if delivery.source == contract.source]
    result = SourceIngest(contract.source, unsettled=[d.name for d in scan.unsettled if d.source == contract.source])
    known = {record.delivery_id: record for record in read_records(raw_dir, contract.source)}
    pending = [delivery for delivery in mine if not _is_known(delivery, contract, known)]
    if pending:
        raw_dir.mkdir(parents=True, exist_ok=True)
        raw_dir.chmod(0o700)  # names and birth dates lie in it
        with duckdb.connect(":memory:") as con:
            con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
            # Literals, not parameters: binding one imports pandas, which costs most of a second per process.
            con.execute(f"SET temp_directory = {literal(str(raw_dir / '.work' / 'spill'))}")
            if memory_limit:
                con.execute(f"SET memory_limit = {literal(memory_limit)}")
            for delivery in pending:
                record = ingest_delivery(con, contract, delivery, raw_dir, known)
                result.new += known.get(record.delivery_id) is not record
                known[record.delivery_id] = record
    result.deliveries = sorted(known.values(), key=lambda r: (r.received_at, r.delivery_id))
    for record in result.deliveries:
        for table in record.tables if record.status == "accepted" else []:
            counts = result.feeds.setdefault(table.feed, Counts())
            counts.add(Counts(table.rows_read, table.rows_accepted, table.rows_rejected, table.rows_excluded))
    return result


def _is_known(delivery: InboxDelivery, contract: Contract, known: dict[str, DeliveryRecord]) -> bool:
    return any(record.knows(delivery.name, delivery.stamp) and record.contract == contract.hash for record in known.values())
