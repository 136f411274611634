"""Consent forms that families signed: which partner may see what of their child, until when.

Belongs here: permits, refusals and withdrawals, keyed in by the hub's office with the child's state id.
Does not belong here: the agreements themselves (raw_landing/agreements).
"""

import numpy as np

from orchestration.demo.calendars import july_first
from orchestration.demo.drop import Inbox
from orchestration.demo.programs import PROGRAMS
from orchestration.demo.region import STATE_PARTY
from orchestration.demo.text import Columns, choose, constant, dates, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

SOURCE = "riverbend-consents"
_SIGNED, _REFUSED, _WITHDRAWN = 0.78, 0.05, 0.02


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """The whole register, sent at the end of each of the last two years."""
    partners = sorted({program.partner for program in PROGRAMS})
    child, partner, signed, permits = _forms(world, partners)
    truth.knows(np.unique(child), STATE_PARTY, "state", world.ids.state_id(np.unique(child)), SOURCE)
    for year in world.years[-2:]:
        here = np.flatnonzero(signed < np.datetime64(f"{year}-07-01"))
        columns: Columns = {
            "state_id": world.ids.state_id(child[here]),
            "purpose": constant("program-improvement", len(here)),
            "recipient": pick(partners, partner[here]),
            "decision": choose(permits[here], "permit", "deny"),
            "signed_on": dates(signed[here]),
            "valid_to": dates(np.where(permits[here], signed[here] + 730, np.datetime64("NaT"))),
        }
        with inbox.delivery(SOURCE, f"{year}-06-30") as out:
            out.csv("consents.csv", columns)


def _forms(world: World, partners: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Child, partner, day and decision of every form; a withdrawal is a second, later form."""
    rng = world.rng(SOURCE)
    pairs: list[np.ndarray] = []
    for year in world.participation:
        for part in year:
            begin = july_first(part.year) + part.enters
            partner = np.full(len(part.child), partners.index(PROGRAMS[part.program].partner))
            pairs.append(np.stack([part.child, partner, begin.astype(np.int64)], axis=1))
    forms = np.concatenate(pairs)
    order = np.lexsort((forms[:, 2], forms[:, 1], forms[:, 0]))
    forms = forms[order]
    first = np.append(True, np.any(np.diff(forms[:, :2], axis=0) != 0, axis=1)) if len(forms) else np.zeros(0, dtype=bool)
    forms = forms[first & (rng.random(len(forms)) < _SIGNED)]
    permits = rng.random(len(forms)) >= _REFUSED
    withdrawn = permits & (rng.random(len(forms)) < _WITHDRAWN)
    again = forms[withdrawn].copy()
    again[:, 2] += rng.integers(40, 200, len(again))
    both = np.concatenate([forms, again])
    decision = np.concatenate([permits, np.zeros(len(again), dtype=bool)])
    order = np.lexsort((rng.random(len(both)), both[:, 2]))  # as they came in
    both, decision = both[order], decision[order]
    return both[:, 0], both[:, 1], both[:, 2].astype("datetime64[D]"), decision
