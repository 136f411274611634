"""The verdict on a delivery in one sentence, and what is in use because of it.

Belongs here: words about a delivery as a whole. Does not belong here: judging it (ingestion) or its single rows (facts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from orchestration.ingestion import DeliveryRecord, Standing, standings
from orchestration.ingestion.force import exceeded
from orchestration.ingestion.problem import RULES
from orchestration.ingestion.record import ProblemRecord

Kind = Literal["taken", "set_aside", "refused", "withdrawn"]


@dataclass(frozen=True)
class Verdict:
    """`standing`: what is in use now; `problem`: why the delivery as a whole is refused; `kind` decides the look, never the meaning."""

    kind: Kind
    title: str
    sentence: str
    standing: str
    problem: ProblemRecord | None = None


def verdict_on(record: DeliveryRecord, records: Sequence[DeliveryRecord]) -> Verdict:
    """`records`: all deliveries of this source, this one among them."""
    standing = standings(records)
    own = standing[record.key]
    in_use = [r for r in records if r.key != record.key and standing[r.key].status == "accepted"]
    newest = max(in_use, key=lambda r: r.position, default=None)
    if own.status == "withdrawn":
        why = f"Reason: {sentence(own.reason)}" if own.reason else ""
        return Verdict("withdrawn", "This delivery was taken back", why, _not_used(record, newest), own.problem)
    if own.status == "quarantined":
        return Verdict("refused", "We could not take in this delivery", _why(record, own), _not_used(record, newest), own.problem)
    replaced = own.status == "superseded" and newest is not None
    use = f"Your delivery {named(newest)} has taken its place since." if replaced and newest else "This delivery is in use now."
    if record.rows_rejected:
        return Verdict("set_aside", "We took in your delivery and set some rows aside", _set_aside(record), use)
    return Verdict("taken", "We took in your whole delivery", _all_fine(record), use)


def verdict_of_check(record: DeliveryRecord, patterns: Sequence[str]) -> Verdict:
    """The same for files that were only looked at; `patterns`: names of files that the contract knows."""
    use = "This was a check only: nothing was kept and nothing was changed."
    if record.status == "quarantined":
        why = _why(record, standings([record])[record.key])
        return Verdict("refused", "These files would not be taken in", why, use, record.problem)
    if not record.tables:
        return Verdict("refused", "None of these files is one we read", f"We read files called like {', '.join(patterns)}.", use)
    if record.rows_rejected:
        return Verdict("set_aside", "These files can be sent, but some rows would be set aside", _set_aside(record), use)
    return Verdict("taken", "These files can be sent as they are", _all_fine(record), use)


def named(record: DeliveryRecord) -> str:
    return f"“{record.name}” ({day(record.as_of)})"


def day(when: date) -> str:
    return f"{when:%B} {when.day}, {when.year}"


def rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def sentence(text: str) -> str:
    """A fragment of ingestion/problem.py as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _set_aside(record: DeliveryRecord) -> str:
    return (
        f"{_of(record.rows_rejected, record.rows_read)} cannot be used; the other {rows(record.rows_accepted)} are fine. "
        "A row set aside is not counted anywhere until you mend and send it."
    )


def _all_fine(record: DeliveryRecord) -> str:
    if not record.rows_read:
        return "It holds no rows, and there is nothing to mend."
    return f"{'Its only row is' if record.rows_read == 1 else f'All {rows(record.rows_read)} are'} fine. There is nothing to mend."


def _why(record: DeliveryRecord, standing: Standing) -> str:
    if standing.problem is None:
        return standing.reason
    if standing.problem.rule == "rejected_share":
        return f"{_of(record.rows_rejected, record.rows_read)} have mistakes: too many to use the rest without them."
    if standing.problem.rule == "volume":
        changes = "; ".join(f"{c.table}: of {c.before:,} records {c.gone:,} are gone and {c.added:,} are new" for c in exceeded(record))
        return f"It differs so much from your last one that somebody has to look at it first. {sentence(changes)}"
    if standing.problem.rule == "delta_without_bulk":
        return "It holds changes only, and the complete list that they would change has not come yet."
    problem = standing.problem
    column = f"column “{problem.column}”" if problem.column else ""
    place = ", ".join(part for part in (problem.file, column) if part)
    wrong, _ = RULES[problem.rule]
    return f"{f'{place}: {wrong}.' if place else sentence(wrong)} A delivery is taken in as a whole or not at all."


def _not_used(record: DeliveryRecord, newest: DeliveryRecord | None) -> str:
    if newest is None:
        return "Nothing of this delivery is used. There is no earlier delivery of yours to fall back on, so please send a mended one soon."
    if newest.position > record.position:
        instead = f"A newer delivery of yours, {named(newest)}, is in use, so you need not send this one again."
    else:
        instead = f"Your earlier delivery {named(newest)} stays in use until a mended one arrives."
    return f"Nothing of this delivery is used. {instead}"


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {rows(whole)}"
