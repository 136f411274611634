"""The state agency's student file: one row per student and year, and one per diploma.

Belongs here: the longitudinal extract with state ids. Does not belong here: figures the agency publishes (state_published.py).
"""

import numpy as np
import pyarrow as pa

from orchestration.demo.calendars import year_label
from orchestration.demo.dirt import soil
from orchestration.demo.drop import Delivery, Inbox
from orchestration.demo.movement import DIPLOMAS, EXIT
from orchestration.demo.population import RACES
from orchestration.demo.region import GRADES, LAST_GRADE, STATE_PARTY
from orchestration.demo.roster import status_groups
from orchestration.demo.text import Columns, choose, constant, dates, number, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World
from orchestration.demo.writing import Written, write_people

SOURCE = "demo-state-longitudinal"
_RACES = {"hispanic": "H", "black": "B", "white": "W", "asian": "A", "two_or_more": "M/O", "american_indian": "NA", "pacific_islander": "P"}
_DIPLOMA_TYPES = {"regular": "Standard Diploma", "certificate": "Certificate of Completion", "equivalency": "Equivalency"}
_FIRST_HIGH_SCHOOL_GRADE = 9


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """A growing extract each autumn; the last two are here, and the newer one replaces the older."""
    everyone = np.arange(world.population.size)
    own = write_people(world.population, everyone, world.rng(SOURCE), world.dirt)
    state_id = world.ids.state_id(everyone)
    truth.knows(everyone, STATE_PARTY, "state", state_id, SOURCE)
    told = {kind: mask for kind, mask in own.errors.items() if kind.startswith(("birth", "sex"))}
    truth.erred(state_id, STATE_PARTY, "state", SOURCE, told)
    for last in range(max(len(world.years) - 2, 0), len(world.years)):
        with inbox.delivery(SOURCE, f"{world.years[last]}-09-15") as out:
            for index in range(last + 1):
                _student_years(out, world, index, own)
            _diplomas(out, world, world.years[last])


def _student_years(out: Delivery, world: World, index: int, own: Written) -> None:
    spans = world.movement.spans[index]
    child, row = np.unique(spans.child[spans.attends], return_index=True)
    order = np.argsort(world.ids.state[child])
    child, grade = child[order], spans.grade[spans.attends][row[order]]
    people, n = world.population, len(child)
    groups = status_groups(world, index, child)
    rng = world.rng(SOURCE, "dirt", index)
    columns: Columns = {
        "sid": world.ids.state_id(child),
        "school_year": constant(str(spans.year), n),
        "grade_level": pick(GRADES, grade),
        "male": own.take(child).sex("1", "0"),
        "race_ethnicity": pick([_RACES[race] for race in RACES], people.race[child]),
        "birth_date": _days_since_1960(own.birth_date[child]),
        "frpl": choose(groups["free"], "F", choose(groups["reduced"], "R", "N")),
        "iep": choose(groups["disability"], "1", "0"),
        "ell": choose(groups["learner"], "1", "0"),
    }
    columns, ragged = soil(columns, rng, world.dirt, code="race_ethnicity")
    out.csv(f"student_year_{year_label(spans.year)}.csv", columns, ragged=ragged)


def _diplomas(out: Delivery, world: World, until: int) -> None:
    """Everyone who was in grade 12 or left school for good; no diploma is a row too."""
    people, done = world.population, world.movement.diplomas
    last_year = np.zeros(people.size, dtype=np.int64)
    for spans in world.movement.spans:
        if spans.year <= until:
            leaving = ((spans.grade == LAST_GRADE) & spans.attends) | (spans.exit == EXIT["dropped_out"])
            last_year[spans.child[leaving]] = spans.year
    child = np.flatnonzero(last_year)
    child = child[np.argsort(world.ids.state[child])]
    known = done.year <= until
    kind = np.full(people.size, -1)
    award = np.full(people.size, np.datetime64("NaT"), dtype="datetime64[D]")
    kind[done.child[known]], award[done.child[known]] = done.kind[known], done.award_date[known]
    repeated_before = people.repeats_after[child] < people.kindergarten_year[child] + _FIRST_HIGH_SCHOOL_GRADE
    columns: Columns = {
        "sid": world.ids.state_id(child),
        "school_year": number(last_year[child]),
        "first_9th_school_year_reported": number(people.kindergarten_year[child] + _FIRST_HIGH_SCHOOL_GRADE + repeated_before),
        "hs_diploma": choose(kind[child] >= 0, "1", "0"),
        "hs_diploma_type": pick([_DIPLOMA_TYPES[kind] for kind in DIPLOMAS], kind[child]),
        "hs_diploma_date": dates(award[child], "%d%b%Y"),
    }
    out.csv("diplomas.csv", columns)


def _days_since_1960(day: np.ndarray) -> pa.Array:
    return choose(np.isnat(day), None, number(np.where(np.isnat(day), 0, day.astype(np.int64)) + 3653))
