"""What every partner knows of its participants, before it takes the shape of a file.

Belongs here: a partner's people as it wrote them down, sessions as rows, and what a program costs.
Does not belong here: file layouts (partner_*.py) or who truly takes part (programs.py).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.demo.calendars import july_first
from orchestration.demo.programs import PROGRAMS, Participation
from orchestration.demo.region import GRADES
from orchestration.demo.text import Columns, choose, constant, number, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World
from orchestration.demo.writing import Addresses, Written, write_addresses, write_people

_COST_SHARES = {"staff": 0.68, "space": 0.14, "transport": 0.10, "materials": 0.08}


@dataclass(frozen=True)
class People:
    """Everyone a partner ever served; `row` finds them again. They told name and address when they joined: `joined` is the index of
    the year. `in_order`: rows as they stand in the partner's own lists."""

    child: np.ndarray
    member: np.ndarray
    joined: np.ndarray
    written: Written
    last: pa.Array
    home: Addresses

    def row(self, child: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.child, child)

    @property
    def in_order(self) -> np.ndarray:
        return np.argsort(self.member)

    def erred(self, truth: Truth, ids: pa.Array, issuer: str, system: str, source: str) -> None:
        """Tell the truth what is wrong in these records."""
        truth.erred(ids, issuer, system, source, self.written.errors | self.home.errors)


def programs_of(partner: str) -> list[int]:
    return [i for i, program in enumerate(PROGRAMS) if program.partner == partner]


def people_of(world: World, partner: str, *, missing_birth_date: float) -> People:
    """The partner's people; a partner writes a name down once and errs twice as often as a district."""
    rng, dirt, region = world.rng("people", partner), world.dirt.times(2), world.population.size
    seen = [(y, world.participation[y][p].child) for y in range(len(world.years)) for p in programs_of(partner)]
    child, first = np.unique(np.concatenate([children for _, children in seen]), return_index=True)
    joined = np.repeat([year for year, _ in seen], [len(children) for _, children in seen])[first]
    written = write_people(world.population, child, rng, dirt, missing_birth_date=missing_birth_date)
    home, when = world.movement.opening[0], np.zeros(region, dtype=np.int64)
    when[child] = joined
    for index in range(1, len(world.years)):
        home = world.movement.opening[index].where(when == index, home)
    return People(
        child=child,
        member=1001 + rng.permutation(len(child)),
        joined=joined,
        written=written,
        last=written.last_on(np.array([july_first(year) for year in world.years])[joined]),
        home=write_addresses(home, world.movement.opening[0], child, region, world.rng("addresses", partner), dirt),
    )


@dataclass(frozen=True)
class SessionRows:
    """One row per participant and session: the child, the date, and whether it came."""

    child: np.ndarray
    date: np.ndarray
    came: np.ndarray


def session_rows(part: Participation, *, absences: bool) -> SessionRows:
    """Sessions in the order of their dates; with `absences`, scheduled sessions that were missed stand among them."""
    session, who = np.nonzero((part.scheduled if absences else part.attended).T)
    return SessionRows(part.child[who], july_first(part.year) + part.sessions[session], part.attended[who, session])


def grades_of(world: World, part: Participation, partner: str) -> pa.Array:
    """The grade of each participant in that year, as it was written on the form."""
    rng, dirt, n = world.rng("grades", partner, part.program, part.year), world.dirt.times(2), len(part.child)
    off = np.where(rng.random(n) < dirt.grade_wrong, rng.choice((-1, 1), n), 0)
    written = np.clip(world.population.grade(part.year)[part.child] + off, 0, len(GRADES) - 1)
    return choose(rng.random(n) < dirt.grade_missing, None, pick(GRADES, written))


def program_columns(partner: str, zip_code: str) -> Columns:
    own = [PROGRAMS[p] for p in programs_of(partner)]
    return {
        "program_id": pa.array([program.id for program in own]),
        "program_name": pa.array([program.name for program in own]),
        "issue_area": pa.array([program.issue_area for program in own]),
        "low_grade": pick(GRADES, np.array([program.low for program in own])),
        "high_grade": pick(GRADES, np.array([program.high for program in own])),
        "zip": constant(zip_code, len(own)),
    }


def cost_columns(world: World, partner: str, year_index: int) -> Columns:
    """Cost lines of one year: seats times the cost of a seat, by ingredient."""
    own = programs_of(partner)
    lines = len(_COST_SHARES)
    total = [PROGRAMS[p].cost_per_seat * max(len(world.participation[year_index][p].child), 1) for p in own]
    return {
        "program_id": pick([PROGRAMS[p].id for p in own], np.repeat(np.arange(len(own)), lines)),
        "cost_category": pa.array([*_COST_SHARES] * len(own)),
        "amount": number((np.repeat(total, lines) * np.tile([*_COST_SHARES.values()], len(own))).astype(np.int64)),
    }
