"""What becomes of an answer: a decision, a second reading, or nothing because it was known.

Belongs here: the way from "same", "different" or "cannot tell" to identity.decision. Does not belong here: asking (tasks.py).
Two readers who disagree leave no decision: the evidence counts again, and the pair is asked once more; that answer stands.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

import duckdb

from orchestration.identity.decisions import ContradictionError, Decision, Kind, decide, withdraw
from orchestration.identity.review.queue import is_chosen

Outcome = Literal["same", "different", "cannot tell"]
KINDS: dict[Outcome, Kind] = {"same": "must-link", "different": "cannot-link", "cannot tell": "cannot-tell"}

_STANDING = "SELECT decision_id, kind, a, b, decided_by, why, decided_at, second_outcome IS NOT NULL FROM identity.decision"


class NotAskedError(Exception):
    """The answer is about records that are no longer there."""


@dataclass(frozen=True)
class Given:
    """What an answer became. result: new (a decision), second (a second reading), split (a second reading that disagrees), known."""

    result: Literal["new", "second", "split", "known"]
    decision_id: str


def give(con: duckdb.DuckDBPyConnection, outcome: Outcome, a: int, b: int, *, by: str, why: str, at: datetime) -> Given:
    """Take an answer about records a and b. Raises ContradictionError with the decisions against it, NotAskedError."""
    a, b = min(a, b), max(a, b)
    kind = KINDS[outcome]
    found = con.execute("SELECT count(*) FROM identity.record WHERE record_id IN (?, ?)", [a, b]).fetchone()
    if found is None or found[0] != 2:
        raise NotAskedError
    row = con.execute(f"{_STANDING} WHERE a = ? AND b = ? AND withdrawn_at IS NULL ORDER BY decided_at DESC LIMIT 1", [a, b]).fetchone()
    if row is None:
        return Given("new", decide(con, kind, a, b, by=by, why=why, at=at).decision_id)
    standing, read_twice = Decision(*row[:7]), row[7]
    if not read_twice and not _is_reader(standing.decided_by, by) and _waits_for_second(con, a, b):
        return _second_reading(con, standing, kind, by, at)
    if standing.kind == kind:
        return Given("known", standing.decision_id)
    if standing.kind == "cannot-tell":
        new = decide(con, kind, a, b, by=by, why=why, at=at)
        withdraw(con, standing.decision_id, at)
        return Given("new", new.decision_id)
    raise ContradictionError(Decision(uuid4().hex[:12], kind, a, b, by, why, at), [standing])


def take_back(con: duckdb.DuckDBPyConnection, given: Given, at: datetime) -> None:
    """Undo an answer: its decision is withdrawn, its second reading forgotten."""
    if given.result == "new":
        withdraw(con, given.decision_id, at)
    elif given.result in ("second", "split"):
        con.execute(
            """UPDATE identity.decision SET second_reader = NULL, second_outcome = NULL, settled = settled AND withdrawn_at IS NULL,
                withdrawn_at = CASE WHEN $split THEN NULL ELSE withdrawn_at END WHERE decision_id = $decision""",
            {"split": given.result == "split", "decision": given.decision_id},
        )


def _second_reading(con: duckdb.DuckDBPyConnection, first: Decision, kind: Kind, by: str, at: datetime) -> Given:
    con.execute("UPDATE identity.decision SET second_reader = ?, second_outcome = ? WHERE decision_id = ?", [by, kind, first.decision_id])
    if first.kind == kind:
        return Given("second", first.decision_id)
    withdraw(con, first.decision_id, at)
    return Given("split", first.decision_id)


def _is_reader(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _waits_for_second(con: duckdb.DuckDBPyConnection, a: int, b: int) -> bool:
    row = con.execute(
        f"""SELECT {is_chosen("$a::UBIGINT", "$b::UBIGINT")}
            AND NOT EXISTS (FROM identity.decision WHERE a = $a AND b = $b AND second_outcome IS NOT NULL)""",
        {"a": a, "b": b},
    ).fetchone()
    return bool(row and row[0])
