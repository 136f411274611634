"""Who is enrolled where and when: entries, moves between schools and districts, exits.

Belongs here: the true enrolment spans of every school year, the true homes at its begin and end, and the true diplomas. A family moves
and leaves as one. Does not belong here: absence (absence.py) or how a district writes its spans down (districts).
"""

from dataclasses import dataclass, fields

import numpy as np

from orchestration.demo.calendars import Calendars, july_first
from orchestration.demo.homes import Homes, first_homes
from orchestration.demo.population import Population
from orchestration.demo.region import LAST_GRADE, SHARES, Schools
from orchestration.demo.seeds import rng_for

EXITS = (
    "end_of_year", "graduated", "other_completion", "transfer_in_district", "transfer_in_state", "transfer_out_of_state",
    "home_school", "private_school", "dropped_out", "no_show",
)  # fmt: skip
EXIT = {name: code for code, name in enumerate(EXITS)}
_LEAVES_TO = np.array([EXIT[n] for n in ("transfer_in_state", "transfer_out_of_state", "home_school", "private_school")])
_LEAVES_SHARES = (0.5, 0.3, 0.12, 0.08)
DIPLOMAS = ("regular", "certificate", "equivalency")


@dataclass(frozen=True)
class Spans:
    """Enrolment spans of one school year; `first` and `last` are day offsets from July 1, both attended."""

    year: int
    child: np.ndarray
    district: np.ndarray
    school: np.ndarray
    calendar: np.ndarray
    grade: np.ndarray
    first: np.ndarray
    last: np.ndarray
    exit: np.ndarray  # index into EXITS
    to_year_end: np.ndarray  # the span runs to the last day of school

    def take(self, rows: np.ndarray) -> "Spans":
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "year"}
        return Spans(year=self.year, **columns)

    @property
    def attends(self) -> np.ndarray:
        return self.exit != EXIT["no_show"]


@dataclass(frozen=True)
class Diplomas:
    """True completions: `kind` is an index into DIPLOMAS."""

    child: np.ndarray
    year: np.ndarray
    kind: np.ndarray
    award_date: np.ndarray


@dataclass(frozen=True)
class Movement:
    """Spans and homes by year, and all diplomas. `opening` and `closing`: where every child lived when a year began and ended."""

    spans: tuple[Spans, ...]
    opening: tuple[Homes, ...]
    closing: tuple[Homes, ...]
    diplomas: Diplomas


@dataclass(frozen=True)
class _Place:
    """Where every child lives; the arrays change as the years go by."""

    population: Population
    schools: Schools
    calendars: Calendars
    homes: Homes
    gone: np.ndarray

    def school(self, child: np.ndarray, grade: np.ndarray) -> np.ndarray:
        return self.schools.of(self.homes.district[child], grade, self.homes.zone[child])

    def calendar(self, child: np.ndarray, school: np.ndarray) -> np.ndarray:
        return self.calendars.of(school, self.homes.zone[child])

    def fate(self, rng: np.random.Generator) -> np.ndarray:
        """One number between 0 and 1 per child, one for all of a family: a small one is a move, and poor families draw smaller ones."""
        family = self.population.households
        return rng.random(family.count)[family.of] / (1 + 0.6 * (self.population.meal_status > 0))


def build_movement(population: Population, schools: Schools, calendars: Calendars, seed: int) -> Movement:
    homes = first_homes(rng_for(seed, "homes"), population.households)
    place = _Place(population, schools, calendars, homes, np.zeros(population.size, dtype=bool))
    spans: list[Spans] = []
    opening: list[Homes] = []
    closing: list[Homes] = []
    diplomas: list[Diplomas] = []
    for index, year in enumerate(calendars.years):
        rng = rng_for(seed, "movement", year)
        _summer_moves(rng, place)
        opening.append(place.homes.copy())
        made = _year(rng, place, index)
        closing.append(place.homes.copy())
        spans.append(made)
        diplomas.append(_diplomas(rng, made))
        place.gone[made.child[made.grade == LAST_GRADE]] = True
    columns = {f.name: np.concatenate([getattr(d, f.name) for d in diplomas]) for f in fields(Diplomas)}
    return Movement(tuple(spans), tuple(opening), tuple(closing), Diplomas(**columns))


def _summer_moves(rng: np.random.Generator, place: _Place) -> None:
    family = place.population.households
    place.homes.resettle(rng, family, place.fate(rng) < 0.035)
    away = place.fate(rng) < 0.012
    place.homes.resettle(rng, family, away)
    place.homes.change_district(away, rng.choice(len(SHARES), family.count, p=SHARES)[family.of])


def _year(rng: np.random.Generator, place: _Place, index: int) -> Spans:
    """Spans of one year. Children are moved along, and whoever leaves the region is marked as gone."""
    year, people = place.calendars.years[index], place.population
    opening, closing = place.calendars.bounds(index)
    all_grades = people.grade(year)
    child = np.flatnonzero((all_grades >= 0) & (all_grades <= LAST_GRADE) & ~place.gone & (people.first_year <= year))
    n, grade = len(child), all_grades[child]
    school = place.school(child, grade)
    calendar = place.calendar(child, school)
    late = rng.random(n) < np.where(people.first_year[child] == year, 0.5, 0.01)
    length = closing[calendar] - opening[calendar]
    first = opening[calendar] + np.where(late, 3 + (rng.random(n) * 0.7 * length).astype(np.int64), 0)

    # what happens to a child in the middle of the year, if anything: families move and leave, a child drops out
    family = people.households
    draw = place.fate(rng)
    stays_in, crosses, leaves = draw < 0.022, (draw >= 0.022) & (draw < 0.031), (draw >= 0.031) & (draw < 0.044)
    when = rng.random(family.count)[family.of]
    goes_to = rng.choice(_LEAVES_TO, family.count, p=_LEAVES_SHARES)[family.of]
    to_district = (place.homes.district + rng.integers(1, len(SHARES), family.count)[family.of]) % len(SHARES)
    place.gone[leaves] = True
    place.homes.resettle(rng, family, stays_in | crosses)
    place.homes.change_district(crosses, to_district)

    stays_in, crosses, leaves = stays_in[child], crosses[child], leaves[child]
    calm = ~(stays_in | crosses | leaves)
    drops = calm & (grade >= 9) & (rng.random(n) < 0.014)
    no_show = calm & ~drops & ~late & (rng.random(n) < 0.004)
    event = first + 10 + (when[child] * np.maximum(closing[calendar] - first - 30, 1)).astype(np.int64)
    event[drops] = (first + 10 + (rng.random(n) * np.maximum(closing[calendar] - first - 30, 1)).astype(np.int64))[drops]
    place.gone[child[drops | no_show]] = True

    moving = stays_in | crosses
    new_school = place.school(child, grade)
    moving &= new_school != school  # others moved house within the zone of their school
    cut_short = moving | leaves | drops

    exit_code = np.where(grade == LAST_GRADE, _senior_exits(rng, n), EXIT["end_of_year"])
    exit_code[leaves] = goes_to[child[leaves]]
    exit_code[drops] = EXIT["dropped_out"]
    exit_code[no_show] = EXIT["no_show"]
    exit_code[moving] = np.where(crosses[moving], EXIT["transfer_in_state"], EXIT["transfer_in_district"])
    stay = Spans(
        year, child, place.schools.district[school], school, calendar, grade, first,
        np.where(cut_short, event, closing[calendar]), exit_code, ~cut_short,
    )  # fmt: skip
    both = _joined(stay, _second_spans(rng, place, stay.take(np.flatnonzero(moving)), new_school[moving], closing))
    return both.take(np.lexsort((both.first, both.child, both.district)))


def _senior_exits(rng: np.random.Generator, rows: int) -> np.ndarray:
    finish = rng.random(rows)
    return np.select([finish < 0.88, finish < 0.91], [EXIT["graduated"], EXIT["other_completion"]], EXIT["end_of_year"])


def _second_spans(rng: np.random.Generator, place: _Place, left: Spans, school: np.ndarray, closing: np.ndarray) -> Spans:
    """The span at the new school, a few days after the old one ended; none where the year is over by then."""
    calendar = place.calendar(left.child, school)
    first = left.last + rng.integers(1, 9, len(school))
    exits = np.where(left.grade == LAST_GRADE, _senior_exits(rng, len(school)), EXIT["end_of_year"])
    to_end = np.ones(len(school), dtype=bool)
    second = Spans(
        left.year, left.child, place.schools.district[school], school, calendar, left.grade, first, closing[calendar], exits, to_end
    )
    return second.take(np.flatnonzero(first < closing[calendar]))


def _joined(one: Spans, two: Spans) -> Spans:
    columns = {f.name: np.concatenate([getattr(one, f.name), getattr(two, f.name)]) for f in fields(Spans) if f.name != "year"}
    return Spans(year=one.year, **columns)


def _diplomas(rng: np.random.Generator, spans: Spans) -> Diplomas:
    done = np.flatnonzero(np.isin(spans.exit, (EXIT["graduated"], EXIT["other_completion"])))
    regular = spans.exit[done] == EXIT["graduated"]
    kind = np.where(regular, 0, rng.integers(1, len(DIPLOMAS), len(done)))
    award = july_first(spans.year) + spans.last[done] + rng.integers(0, 4, len(done))
    return Diplomas(spans.child[done], np.full(len(done), spans.year), kind, award)
