"""What an operator decided about a delivery: kept beside its readings, so that reading it again changes no decision.

Belongs here: withdrawing, accepting an unusual volume. Does not belong here: what follows from it (force.py).
"""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel


class Withdrawal(BaseModel):
    """The delivery is as if it had never come; `why` is the operator's own words."""

    why: str
    when: datetime


class VolumeAcceptance(BaseModel):
    """By table: the shares gone and added that were accepted. A later reading that loses more is asked about again."""

    when: datetime
    gone: dict[str, float]
    added: dict[str, float]


class Decision(BaseModel):
    """Everything decided about one delivery."""

    withdrawn: Withdrawal | None = None
    volume_accepted: VolumeAcceptance | None = None


def delivery_folder(raw_dir: Path, source: str, delivery_id: str) -> Path:
    """Where the records of a delivery and the decision about it lie."""
    return raw_dir / "delivery" / f"source={source}" / f"delivery={delivery_id}"


def read_decision(raw_dir: Path, source: str, delivery_id: str) -> Decision:
    try:
        text = _path(raw_dir, source, delivery_id).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Decision()
    return Decision.model_validate_json(text)


def write_decision(raw_dir: Path, source: str, delivery_id: str, decision: Decision) -> None:
    """Write whole or not at all; a delivery about which nothing is decided any more has no file."""
    path = _path(raw_dir, source, delivery_id)
    if decision == Decision():
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text(decision.model_dump_json(indent=1), encoding="utf-8")
    aside.replace(path)


def _path(raw_dir: Path, source: str, delivery_id: str) -> Path:
    return delivery_folder(raw_dir, source, delivery_id) / "decision.json"
