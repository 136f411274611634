"""The programs of the region's partners: who takes part, how often, and what it truly does.

Belongs here: the six programs, their sessions, participation, and the true effect on next year's absence.
Does not belong here: the partners' files (partner modules).
"""

from dataclasses import dataclass

import numpy as np

from orchestration.demo.calendars import DAYS, july_first
from orchestration.demo.movement import Spans
from orchestration.demo.seeds import rng_for

FULL_DOSE_HOURS = 30.0


@dataclass(frozen=True)
class Program:
    """One program. `effect`: change of the logarithm of next year's absence rate at full dose (the truth to be found)."""

    id: str
    partner: str
    name: str
    issue_area: str
    low: int
    high: int
    share: float  # seats per child of the region
    district: int | None  # serves this district only
    weekdays: tuple[int, ...]
    first_day: int
    last_day: int
    hours: float
    need: float  # how much the program seeks children who miss school
    effect: float
    cost_per_seat: int


PROGRAMS = (
    Program(
        id="RT", partner="partner-brightpath", name="Reading Partners Tutoring", issue_area="early grade reading", low=0, high=3,
        share=0.012, district=0, weekdays=(1, 3), first_day=75, last_day=310, hours=0.75, need=0.4, effect=-0.06, cost_per_seat=900,
    ),
    Program(
        id="AS", partner="partner-river-club", name="River Club After School", issue_area="after school", low=0, high=8, share=0.050,
        district=None, weekdays=(0, 1, 2, 3), first_day=65, last_day=325, hours=2.5, need=0.5, effect=-0.22, cost_per_seat=2100,
    ),
    Program(
        id="SC", partner="partner-river-club", name="River Club Summer Camp", issue_area="summer learning", low=0, high=8, share=0.020,
        district=None, weekdays=(0, 1, 2, 3, 4), first_day=4, last_day=29, hours=6.0, need=0.2, effect=-0.10, cost_per_seat=1200,
    ),
    Program(
        id="SM", partner="partner-saturday-scholars", name="Saturday Scholars", issue_area="middle grade math", low=3, high=8,
        share=0.014, district=None, weekdays=(5,), first_day=80, last_day=300, hours=2.0, need=-0.2, effect=-0.05, cost_per_seat=640,
    ),
    Program(
        id="MN", partner="partner-open-door", name="Open Door Mentoring", issue_area="mentoring", low=5, high=11,
        share=0.018, district=None, weekdays=(2,), first_day=70, last_day=320, hours=1.5, need=1.1, effect=-0.35, cost_per_seat=1500,
    ),
    # this one does nothing for attendance: whoever measures an effect here has measured selection
    Program(
        id="ST", partner="partner-techbridge", name="TechBridge STEM Club", issue_area="stem", low=4, high=8,
        share=0.013, district=2, weekdays=(2,), first_day=75, last_day=315, hours=1.5, need=0.0, effect=0.0, cost_per_seat=780,
    ),
)  # fmt: skip
_LARGEST = 15_000  # seats; a workbook holds about a million rows


@dataclass(frozen=True)
class Participation:
    """One program in one year: `attended[participant, session]`; a participant is scheduled from `enters` to `leaves`."""

    program: int
    year: int
    child: np.ndarray
    sessions: np.ndarray  # day offsets
    scheduled: np.ndarray  # bool [participant, session]
    attended: np.ndarray  # bool [participant, session]
    enters: np.ndarray  # day offsets
    leaves: np.ndarray

    @property
    def hours(self) -> np.ndarray:
        return self.attended.sum(axis=1) * PROGRAMS[self.program].hours


def year_participation(
    spans: Spans, rates_before: np.ndarray, was_in: dict[int, np.ndarray], region_size: int, seed: int
) -> list[Participation]:
    """All programs of one year. `rates_before`: last year's rates (NaN where unknown); `was_in`: last year's children by program."""
    return [_one(p, spans, rates_before, was_in.get(p), region_size, seed) for p in range(len(PROGRAMS))]


def _one(p: int, spans: Spans, rates_before: np.ndarray, before: np.ndarray | None, region_size: int, seed: int) -> Participation:
    program, rng = PROGRAMS[p], rng_for(seed, "program", PROGRAMS[p].id, spans.year)
    rows = np.flatnonzero(spans.attends & (spans.grade >= program.low) & (spans.grade <= program.high))
    if program.district is not None:
        rows = rows[spans.district[rows] == program.district]
    child = np.unique(spans.child[rows])
    seats = min(len(child) // 2, max(1, int(region_size * program.share)), _LARGEST)
    # a weighted draw without replacement: the largest log-weight plus Gumbel noise win
    pull = program.need * np.log(np.nan_to_num(rates_before[child], nan=0.05) / 0.05) + rng.gumbel(size=len(child))
    if before is not None:
        pull += 1.6 * np.isin(child, before)
    chosen = rng.permutation(child[np.argsort(-pull, kind="stable")[:seats]])  # in the order in which they signed up

    sessions = session_days(program, spans.year)
    keenness = rng.beta(4.5, 1.6, seats)
    joins_late, quits = rng.random(seats) < 0.2, rng.random(seats) < 0.18
    span = program.last_day - program.first_day
    enters = program.first_day + np.where(joins_late, (rng.random(seats) * 0.6 * span).astype(np.int64), 0)
    leaves = np.where(quits, enters + (rng.random(seats) * (program.last_day - enters)).astype(np.int64), program.last_day)
    scheduled = (sessions[None, :] >= enters[:, None]) & (sessions[None, :] <= leaves[:, None])
    attended = scheduled & (rng.random((seats, len(sessions))) < keenness[:, None])
    return Participation(p, spans.year, chosen, sessions, scheduled, attended, enters, leaves)


def session_days(program: Program, year: int) -> np.ndarray:
    """Offsets of the program's sessions: its weekdays within its season, except around the turn of the year."""
    offsets = np.arange(DAYS)
    weekday = ((july_first(year).astype(np.int64) + 3) + offsets) % 7  # 1970-01-01 was a Thursday
    season = (offsets >= program.first_day) & (offsets <= program.last_day) & ~((offsets >= 173) & (offsets <= 187))
    return offsets[season & np.isin(weekday, program.weekdays)]


def effect_next_year(participations: list[Participation], region_size: int) -> np.ndarray:
    """What this year's hours add to the logarithm of next year's absence rate, per child."""
    effect = np.zeros(region_size)
    for part in participations:
        dose = np.minimum(part.hours / FULL_DOSE_HOURS, 1.0)
        effect[part.child] += PROGRAMS[part.program].effect * dose
    return effect
