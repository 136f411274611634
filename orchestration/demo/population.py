"""The children of the demo region as they truly are.

Belongs here: birth, name, household, place, race, sex, needs and the lasting inclination to miss school: everything that
holds over all years, in numpy columns with one row per child. Does not belong here: where a child is enrolled in a year
(movement.py), how often it is absent (absence.py), how a source misspells it (writing.py).
"""

from dataclasses import dataclass

import numpy as np

from orchestration.demo import names
from orchestration.demo.region import SHARES
from orchestration.demo.seeds import rng_for

RACES = ("hispanic", "black", "white", "asian", "two_or_more", "american_indian", "pacific_islander")
_RACE_SHARES = (0.28, 0.22, 0.38, 0.05, 0.05, 0.01, 0.01)
_POVERTY_BY_RACE = np.array([0.58, 0.60, 0.30, 0.28, 0.42, 0.62, 0.50])
_LEARNER_BY_RACE = np.array([0.34, 0.03, 0.02, 0.32, 0.04, 0.03, 0.20])
_FAMILY_SIZE = 1.6

SURNAMES = [*names.SURNAMES_GENERAL, *names.SURNAMES_HISPANIC, *names.SURNAMES_ASIAN]
FIRST_NAMES = [*names.GIRLS, *names.BOYS]
_GENERAL, _HISPANIC = len(names.SURNAMES_GENERAL), len(names.SURNAMES_HISPANIC)


@dataclass(frozen=True)
class Population:
    """One row per child; row number = true person."""

    size: int
    birth_date: np.ndarray  # datetime64[D]
    kindergarten_year: np.ndarray  # school year of kindergarten, before any year was repeated
    repeats_after: np.ndarray  # school year that is repeated; 9999 = none
    is_male: np.ndarray
    race: np.ndarray  # index into RACES
    first_name: np.ndarray  # index into FIRST_NAMES
    middle_name: np.ndarray  # index into FIRST_NAMES, -1 = none
    last_name: np.ndarray  # index into SURNAMES
    second_last_name: np.ndarray  # index into SURNAMES, -1 = none
    house_number: np.ndarray
    street: np.ndarray  # index into STREETS
    district: np.ndarray  # home district before any move
    zone: np.ndarray  # place on the district's map, from 0 to 1
    meal_status: np.ndarray  # 0 none, 1 free, 2 reduced
    has_disability: np.ndarray
    learner_until_grade: np.ndarray  # English learner up to this grade; -1 = never
    homeless_risk: np.ndarray
    absence_leaning: np.ndarray  # standard normal, lasting
    first_year: np.ndarray  # first school year in the region

    def grade(self, year: int) -> np.ndarray:
        """Grade in a school year: 0 = kindergarten; -1 the year before."""
        return year - self.kindergarten_year - (year > self.repeats_after)


def build_population(children: int, years: tuple[int, ...], seed: int) -> Population:
    rng = rng_for(seed, "population")
    n, start, end = children, years[0], years[-1]
    family = rng.integers(0, max(1, int(n / _FAMILY_SIZE)), n)
    kindergarten_year = rng.integers(start - 12, end + 2, n)
    # born between September 2 and September 1, so that five years are full when kindergarten begins
    born = (kindergarten_year - 7).astype("U4").astype("datetime64[Y]").astype("datetime64[D]")
    birth_date = born + 244 + rng.integers(0, 365, n)
    is_male = rng.random(n) < 0.512
    if n > 100:
        twin = rng.choice(n, size=(max(1, n // 70), 2), replace=False)
        for column in (family, kindergarten_year, birth_date):
            column[twin[:, 1]] = column[twin[:, 0]]

    families = int(family.max()) + 1 if n else 0
    race = rng.choice(len(RACES), families, p=_RACE_SHARES)[family]
    poor = rng.random(families)[family] < _POVERTY_BY_RACE[race]
    learner = rng.random(families)[family] < _LEARNER_BY_RACE[race]
    surname = _surnames(rng, race, families, family)
    second = np.where(
        (race == 0) & (rng.random(families)[family] < 0.35), rng.integers(_GENERAL, _GENERAL + _HISPANIC, families)[family], -1
    )
    middle = np.where(rng.random(n) < 0.7, _first_names(rng, is_male), -1)
    arrives = rng.random(n)
    first_year = np.where(arrives < 0.12, rng.integers(start, end + 1, n), start - 20)
    return Population(
        size=n,
        birth_date=birth_date,
        kindergarten_year=kindergarten_year,
        repeats_after=np.where(rng.random(n) < 0.03, rng.integers(start, end + 1, n), 9999),
        is_male=is_male,
        race=race,
        first_name=_first_names(rng, is_male),
        middle_name=middle,
        last_name=surname,
        second_last_name=second,
        house_number=rng.integers(1, 2400, families)[family],
        street=rng.integers(0, len(names.STREETS), families)[family],
        district=rng.choice(len(SHARES), families, p=SHARES)[family],
        zone=rng.random(families)[family],
        meal_status=np.where(poor, np.where(rng.random(n) < 0.85, 1, 2), 0),
        has_disability=rng.random(n) < np.where(is_male, 0.19, 0.11),
        learner_until_grade=np.where(learner, rng.integers(1, 13, n), -1),
        homeless_risk=np.where(poor, 0.055, 0.004),
        absence_leaning=0.6 * rng.standard_normal(families)[family] + 0.8 * rng.standard_normal(n),
        first_year=first_year,
    )


def _first_names(rng: np.random.Generator, is_male: np.ndarray) -> np.ndarray:
    """Some names are common and many are rare: squaring a uniform draw leans on a shuffled head of the list."""
    girls, boys = len(names.GIRLS), len(names.BOYS)
    draw = rng.random(len(is_male)) ** 1.7
    girl_order, boy_order = rng.permutation(girls), rng.permutation(boys)
    return np.where(is_male, girls + boy_order[(draw * boys).astype(np.int64)], girl_order[(draw * girls).astype(np.int64)])


def _surnames(rng: np.random.Generator, race: np.ndarray, families: int, family: np.ndarray) -> np.ndarray:
    draw = rng.random(families)[family] ** 1.5
    own = rng.random(families)[family] < 0.85
    low = np.select([own & (race == 0), own & (race == 3)], [_GENERAL, _GENERAL + _HISPANIC], 0)
    high = np.select([own & (race == 0), own & (race == 3)], [_GENERAL + _HISPANIC, len(SURNAMES)], _GENERAL)
    order = np.concatenate([rng.permutation(_GENERAL), _GENERAL + rng.permutation(_HISPANIC),
                            np.arange(_GENERAL + _HISPANIC, len(SURNAMES))])  # fmt: skip
    return order[low + (draw * (high - low)).astype(np.int64)]
