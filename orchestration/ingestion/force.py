"""What became of each delivery, and which is in force: the one rule of replacement, over delivery records and decisions.

Belongs here: snapshot, per_period, delta and append, in the order of the days that deliveries speak of, whenever they arrived.
Does not belong here: tables (ledger.py), measuring volumes (volume.py); staging only filters by the outcome.

A whole file (snapshot) ends everything before it in its table; a period ends the same period of earlier periods and changes; changes
(delta) and additions (append) end nothing. What is withdrawn or quarantined takes no part.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestration.ingestion.problem import reason
from orchestration.ingestion.record import DeliveryRecord, ProblemRecord, VolumeChange

Status = Literal["accepted", "superseded", "quarantined", "withdrawn"]
Key = tuple[str, str]
# Replacements that say all there is to say of a table or of a period of it.
BULK = ("snapshot", "per_period")


@dataclass(frozen=True)
class Scope:
    """What one delivery says of one table and, where it speaks of periods, of one school year.

    `order` counts the accepted deliveries of the source; `by_key`: several deliveries of the table are in force together, and of each
    key the newest row counts.
    """

    record: DeliveryRecord
    feed: str
    scope: str
    replacement: str
    rows: int
    order: int
    in_force: bool = False
    by_key: bool = False

    @property
    def table(self) -> str:
        return self.scope.split("/", 1)[0]

    @property
    def period(self) -> str:
        """The school year, or '*' where the delivery speaks of the whole table."""
        return self.scope.split("/", 1)[1]


@dataclass(frozen=True)
class Standing:
    """What became of a delivery; `superseded`: nothing of it is in force any more."""

    record: DeliveryRecord
    status: Status
    reason: str = ""
    problem: ProblemRecord | None = None


def scopes(records: Sequence[DeliveryRecord]) -> list[Scope]:
    """All scopes of accepted deliveries, in their order within each source."""
    refused = _refused(records)
    tables: dict[Key, list[Scope]] = defaultdict(list)
    counted: dict[str, int] = defaultdict(int)
    for record in sorted(records, key=lambda r: r.position):
        if record.key not in refused:
            counted[record.source] += 1
            for scope in _scopes_of(record, counted[record.source]):
                tables[record.source, scope.table].append(scope)
    judged = [scope for table in tables.values() for scope in _judged(table)]
    return sorted(judged, key=lambda s: (s.record.source, s.order, s.scope))


def standings(records: Sequence[DeliveryRecord]) -> dict[Key, Standing]:
    """What became of each delivery, by source and delivery id."""
    refused = _refused(records)
    spoken = {record.key for record in records if any(table.scopes for table in record.tables)}
    holding = {scope.record.key for scope in scopes(records) if scope.in_force}
    return {
        record.key: refused.get(record.key)
        # A delivery that says nothing of any table replaces nothing and is never replaced.
        or Standing(record, "accepted" if record.key in holding or record.key not in spoken else "superseded")
        for record in records
    }


def statuses(records: Sequence[DeliveryRecord]) -> dict[Key, Status]:
    return {key: standing.status for key, standing in standings(records).items()}


def exceeded(record: DeliveryRecord) -> list[VolumeChange]:
    """Changes of volume beyond what was agreed that no operator has accepted."""
    accepted = record.decision.volume_accepted

    def covered(change: VolumeChange) -> bool:
        if accepted is None or change.table not in accepted.gone:
            return False
        return change.gone_share <= accepted.gone[change.table] and change.added_share <= accepted.added[change.table]

    return [change for change in record.volume if change.exceeded and not covered(change)]


def _refused(records: Iterable[DeliveryRecord]) -> dict[Key, Standing]:
    """Deliveries that take no part, with the reason."""
    refused = {record.key: standing for record in records if (standing := _own_fault(record))}
    while True:
        left = [record for record in records if record.key not in refused]
        whole = {(r.source, t.table) for r in left for t in r.tables if t.replacement in BULK}
        lacking = {r.key: _without_bulk(r, t.table) for r in left for t in r.tables if t.needs_bulk and (r.source, t.table) not in whole}
        if not lacking:
            return refused
        refused |= lacking


def _own_fault(record: DeliveryRecord) -> Standing | None:
    if record.decision.withdrawn is not None:
        return Standing(record, "withdrawn", record.decision.withdrawn.why, ProblemRecord(rule="withdrawn"))
    if record.status == "quarantined":
        return Standing(record, "quarantined", record.reason, record.problem)
    if not record.reading:
        return Standing(record, "quarantined", "read by an earlier version of the hub and gone from the inbox since; deliver it again")
    changes = exceeded(record)
    if changes:
        said = "; ".join(f"{c.table}: of {c.before} records {c.gone} are gone and {c.added} are new" for c in changes)
        problem = ProblemRecord(rule="volume", table=changes[0].table)
        return Standing(record, "quarantined", f"{said}: {reason('volume')}", problem)
    return None


def _without_bulk(record: DeliveryRecord, table: str) -> Standing:
    problem = ProblemRecord(rule="delta_without_bulk", table=table)
    return Standing(record, "quarantined", f"{table}: {reason('delta_without_bulk')}", problem)


def _scopes_of(record: DeliveryRecord, order: int) -> list[Scope]:
    """One scope once, though a second table may take rows of it back: what speaks of the whole outweighs what changes it."""
    found: dict[tuple[str, str], Scope] = {}
    for table in record.tables:
        for name, rows in table.scopes.items():
            known = found.get((table.feed, name))
            kind = known.replacement if known and table.replacement == "delta" else table.replacement
            changed = known is not None and "delta" in (known.replacement, table.replacement)
            total = rows + (known.rows if known else 0)
            found[table.feed, name] = Scope(record, table.feed, name, kind, total, order, by_key=changed or bool(known and known.by_key))
    return list(found.values())


def _judged(table: Sequence[Scope]) -> list[Scope]:
    """The scopes of one table of one source, oldest first, with `in_force` and `by_key` said."""
    whole = max((s.order for s in table if s.replacement == "snapshot"), default=0)
    newest = {s.scope: s.order for s in table if s.replacement == "per_period"}

    def stands(s: Scope) -> bool:
        if s.replacement in ("per_period", "delta"):
            return s.order > whole and s.order >= newest.get(s.scope, 0)
        return s.order == whole if s.replacement == "snapshot" else s.order > whole

    kinds = {s.replacement for s in table if stands(s)}
    mixed = len(kinds) > 1 or "delta" in kinds or any(s.by_key for s in table if stands(s))
    return [Scope(s.record, s.feed, s.scope, s.replacement, s.rows, s.order, in_force=stands(s), by_key=stands(s) and mixed) for s in table]
