"""What an operator does with a delivery: find it, take it back, have it read again, accept its volume.

Belongs here: the steps. Does not belong here: how they are asked for (cli), what follows for other deliveries (force.py). The next
refresh publishes accordingly.
"""

from collections.abc import Sequence
from pathlib import Path

from orchestration.contracts.model import Contract
from orchestration.ingestion.decision import Decision, VolumeAcceptance, Withdrawal, write_decision
from orchestration.ingestion.force import exceeded
from orchestration.ingestion.record import DeliveryRecord, now
from orchestration.ingestion.source import NotInInboxError, read_again
from orchestration.limits import Limits

_SHOWN = 5


class UnknownDeliveryError(Exception):
    """No delivery, or more than one, is called so."""


def find_delivery(records: Sequence[DeliveryRecord], called: str) -> DeliveryRecord:
    """The one delivery whose id begins so; `source/` before it says whose. Its name in the inbox will do as well."""
    source, _, rest = called.rpartition("/")
    mine = [record for record in records if source in ("", record.source)]
    found = [r for r in mine if r.name == rest] or [r for r in mine if rest and r.delivery_id.startswith(rest)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnknownDeliveryError(f"no delivery {called!r}: `datadrives delivery list` shows them all")
    listed = ", ".join(f"{r.source}/{r.delivery_id} ({r.name})" for r in found[:_SHOWN])
    raise UnknownDeliveryError(f"{called!r} fits {len(found)} deliveries, say which: {listed}{' …' if len(found) > _SHOWN else ''}")


def withdraw(raw_dir: Path, record: DeliveryRecord, why: str) -> None:
    """From now on the delivery is as if it had never come; its files and rows stay."""
    decision = record.decision.model_copy(update={"withdrawn": Withdrawal(why=why, when=now())})
    _decide(raw_dir, record, decision)


def reingest(
    contract: Contract, record: DeliveryRecord, *, inbox: Path, raw_dir: Path, accept_volume: bool = False,
    memory_limit: str | None = None, limits: Limits = Limits(),  # noqa: B008 - immutable
) -> DeliveryRecord:  # fmt: skip
    """Read the delivery again as it lies in the inbox, and undo a withdrawal.

    With `accept_volume` what it takes away and brings is accepted as it is. Raises NotInInboxError where it would have to be read
    and is not there; rows that only wait for their volume to be accepted need no reading.
    """
    waiting = accept_volume and bool(exceeded(record)) and record.contract == contract.hash
    try:
        current = read_again(contract, record, inbox=inbox, raw_dir=raw_dir, memory_limit=memory_limit, limits=limits)
    except NotInInboxError:
        if not waiting:
            raise
        current = record
    decision = current.decision.model_copy(update={"withdrawn": None})
    if accept_volume:
        changes = [change for change in current.volume if change.exceeded]
        accepted = VolumeAcceptance(
            when=now(), gone={c.table: c.gone_share for c in changes}, added={c.table: c.added_share for c in changes}
        )
        decision = decision.model_copy(update={"volume_accepted": accepted if changes else decision.volume_accepted})
    _decide(raw_dir, current, decision)
    return current


def _decide(raw_dir: Path, record: DeliveryRecord, decision: Decision) -> None:
    write_decision(raw_dir, *record.key, decision)
    record.decision = decision
