"""What every district knows of its own children in a year, before it takes the shape of a file.

Belongs here: who is on the roll, how the district writes them down, and their program-status groups.
Does not belong here: file layouts (oneroster.py, district_*.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.demo import text
from orchestration.demo.absence import MarkBlock, mark_blocks
from orchestration.demo.calendars import july_first
from orchestration.demo.movement import Spans
from orchestration.demo.names import STREETS
from orchestration.demo.population import RACES
from orchestration.demo.region import DISTRICTS, zip_code, zip_count
from orchestration.demo.truth import Truth, count_marks
from orchestration.demo.world import World
from orchestration.demo.writing import Written, write_people


@dataclass(frozen=True)
class Book:
    """All children a district ever had; its spelling of a name stays the same from year to year."""

    district: int
    child: np.ndarray
    written: Written

    def written_for(self, child: np.ndarray) -> Written:
        rows = np.searchsorted(self.child, child)
        index = pa.array(rows)
        own = self.written
        return Written(own.first.take(index), own.middle.take(index), own.last.take(index), own.preferred.take(index), own.birth_date[rows])


def open_book(world: World, district: int, missing_birth_date: float = 0.0) -> Book:
    seen = [world.spans(i, district).child for i in range(len(world.years))]
    child = np.unique(np.concatenate(seen))
    rng = world.rng("book", district)
    return Book(district, child, write_people(world.population, child, rng, world.dirt, missing_birth_date=missing_birth_date))


def registered(world: World, truth: Truth, source: str, district: int) -> Book:
    """The district's book, its local and state ids noted in the truth."""
    book = open_book(world, district)
    truth.knows(book.child, source, "local", world.ids.local(district, book.child), source)
    truth.knows(book.child, "demo-state", "state", world.ids.state_id(book.child), source)
    return book


@dataclass(frozen=True)
class Roll:
    """Children of a district in one year, each once, with the school and grade of the last span."""

    year: int
    spans: Spans
    child: np.ndarray
    school: np.ndarray
    grade: np.ndarray


def year_roll(world: World, year_index: int, district: int) -> Roll:
    spans = world.spans(year_index, district)
    child, last = np.unique(spans.child[::-1], return_index=True)
    last = len(spans.child) - 1 - last
    return Roll(world.years[year_index], spans, child, spans.school[last], spans.grade[last])


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


def street_address(world: World, child: np.ndarray) -> pa.Array:
    people = world.population
    return text.join(text.number(people.house_number[child]), text.pick(STREETS, people.street[child]), "St", sep=" ")


def zip_of(world: World, child: np.ndarray) -> pa.Array:
    """Home zip code, by the district and zone the child was born into."""
    people = world.population
    counts = [zip_count(people.size, district) for district in DISTRICTS]
    codes = [zip_code(district, i / counts[d], counts[d]) for d, district in enumerate(DISTRICTS) for i in range(counts[d])]
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    home = people.district[child]
    return text.pick(codes, first[home] + (people.zone[child] * np.array(counts)[home]).astype(np.int64))


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
