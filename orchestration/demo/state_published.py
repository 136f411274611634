"""What the state agency publishes: aggregates by district, as printed files.

Belongs here: chronic absence, four-year graduation and grade-3 reading of the region's districts among others of the state, with title
lines, ="codes", a state row and `*` where a cell is small. The region's figures follow from the truth; the others are invented.
Does not belong here: student rows (state_longitudinal.py).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo.calendars import year_label
from orchestration.demo.drop import Delivery, Inbox
from orchestration.demo.movement import EXIT
from orchestration.demo.names import PLACES
from orchestration.demo.population import RACES
from orchestration.demo.region import DISTRICTS, LAST_GRADE
from orchestration.demo.roster import status_groups
from orchestration.demo.text import choose, decimal, number, pick, take
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

SOURCE = "demo-state-published"
_OTHERS = 14
_FEWEST, _SMALLEST = 6, 20  # a numerator or its complement, a denominator
_RACE_LABELS = {
    "hispanic": "Hispanic/Latino of any race", "black": "Black or African American", "white": "White", "asian": "Asian",
    "two_or_more": "Two or More Races", "american_indian": "American Indian or Alaska Native",
    "pacific_islander": "Native Hawaiian or Other Pacific Islander",
}  # fmt: skip
_LABELS = {
    "all-students": ["All Students"],
    "race": [_RACE_LABELS[race] for race in RACES],
    "lunch": ["Eligible For Free Lunch", "Eligible For Reduced Lunch", "Not Eligible For Lunch"],
}


@dataclass(frozen=True)
class _Topic:
    """One printed topic: its file name, title and column, about how high others' figures are, and how many students stand behind them."""

    file: str
    title: str
    column: str
    level: float
    part: int = 1  # a topic about one grade has a thirteenth of a district's students


_GRADUATION = _Topic("four-year-graduation-rates", "Four-Year Graduation Rates", "Graduation Rate", 0.88, 13)
_READING = _Topic("grade-3-reading", "State Reading Assessment, Grade 3", "% Level 3 or Above", 0.5, 13)
# By district of the region: numerators and denominators, one per group.
_Counts = list[tuple[np.ndarray, np.ndarray]]


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """One delivery per school year, each November."""
    by_district = truth.child_years()
    for index, year in enumerate(world.years):
        rng = world.rng(SOURCE, year)
        sizes = rng.integers(400, 9000, _OTHERS)
        absence = _Topic("chronic-absenteeism", "Chronic Absenteeism", "% Chronically Absent", 0.12 + 0.1 * (index > 0))
        with inbox.delivery(SOURCE, f"{year}-11-15") as out:
            for name, counts in _chronic(world, by_district.filter(pc.equal(by_district["school_year"], year))).items():
                _print(out, absence, year, name, counts, sizes, rng)
            _print(out, _GRADUATION, year, "all-students", [_seniors(world, index, d) for d in range(len(DISTRICTS))], sizes, rng)
            _print(out, _READING, year, "all-students", [_readers(world, index, d, rng) for d in range(len(DISTRICTS))], sizes, rng)


def _chronic(world: World, totals: pa.Table) -> dict[str, _Counts]:
    """Chronically absent children among those with enough days, by way of grouping."""
    counts: dict[str, _Counts] = {name: [] for name in _LABELS}
    for district in DISTRICTS:
        own = totals.filter(pc.and_(pc.equal(totals["district"], district.party), totals["is_counted"]))
        child, chronic = own["person"].to_numpy(), own["is_chronic"].to_numpy()
        meals = world.population.meal_status[child]
        groups = {"all-students": np.zeros(len(child), dtype=np.int64), "race": world.population.race[child]}
        groups["lunch"] = np.where(meals > 0, meals - 1, 2)
        for name, group in groups.items():
            size = len(_LABELS[name])
            counts[name].append((np.bincount(group, chronic, size), np.bincount(group, minlength=size)))
    return counts


def _print(out: Delivery, topic: _Topic, year: int, name: str, own: _Counts, sizes: np.ndarray, rng: np.random.Generator) -> None:
    """One file: the region's districts, the others, and the state as a district of code 0000000."""
    labels = _LABELS[name]
    others = (sizes[:, None] // topic.part * rng.dirichlet(np.full(len(labels), 2.0), _OTHERS)).astype(np.int64)
    done = rng.binomial(others, np.clip(rng.normal(topic.level, 0.05, others.shape), 0.02, 0.97))
    numerator = np.concatenate([np.stack([n for n, _ in own]), done])
    denominator = np.concatenate([np.stack([d for _, d in own]), others])
    numerator = np.concatenate([numerator, numerator.sum(axis=0, keepdims=True)]).astype(np.int64).ravel()
    denominator = np.concatenate([denominator, denominator.sum(axis=0, keepdims=True)]).ravel()
    district, group = np.divmod(np.arange(len(numerator)), len(labels))
    names = [d.name for d in DISTRICTS] + [f"{PLACES[-1 - i]} School District" for i in range(_OTHERS)] + ["State Level"]
    codes = [d.state_code for d in DISTRICTS] + [f"{(i + 20) * 10 + 1:05d}11" for i in range(_OTHERS)] + ["0000000"]
    hidden = (denominator < _SMALLEST) | (np.minimum(numerator, denominator - numerator) < _FEWEST)
    columns = {
        "District": pick(names, district),
        "District Code": pick([f'="{code}"' for code in codes], district),
        "Group": pick(labels, group),
        "Student Count": choose(hidden, "*", number(denominator)),
        topic.column: choose(hidden, "*", decimal(100 * numerator / np.maximum(denominator, 1), 1)),
    }
    if len(labels) == 1:
        del columns["Group"]
    out.csv(
        f"{topic.file}_{year_label(year)}_{name}.csv",
        take(columns, np.flatnonzero(denominator > 0)),
        before=f'"{topic.title}, {year_label(year)}"\n", {name.replace("-", " ").title()}"\n\n',
        after='"Notes: * data suppressed to protect the privacy of students"\n',
    )


def _seniors(world: World, index: int, district: int) -> tuple[np.ndarray, np.ndarray]:
    """Regular diplomas and the class behind them (grade 12 and those who dropped out of it)."""
    spans = world.spans(index, district)
    cohort = (spans.grade == LAST_GRADE) & ~np.isin(spans.exit, (EXIT["transfer_in_district"], EXIT["transfer_in_state"]))
    return np.array([(cohort & (spans.exit == EXIT["graduated"])).sum()]), np.array([cohort.sum()])


def _readers(world: World, index: int, district: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Third graders at or above the level: poverty and absence lower the chance."""
    spans = world.spans(index, district)
    child = np.unique(spans.child[spans.grade == 3])
    poor = status_groups(world, index, child)["free"]
    rate = world.rates[index].rate[child]
    chance = 0.68 - 0.22 * poor - 1.2 * np.minimum(rate, 0.25)
    return np.array([(rng.random(len(child)) < chance).sum()]), np.array([len(child)])
