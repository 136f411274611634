"""How often each child truly misses school, and on which days.

Belongs here: the true rate per child and year, set so that the share of children at or above 10 % follows the years, and the
mark of every child on every day. Does not belong here: the codes a district writes for a mark (districts).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from orchestration.demo.calendars import Calendars, july_first
from orchestration.demo.movement import Spans
from orchestration.demo.population import Population
from orchestration.demo.seeds import rng_for

# Share of children whose lasting rate is a tenth or more. Chance adds one or two points in a year of 175 days: 15, 28, 26 and 24 %,
# the course of the United States from before the pandemic on.
_CHRONIC_SHARE = (0.13, 0.275, 0.25, 0.225)
_SPREAD = 0.72  # standard deviation of the logarithm of the rate
_BY_GRADE = np.array([0.55, 0.25, 0.05, -0.1, -0.15, -0.1, 0.0, 0.1, 0.25, 0.5, 0.55, 0.65, 0.75])

NOT_ENROLLED, PRESENT, EXCUSED, UNEXCUSED, HALF_EXCUSED, HALF_UNEXCUSED, SUSPENDED, TARDY = -1, 0, 1, 2, 3, 4, 5, 6
# Share of the day missed per mark, indexed by mark.
FRACTION = np.array([0.0, 1.0, 1.0, 0.5, 0.5, 1.0, 0.0])
# Given that something is missed: excused, unexcused, half excused, half unexcused, suspended.
_KINDS = np.array([0.43, 0.38, 0.08, 0.06, 0.05])
_MEAN_FRACTION = float(_KINDS @ FRACTION[1:6])
_TARDY = 0.03
_BLOCK = 20_000


@dataclass(frozen=True)
class Rates:
    """Per child: true share of days missed in one year, and what it would be without any program (NaN: not enrolled)."""

    rate: np.ndarray
    without_programs: np.ndarray
    is_homeless: np.ndarray


def year_rates(population: Population, spans: Spans, year_index: int, school_count: int, program_effect: np.ndarray, seed: int) -> Rates:
    """Rates of one year. `program_effect` is added to the logarithm of the rate of each child."""
    rng = rng_for(seed, "rates", spans.year)
    school_effect = rng_for(seed, "schools").normal(0, 0.35, school_count)
    child, place = np.unique(spans.child, return_index=True)
    homeless = np.zeros(population.size, dtype=bool)
    homeless[child] = rng.random(len(child)) < population.homeless_risk[child]
    score = (
        population.absence_leaning[child]
        + 0.45 * (population.meal_status[child] > 0)
        + 0.9 * homeless[child]
        + 0.2 * population.has_disability[child]
        + _BY_GRADE[spans.grade[place]]
        + school_effect[spans.school[place]]
        + 0.55 * rng.standard_normal(len(child))
    )
    rate = np.full(population.size, np.nan)
    without = np.full(population.size, np.nan)
    if len(child):
        share = _CHRONIC_SHARE[min(year_index, len(_CHRONIC_SHARE) - 1)]
        log_rate = np.log(0.10) + _SPREAD * (score - np.quantile(score, 1 - share)) / max(float(score.std()), 1e-9)
        without[child] = np.clip(np.exp(log_rate), 0.002, 0.6)
        rate[child] = np.clip(np.exp(log_rate + program_effect[child]), 0.002, 0.6)
    return Rates(rate, without, homeless)


@dataclass(frozen=True)
class MarkBlock:
    """Marks of some spans: `marks[span, day]`, `rows` into the spans given, `days` as offsets from July 1."""

    rows: np.ndarray
    days: np.ndarray
    marks: np.ndarray

    def events(self, *kinds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Span row, day offset and mark wherever one of these marks stands (all but not enrolled, if none is named)."""
        chosen = np.isin(self.marks, kinds) if kinds else self.marks != NOT_ENROLLED
        row, day = np.nonzero(chosen)
        return self.rows[row], self.days[day], self.marks[row, day]


def mark_blocks(spans: Spans, rates: Rates, calendars: Calendars, year_index: int, district: int, seed: int) -> Iterator[MarkBlock]:
    """Marks of one district in one year, a block of spans at a time so that memory stays small."""
    rng = rng_for(seed, "marks", spans.year, district)
    instructional = calendars.instructional[year_index]
    rows = np.flatnonzero((spans.district == district) & spans.attends)
    days = np.flatnonzero(instructional[np.unique(spans.calendar[rows])].any(axis=0))
    friday = np.isin((july_first(spans.year).astype(np.int64) + days) % 7, 1)  # 1970-01-01 was a Thursday
    weight = 1 + 0.12 * friday + rng.normal(0, 0.08, len(days))
    kind_edges = np.cumsum(_KINDS)[:-1]
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        enrolled = instructional[spans.calendar[part]][:, days]
        enrolled &= (days >= spans.first[part][:, None]) & (days <= spans.last[part][:, None])
        chance = (rates.rate[spans.child[part]] / _MEAN_FRACTION)[:, None] * weight[None, :]
        draw = rng.random(enrolled.shape, dtype=np.float32)
        missed = draw < chance
        marks = np.where((draw >= 0.5) & (draw < 0.5 + _TARDY), TARDY, PRESENT).astype(np.int8)
        marks[missed] = 1 + np.searchsorted(kind_edges, rng.random(int(missed.sum())))
        marks[~enrolled] = NOT_ENROLLED
        yield MarkBlock(part, days, marks)
