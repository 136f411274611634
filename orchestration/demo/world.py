"""The whole true region in one object, which every writer of files reads.

Belongs here: putting the true parts together in the order in which they depend on each other, and the ids that parties issue.
Does not belong here: files of any kind.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.demo import text
from orchestration.demo.absence import Rates, year_rates
from orchestration.demo.calendars import Calendars, build_calendars
from orchestration.demo.dirt import Dirt
from orchestration.demo.movement import Movement, Spans, build_movement
from orchestration.demo.population import Population, build_population
from orchestration.demo.programs import PROGRAMS, Participation, effect_next_year, year_participation
from orchestration.demo.region import Schools, build_schools
from orchestration.demo.seeds import rng_for


@dataclass(frozen=True)
class Ids:
    """Ids by child. Alder and Cedar number from the same start, so their local ids meet and mean different children."""

    alder: np.ndarray
    birch: np.ndarray
    cedar: np.ndarray
    state: np.ndarray
    state_at_cedar: np.ndarray  # what Cedar holds as state id: a second id for some, another child's for a few

    def numbers(self, district: int) -> np.ndarray:
        """The district's numbers of all children of the region, had it all of them."""
        return (self.alder, self.birch, self.cedar)[district]

    def local(self, district: int, child: np.ndarray) -> pa.Array:
        own = self.numbers(district)[child]
        return text.number(own, 7, "BV") if district == 1 else text.number(own)

    def state_id(self, child: np.ndarray, *, at_cedar: bool = False) -> pa.Array:
        return text.number((self.state_at_cedar if at_cedar else self.state)[child])


@dataclass(frozen=True)
class World:
    """The truth. `participation[year index][program index]`."""

    seed: int
    years: tuple[int, ...]
    dirt: Dirt
    population: Population
    schools: Schools
    calendars: Calendars
    movement: Movement
    rates: tuple[Rates, ...]
    participation: tuple[list[Participation], ...]
    ids: Ids

    def rng(self, *part: str | int) -> np.random.Generator:
        return rng_for(self.seed, *part)

    def spans(self, year_index: int, district: int | None = None) -> Spans:
        """Spans of the year; those of one district without no-shows, in the order of its student numbers."""
        spans = self.movement.spans[year_index]
        if district is None:
            return spans
        own = np.flatnonzero((spans.district == district) & spans.attends)
        return spans.take(own[np.lexsort((spans.first[own], self.ids.numbers(district)[spans.child[own]]))])

    def grade(self, year_index: int, child: np.ndarray) -> np.ndarray:
        return np.clip(self.population.grade(self.years[year_index])[child], 0, 12)


def build_world(children: int, seed: int, years: tuple[int, ...], dirt: Dirt) -> World:
    population = build_population(children, years, seed)
    schools = build_schools(children)
    calendars = build_calendars(years, schools)
    movement = build_movement(population, schools, calendars, seed)
    rates: list[Rates] = []
    participation: list[list[Participation]] = []
    effect = np.zeros(children)
    before: dict[int, np.ndarray] = {}
    for index in range(len(years)):
        spans = movement.spans[index]
        last_rates = rates[-1].rate if rates else np.full(children, np.nan)
        rates.append(year_rates(population, spans, index, len(schools.code), effect, seed))
        participation.append(year_participation(spans, last_rates, before, children, seed))
        effect = effect_next_year(participation[-1], children)
        before = {p: participation[-1][p].child for p in range(len(PROGRAMS))}
    ids = _issue_ids(children, seed, dirt)
    return World(seed, years, dirt, population, schools, calendars, movement, tuple(rates), tuple(participation), ids)


def _issue_ids(children: int, seed: int, dirt: Dirt) -> Ids:
    rng = rng_for(seed, "ids")
    state = 9_000_000_000 + 7 * rng.permutation(children)
    at_cedar = state.copy()
    second = rng.random(children) < dirt.two_state_ids
    at_cedar[second] += 3  # issued when the child was enrolled a second time; never equal to a first id
    wrong = np.flatnonzero(rng.random(children) < dirt.state_id_of_another)
    at_cedar[wrong] = state[rng.permutation(wrong)] if len(wrong) > 1 else at_cedar[wrong]
    return Ids(
        alder=100_000 + rng.permutation(children),
        birch=1 + rng.permutation(children),
        cedar=100_000 + rng.permutation(children),
        state=state,
        state_at_cedar=at_cedar,
    )
