"""The attendance rules of the hub once more, child by child and day by day, the slow and obvious way.

Belongs here: a reference that shares no code with the models. Does not belong here: running them (test_attendance_rules.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

ABSENT = {"absent", "absent_excused", "absent_unexcused", "suspended_out_of_school"}
YEAR_BEGIN, YEAR_END = date(2023, 7, 1), date(2024, 6, 30)


@dataclass(frozen=True)
class Span:
    child: str
    school: str
    entry: date
    exit: date | None
    primary: bool | None
    exit_type: str | None = None


@dataclass(frozen=True)
class Mark:
    child: str
    school: str
    day: date
    status: str
    fraction: Decimal | None = None

    @property
    def missed(self) -> Decimal | None:
        """Share of the day missed; None where nobody knows."""
        if self.status in ("unknown", "not_taken"):
            return None
        if self.status in ABSENT:
            return self.fraction or Decimal(1)
        if self.status == "partial":
            return Decimal("0.5") if self.fraction is None else self.fraction
        return self.fraction or Decimal(0)


@dataclass(frozen=True)
class Register:
    """What holds for the schools of one district."""

    silence_is_present: bool
    exit_day_counts: bool
    reported_through: date


@dataclass(frozen=True)
class Day:
    school: str
    status: str
    missed: Decimal | None


def rank(primary: bool | None) -> int:
    return {True: 2, None: 1, False: 0}[primary]


def stretches(spans: Iterable[Span], register: Register) -> list[tuple[date, date]]:
    """Enrolled days of one child at one school, overlapping spans joined."""
    found: list[tuple[date, date]] = []
    for span in sorted(spans, key=lambda s: (s.entry, s.exit or YEAR_END)):
        last = YEAR_END if span.exit is None else span.exit - timedelta(days=0 if register.exit_day_counts else 1)
        first, last = span.entry, min(last, register.reported_through, YEAR_END)
        if span.exit_type == "no_show" or first > last:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def days(
    spans: list[Span], marks: list[Mark], registers: dict[str, Register], calendar: dict[str, set[date]]
) -> dict[tuple[str, date], Day]:
    """The one day of each child and date; `registers` by school, `calendar` by school: instructional days."""
    by_place: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for span in spans:
        by_place[span.child, span.school].append(span)
    marked = {(mark.child, mark.school, mark.day): mark for mark in marks}
    # child and date -> (unknown last, primary first, entered last first, school) and the day
    claims: dict[tuple[str, date], list[tuple[tuple[bool, int, int, str], Day]]] = defaultdict(list)

    def claim(child: str, school: str, day: date, primary_rank: int, entered: date) -> None:
        mark = marked.get((child, school, day))
        found = Day(school, mark.status, mark.missed) if mark else Day(school, "present", Decimal(0))
        claims[child, day].append(((found.missed is None, -primary_rank, -entered.toordinal(), school), found))

    for (child, school), theirs in by_place.items():
        if not registers[school].silence_is_present:
            continue
        for first, last in stretches(theirs, registers[school]):
            for day in calendar.get(school, set()):
                if first <= day <= last:
                    claim(child, school, day, max(rank(s.primary) for s in theirs), first)
    for child, school, day in marked:
        if registers[school].silence_is_present:
            continue
        theirs = [s for s in by_place[child, school] if s.exit_type != "no_show"]
        entered = max((s.entry for s in theirs), default=day)
        claim(child, school, day, max((rank(s.primary) for s in theirs), default=1), entered)
    return {key: min(found, key=lambda each: each[0])[1] for key, found in claims.items()}
