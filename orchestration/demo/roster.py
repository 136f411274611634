"""What every district knows of its own children in a year, before it takes the shape of a file.

Belongs here: who is on the roll, how the district writes them down, where they live, and their program-status groups.
Does not belong here: file layouts (oneroster.py, district_*.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from orchestration.demo.absence import MarkBlock, mark_blocks
from orchestration.demo.calendars import july_first
from orchestration.demo.movement import Spans
from orchestration.demo.population import RACES
from orchestration.demo.truth import Truth, count_marks
from orchestration.demo.world import World
from orchestration.demo.writing import Addresses, Written, write_addresses, write_people


@dataclass(frozen=True)
class Book:
    """All children a district ever had; its spelling of a name stays the same from year to year, until the child is renamed."""

    source: str
    district: int
    child: np.ndarray
    written: Written

    def written_for(self, child: np.ndarray) -> Written:
        return self.written.take(np.searchsorted(self.child, child))


def open_book(world: World, truth: Truth, source: str, district: int, missing_birth_date: float = 0.0) -> Book:
    """The district's book, its local ids and what is wrong in it noted in the truth."""
    seen = [world.spans(i, district).child for i in range(len(world.years))]
    child = np.unique(np.concatenate(seen))
    rng = world.rng("book", district)
    book = Book(source, district, child, write_people(world.population, child, rng, world.dirt, missing_birth_date=missing_birth_date))
    local = world.ids.local(district, child)
    truth.knows(child, source, "local", local, source)
    truth.erred(local, source, "local", source, book.written.errors)
    return book


def registered(world: World, truth: Truth, source: str, district: int) -> Book:
    """The same with the state's ids, right ones."""
    book = open_book(world, truth, source, district)
    truth.knows(book.child, "demo-state", "state", world.ids.state_id(book.child), source)
    return book


@dataclass(frozen=True)
class Roll:
    """Children of a district in one year, each once, with the school and grade of the last span, in the order of their student numbers.

    `stays`: the last span runs to the end of the year."""

    year: int
    spans: Spans
    child: np.ndarray
    school: np.ndarray
    grade: np.ndarray
    stays: np.ndarray

    @property
    def end(self) -> np.datetime64:
        return np.datetime64(f"{self.year}-06-30")


def year_roll(world: World, year_index: int, district: int) -> Roll:
    spans = world.spans(year_index, district)
    last = np.flatnonzero(np.append(np.diff(spans.child) != 0, True)) if len(spans.child) else np.zeros(0, dtype=np.int64)
    return Roll(world.years[year_index], spans, spans.child[last], spans.school[last], spans.grade[last], spans.to_year_end[last])


def addresses(world: World, truth: Truth | None, book: Book, roll: Roll) -> Addresses:
    """Addresses of the roll at the end of the year; whoever left in the middle of it has not told the new one."""
    index = world.years.index(roll.year)
    stays = np.zeros(world.population.size, dtype=bool)
    stays[roll.child[roll.stays]] = True
    moved = world.movement
    now, before = moved.closing[index].where(stays, moved.opening[index]), moved.opening[max(index - 1, 0)]
    made = write_addresses(now, before, roll.child, world.population.size, world.rng("addresses", book.district), world.dirt)
    if truth is not None:
        truth.erred(world.ids.local(book.district, roll.child), book.source, "local", book.source, made.errors)
    return made


def status_groups(world: World, year_index: int, child: np.ndarray) -> dict[str, np.ndarray]:
    """Which of the children belong to which program-status group in the year."""
    people = world.population
    return {
        "learner": people.learner_until_grade[child] >= world.grade(year_index, child),
        "disability": people.has_disability[child],
        "free": people.meal_status[child] == 1,
        "reduced": people.meal_status[child] == 2,
        "homeless": world.rates[year_index].is_homeless[child],
    }


def race_is(world: World, child: np.ndarray, race: str) -> np.ndarray:
    return world.population.race[child] == RACES.index(race)


def day(year: int, offset: np.ndarray) -> np.ndarray:
    return july_first(year) + offset


def marked_days(world: World, year_index: int, district: int, truth: Truth | None = None) -> Iterator[MarkBlock]:
    """The true marks of a district and year, block by block; with `truth`, their totals are kept aside on the way."""
    spans = world.spans(year_index, district)
    totals: list[tuple[np.ndarray, np.ndarray]] = []
    for block in mark_blocks(spans, world.rates[year_index], world.calendars, year_index, district, world.seed):
        totals.append((block.rows, count_marks(block)))
        yield block
    if truth is not None:
        truth.attendance(world, spans, district, totals)
