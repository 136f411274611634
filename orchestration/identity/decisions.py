"""What people have decided about two records: it outranks every score, for ever, until somebody withdraws it.

Belongs here: adding, withdrawing, and refusing a decision that contradicts one in force. Does not belong here: asking people
(review), acting on decisions (night.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

import duckdb

from orchestration.identity.components import label_components

Kind = Literal["must-link", "cannot-link", "cannot-tell"]


@dataclass(frozen=True)
class Decision:
    """One decision about records a and b; times are UTC."""

    decision_id: str
    kind: Kind
    a: int
    b: int
    decided_by: str
    why: str
    decided_at: datetime


class ContradictionError(Exception):
    """A decision that cannot hold beside those in force; `earlier` are the ones it contradicts."""

    def __init__(self, wanted: Decision, earlier: list[Decision]) -> None:
        self.wanted, self.earlier = wanted, earlier
        said = "; ".join(f"{d.decision_id}: {d.kind} by {d.decided_by} on {d.decided_at:%Y-%m-%d} ({d.why})" for d in earlier)
        super().__init__(
            f"the new decision {wanted.kind} ({wanted.why}) contradicts {said}. Withdraw the earlier decision first if it was wrong."
        )


def decide(con: duckdb.DuckDBPyConnection, kind: Kind, a: int, b: int, *, by: str, why: str, at: datetime) -> Decision:
    """Add a decision. The same decision twice is one. Raises ContradictionError, also for what follows from several decisions."""
    decision = Decision(uuid4().hex[:12], kind, min(a, b), max(a, b), by, why, at)
    same = [d for d in _in_force(con) if (d.a, d.b, d.kind) == (decision.a, decision.b, kind)]
    if same:
        return same[0]
    if earlier := _contradicted(con, decision):
        raise ContradictionError(decision, earlier)
    con.execute(
        "INSERT INTO identity.decision VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, false)",
        [decision.decision_id, kind, decision.a, decision.b, by, why, at],
    )
    return decision


def withdraw(con: duckdb.DuckDBPyConnection, decision_id: str, at: datetime) -> None:
    """Take a decision back; the next night judges the pair by its evidence again. Raises KeyError for an unknown or withdrawn one."""
    found = con.execute("SELECT 1 FROM identity.decision WHERE decision_id = ? AND withdrawn_at IS NULL", [decision_id]).fetchone()
    if found is None:
        raise KeyError(decision_id)
    con.execute("UPDATE identity.decision SET withdrawn_at = ?, settled = false WHERE decision_id = ?", [at, decision_id])


def _in_force(con: duckdb.DuckDBPyConnection) -> list[Decision]:
    rows = con.execute("SELECT decision_id, kind, a, b, decided_by, why, decided_at FROM identity.decision WHERE withdrawn_at IS NULL")
    return [Decision(*row) for row in rows.fetchall()]


def _contradicted(con: duckdb.DuckDBPyConnection, wanted: Decision) -> list[Decision]:
    """Decisions in force that cannot hold beside `wanted`: two records held together, directly or over others, and kept apart."""
    if wanted.kind == "cannot-tell":
        return []
    held = _in_force(con)
    together = [d for d in held if d.kind == "must-link"] + ([wanted] if wanted.kind == "must-link" else [])
    con.execute("CREATE OR REPLACE TEMP TABLE decided_edge (a UBIGINT, b UBIGINT)")
    if together:
        con.executemany("INSERT INTO decided_edge VALUES (?, ?)", [(d.a, d.b) for d in together])
    label_components(con, edges="decided_edge", labels="decided_label")
    labels = dict(con.execute("SELECT node, label FROM decided_label").fetchall())

    def one_person(d: Decision) -> bool:
        return d.a in labels and labels.get(d.a) == labels.get(d.b)

    if wanted.kind == "must-link":
        return [d for d in held if d.kind == "cannot-link" and one_person(d)]
    if not one_person(wanted):
        return []
    direct = [d for d in together if (d.a, d.b) == (wanted.a, wanted.b)]
    return direct or [d for d in together if labels[d.a] == labels[wanted.a]]
