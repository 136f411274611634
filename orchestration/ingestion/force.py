"""Which delivery is in force: the one rule of replacement, over delivery records.

Belongs here: snapshot, per_period and delta. Does not belong here: tables (ledger.py); staging only filters by the outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from orchestration.ingestion.record import DeliveryRecord, TableRecord

Status = Literal["accepted", "superseded", "quarantined"]


@dataclass(frozen=True)
class Scope:
    """What one delivery says of one table and, where it replaces by period, one school year."""

    record: DeliveryRecord
    table: TableRecord
    scope: str
    rows: int
    order: int
    in_force: bool

    @property
    def period(self) -> str:
        """The school year, or '*' where the delivery replaces the whole table."""
        return self.scope.split("/", 1)[1]


def scopes(records: Sequence[DeliveryRecord]) -> list[Scope]:
    """All scopes of accepted deliveries. The newest by as_of wins its scope, whenever it arrived; of a delta all are in force."""
    ordered = sorted(records, key=lambda r: (r.as_of, r.received_at, r.delivery_id))
    used = [(order, record) for order, record in enumerate(ordered, start=1) if record.status == "accepted"]
    newest = {(record.source, scope): order for order, record in used for table in record.tables for scope in table.scopes}
    return [
        Scope(record, table, scope, rows, order, table.replacement == "delta" or newest[record.source, scope] == order)
        for order, record in used
        for table in record.tables
        for scope, rows in table.scopes.items()
    ]


def statuses(records: Sequence[DeliveryRecord]) -> dict[tuple[str, str], Status]:
    """What became of each delivery, by (source, delivery id); superseded: nothing of it is in force any more."""
    holding = {(scope.record.source, scope.record.delivery_id) for scope in scopes(records) if scope.in_force}
    found: dict[tuple[str, str], Status] = {}
    for record in records:
        key = (record.source, record.delivery_id)
        found[key] = "quarantined" if record.status == "quarantined" else "accepted" if key in holding else "superseded"
    return found
