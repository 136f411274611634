"""The early-childhood network: one file a year of the children in its centres and how ready they were in spring.

Belongs here: the network's own child numbers, names, centres and readiness scores. Does not belong here: kindergarten itself.
"""

import numpy as np
import pyarrow as pa

from orchestration.demo.calendars import year_label
from orchestration.demo.dirt import blank, soil
from orchestration.demo.drop import Inbox
from orchestration.demo.text import Columns, constant, dates, number, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World
from orchestration.demo.writing import write_addresses, write_people

SOURCE = "early-childhood-network"
_CENTRES = (
    ("EC1", "Acorn Early Learning", "00211"), ("EC2", "Little River Preschool", "00214"), ("EC3", "Birch Tree Head Start", "00230"),
    ("EC4", "Cedar Playhouse", "00261"), ("EC5", "First Steps Alder", "00216"),
)  # fmt: skip
_SHARE = 0.42
_READY = 270


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """Each June, about the children who enter kindergarten in autumn."""
    people = world.population
    rng = world.rng(SOURCE)
    attends = rng.random(people.size) < _SHARE
    child_number = 5001 + rng.permutation(people.size)
    centre = rng.integers(0, len(_CENTRES), people.size)
    score = np.clip(rng.normal(268 - 7 * (people.meal_status > 0) - 4 * people.absence_leaning, 14), 202, 298).round().astype(np.int64)
    moved, dirt = world.movement, world.dirt.times(2)
    for index, year in enumerate(world.years):
        child = np.flatnonzero(attends & (people.kindergarten_year == year + 1))
        child = child[np.argsort(child_number[child])]
        written = write_people(people, child, world.rng(SOURCE, year), dirt, missing_birth_date=0.02)
        before = moved.opening[max(index - 1, 0)]
        home = write_addresses(moved.opening[index], before, child, people.size, world.rng(SOURCE, "addresses"), dirt)
        numbers = number(child_number[child], prefix="EC-")
        truth.knows(child, SOURCE, "child", numbers, SOURCE)
        truth.erred(numbers, SOURCE, "child", SOURCE, written.errors | home.errors)
        n = len(child)
        columns: Columns = {
            "ChildID": numbers,
            "First": written.first,
            "Last": written.last_on(np.datetime64(f"{year}-06-20")),
            "BirthDate": dates(written.birth_date, "%m/%d/%Y"),
            "Sex": written.sex("M", "F"),
            "HomeStreet": home.street,
            "HomeZip": home.zip,
            "CenterID": pick([c[0] for c in _CENTRES], centre[child]),
            "Enrolled": constant(f"09/0{2 + year % 3}/{year - 1}", n),
            "AssessedOn": constant(f"05/1{year % 5}/{year}", n),
            "ReadinessScore": blank(number(score[child]), world.rng(SOURCE, "scores", year), world.dirt.empty(0.05)),
            "Level": pick(["Emerging", "Approaching", "Demonstrating"], np.digitize(score[child], [258, _READY])),
        }
        columns, ragged = soil(columns, world.rng(SOURCE, "dirt", year), world.dirt, date="BirthDate")
        with inbox.delivery(SOURCE, f"{year}-06-20") as out:
            if n:
                out.csv("centers.csv", {name: pa.array([c[i] for c in _CENTRES]) for i, name in enumerate(("CenterID", "Name", "Zip"))})
            out.csv(f"children_{year_label(year)}.csv", columns, bom=True, ragged=ragged)
