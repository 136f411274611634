"""The review page as HTML that needs nothing else: one style, one script, no request.

Belongs here: turning a desk into the page. Does not belong here: HTTP (server.py), the look (templates/).
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.identity.review.desk import Desk
from orchestration.identity.review.tasks import EVIDENCE, FIELDS, RARITY, Candidate, Evidence, Record
from orchestration.reports.page import shown

TEMPLATES = Path(__file__).parent / "templates"


def as_html(desk: Desk, place: int | None, *, base: str, nonce: str) -> str:
    """The task at `place`, or the end of the sitting where it is None."""
    task = desk.tasks[place] if place is not None else None
    candidates = desk.shown(place) if place is not None else ()
    return _environment().get_template("review.html.j2").render(
        desk=desk, place=place, task=task, candidates=candidates, base=base, nonce=nonce,
        fields=_fields(task.record, candidates) if task else {}, labels=_labels(candidates),
        next=desk.next_place(place + 1) if place is not None else None,
        reasons=list(dict.fromkeys(c.why for c in candidates)),
        previous=desk.previous_place(place) if place is not None else None,
    )  # fmt: skip


def mark(mine: str | None, theirs: str | None) -> str:
    """How two values compare, as a word that is read and coloured: same, differs, or nothing where one is missing."""
    if not mine or not theirs:
        return ""
    return "same" if mine == theirs else "differs"


def length(weight: float | None) -> int:
    """Length of the bar of a weight, 0 to 12."""
    return 0 if weight is None else min(12, round(abs(weight)))


def bits(weight: float) -> str:
    return f"{weight:+.1f}".replace("-", "\N{MINUS SIGN}")


def said(candidate: Candidate, name: str) -> Evidence | None:
    return next((item for item in candidate.evidence if item.name == name), None)


def _fields(record: Record, candidates: tuple[Candidate, ...]) -> dict[str, str]:
    """Only fields that anybody has: empty lines slow the eye."""
    held = [record, *(c.record for c in candidates)]
    return {name: label for name, label in FIELDS.items() if any(r.values.get(name) or r.elsewhere.get(name) for r in held)}


def _labels(candidates: tuple[Candidate, ...]) -> dict[str, str]:
    names = {item.name for c in candidates for item in c.evidence if not item.words.endswith("is missing")}
    return {name: label for name, label in {**EVIDENCE, RARITY: "Name in itself"}.items() if name in names}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=shown
    )
    environment.globals.update(mark=mark, length=length, said=said)
    environment.filters.update(bits=bits, day="{:%Y-%m-%d}".format)
    return environment
