"""The figures of ../shared/data/expected.csv: computed outside the product, several printed by the publishers themselves.

Belongs here: reading them. Does not belong here: how the warehouse answers (cases/).
"""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal

from .run import DATA, DELIVERIES

# A number of its own: not a part of a name such as "4-year" or of a date.
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])")


@dataclass(frozen=True)
class Case:
    """One line of expected.csv; `figures` are the numbers of its last column, as written."""

    case_id: str
    formula: str
    expected: str

    @property
    def figures(self) -> list[str]:
        return _NUMBER.findall(self.expected)


def read_cases() -> dict[str, Case]:
    """Cases about the sets that are loaded here, by id; empty where the file is missing."""
    path = DATA / "expected.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["case_id"]: Case(row["case_id"], row["formula"], row["expected"]) for row in rows if _set_of(row) is not None}


def same(figure: str, found: object) -> bool:
    """Does the number found, rounded as the figure is written, equal it?"""
    if found is None:
        return False
    digits = len(figure.partition(".")[2])
    return round(Decimal(str(found)), digits) == Decimal(figure)


def _set_of(row: dict[str, str]) -> str | None:
    """The loaded set a case is about. Agency A's cases name its files without the folder in places."""
    named = row["file_or_set"]
    if row["case_id"].startswith("sdpA-"):
        return "sdp-agency-a"
    return next((name for name in DELIVERIES if re.search(rf"(^|\W){re.escape(name)}(\W|$)", named)), None)
