"""The children of the demo region as they truly are.

Belongs here: birth, family, names, race, sex, needs and the lasting inclination to miss school: everything that holds over all years,
in numpy columns with one row per child. Does not belong here: which children make a family (households.py), where a family lives and a
child is enrolled in a year (movement.py), how often it is absent (absence.py), how a source misspells it (writing.py).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.demo.households import Households, build_households
from orchestration.demo.seeds import rng_for
from orchestration.demo.stock import first_names, languages, surnames
from orchestration.demo.text import choose, join, pick

RACES = ("hispanic", "black", "white", "asian", "two_or_more", "american_indian", "pacific_islander")
_HISPANIC, _ASIAN = 0, 3
_RACE_SHARES = (0.28, 0.22, 0.38, 0.05, 0.05, 0.01, 0.01)
_POVERTY_BY_RACE = np.array([0.58, 0.60, 0.30, 0.28, 0.42, 0.62, 0.50])
_LEARNER_BY_RACE = np.array([0.34, 0.03, 0.02, 0.32, 0.04, 0.03, 0.20])
_OTHER_SCRIPT = 0.006  # of families
_SURNAME_OF_OWN_GROUP = 0.85
_TWO_PARTS, _TWO_PARTS_HISPANIC = 0.04, 0.35
_OWN_SURNAME = 0.12  # of children: another surname than the family's
_RENAMED = 0.03  # of children, within the years of the region
_TWINS_NAMED_ALIKE = 0.12
_GOES_BY_SHORT_FORM = 0.3
FIRST_NAMES, SURNAMES = first_names().names, surnames().names


@dataclass(frozen=True)
class Population:
    """One row per child; row number = true person. Names are places in FIRST_NAMES and SURNAMES, -1 = none."""

    size: int
    households: Households
    kindergarten_year: np.ndarray  # school year of kindergarten, before any year was repeated
    repeats_after: np.ndarray  # school year that is repeated; 9999 = none
    is_male: np.ndarray
    race: np.ndarray  # index into RACES
    first_name: np.ndarray
    middle_name: np.ndarray
    last_name: np.ndarray
    second_last_name: np.ndarray
    is_hyphenated: np.ndarray  # how the family joins two surnames
    new_last_name: np.ndarray  # from `renamed_on` on
    renamed_on: np.ndarray  # datetime64[D], NaT = never
    goes_by_short_form: np.ndarray
    short_form: np.ndarray  # between 0 and 1: which one
    writes_other_script: np.ndarray
    meal_status: np.ndarray  # 0 none, 1 free, 2 reduced
    has_disability: np.ndarray
    learner_until_grade: np.ndarray  # English learner up to this grade; -1 = never
    homeless_risk: np.ndarray
    absence_leaning: np.ndarray  # standard normal, lasting
    first_year: np.ndarray  # first school year in the region

    @property
    def birth_date(self) -> np.ndarray:
        return self.households.birth_date

    def grade(self, year: int) -> np.ndarray:
        """Grade in a school year: 0 = kindergarten; -1 the year before."""
        return year - self.kindergarten_year - (year > self.repeats_after)

    def first_names(self, child: np.ndarray) -> pa.Array:
        return pick(FIRST_NAMES, self.first_name[child])

    def surnames_on(self, child: np.ndarray, day: np.ndarray | np.datetime64) -> pa.Array:
        """Whole surnames, as the families write them on a day."""
        place, second = (
            np.where(self.renamed_on[child] <= day, self.new_last_name[child], self.last_name[child]),
            self.second_last_name[child],
        )
        one, two = pick(SURNAMES, place), pick(SURNAMES, second)
        return choose(second < 0, one, choose(self.is_hyphenated[child], join(one, two, sep="-"), join(one, two, sep=" ")))


def build_population(children: int, years: tuple[int, ...], seed: int) -> Population:
    rng = rng_for(seed, "population")
    n, start, end = children, years[0], years[-1]
    homes = build_households(children, start - 12, end + 1, seed)
    family, families = homes.of, homes.count
    is_male = rng.random(n) < 0.512
    races = rng.choice(len(RACES), families, p=_RACE_SHARES)
    scripts = np.where(rng.random(families) < _OTHER_SCRIPT, rng.integers(0, len(languages()), families), -1)
    race, script = races[family], scripts[family]
    poor = rng.random(families)[family] < _POVERTY_BY_RACE[race]
    learner = rng.random(families)[family] < _LEARNER_BY_RACE[race]
    last = np.where(rng.random(n) < _OWN_SURNAME, _surnames(rng, race, script), _surnames(rng, races, scripts)[family])
    renamed = rng.random(n) < _RENAMED
    first_day, days = np.datetime64(f"{start - 1}-07-01"), 365 * len(years)
    arrives = rng.random(families)[family]
    two_parts = rng.random(families)[family] < np.where(race == _HISPANIC, _TWO_PARTS_HISPANIC, _TWO_PARTS)
    return Population(
        size=n,
        households=homes,
        kindergarten_year=homes.kindergarten_year,
        repeats_after=np.where(rng.random(n) < 0.03, rng.integers(start, end + 1, n), 9999),
        is_male=is_male,
        race=race,
        first_name=_first_names(rng, homes, is_male, script),
        middle_name=np.where(rng.random(n) < 0.7, _drawn(rng, is_male, script), -1),
        last_name=last,
        second_last_name=np.where(two_parts, _surnames(rng, races, scripts)[family], -1),
        is_hyphenated=rng.random(families)[family] < np.where(race == _HISPANIC, 0.4, 0.95),
        new_last_name=np.where(renamed, _surnames(rng, race, script), -1),
        renamed_on=np.where(renamed, first_day + rng.integers(0, days, n), np.datetime64("NaT")),
        goes_by_short_form=rng.random(n) < _GOES_BY_SHORT_FORM,
        short_form=rng.random(n),
        writes_other_script=script >= 0,
        meal_status=np.where(poor, np.where(rng.random(n) < 0.85, 1, 2), 0),
        has_disability=rng.random(n) < np.where(is_male, 0.19, 0.11),
        learner_until_grade=np.where(learner, rng.integers(1, 13, n), -1),
        homeless_risk=np.where(poor, 0.055, 0.004),
        absence_leaning=0.6 * rng.standard_normal(families)[family] + 0.8 * rng.standard_normal(n),
        first_year=np.where(arrives < 0.12, rng.integers(start, end + 1, families)[family], start - 20),
    )


def _first_names(rng: np.random.Generator, homes: Households, is_male: np.ndarray, script: np.ndarray) -> np.ndarray:
    """No two children of a family bear one name; some twins bear names that differ in a letter or two."""
    drawn = _drawn(rng, is_male, script)
    alike = homes.is_second_twin & (rng.random(len(drawn)) < _TWINS_NAMED_ALIKE)
    drawn[alike] = first_names().next_in_alphabet(drawn[np.flatnonzero(alike) - 1])
    for _ in range(3):
        key = homes.of * len(FIRST_NAMES) + drawn
        again = np.ones(len(key), dtype=bool)
        again[np.unique(key, return_index=True)[1]] = False
        drawn[again] = _drawn(rng, is_male, script)[again]
    return drawn


def _drawn(rng: np.random.Generator, is_male: np.ndarray, script: np.ndarray) -> np.ndarray:
    stock, n = first_names(), len(is_male)
    drawn = np.where(is_male, stock.pools["boy"].draw(rng, n), stock.pools["girl"].draw(rng, n))
    for number, part in enumerate(stock.scripts):
        own = np.where(is_male, part["boy"].draw(rng, n), part["girl"].draw(rng, n))
        drawn = np.where(script == number, own, drawn)
    return drawn


def _surnames(rng: np.random.Generator, race: np.ndarray, script: np.ndarray) -> np.ndarray:
    stock, n = surnames(), len(race)
    own = rng.random(n) < _SURNAME_OF_OWN_GROUP
    drawn = stock.pools["general"].draw(rng, n)
    for kind, code in (("hispanic", _HISPANIC), ("asian", _ASIAN)):
        drawn = np.where(own & (race == code), stock.pools[kind].draw(rng, n), drawn)
    for number, part in enumerate(stock.scripts):
        drawn = np.where(script == number, part["any"].draw(rng, n), drawn)
    return drawn
