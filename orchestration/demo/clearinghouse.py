"""Returns of the student clearinghouse: which graduates are at which college, in the current StudentTracker detail layout.

Belongs here: one row per student, college and term, one per degree, and one N row where nothing was found. The state agency asked, so
the return field holds the state id. Does not belong here: diplomas (state_longitudinal.py).
"""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow.compute as pc

from orchestration.demo.drop import Inbox
from orchestration.demo.region import STATE_PARTY
from orchestration.demo.stock import plain
from orchestration.demo.text import Columns, choose, constant, dates, join, number, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

SOURCE = "demo-state-nsc"
_COLLEGES = (
    ("009001-00", "RIVERBEND COMMUNITY COLLEGE", "DS", "2-year", "Public"),
    ("009002-00", "STATE UNIVERSITY AT RIVERBEND", "DS", "4-year", "Public"),
    ("009003-00", "CEDAR HILL COLLEGE", "DS", "4-year", "Private"),
    ("009004-00", "NORTHERN PLAINS UNIVERSITY", "NP", "4-year", "Public"),
    ("009005-00", "ALDER TECHNICAL INSTITUTE", "DS", "Less Than 2-year", "Private"),
)
_TWO_YEAR = 0
_STATUS = ("F", "H", "L", "")  # blank: not directory information
_CHOICE = (0.38, 0.34, 0.09, 0.13, 0.06)
_LAYOUT = (
    "Your Unique Identifier", "First Name", "Middle Initial", "Last Name", "Name Suffix", "Requester Return Field", "Record Found Y/N",
    "Search Date", "College Code/Branch", "College Name", "College State", "2-year / 4-year", "Public / Private", "Enrollment Begin",
    "Enrollment End", "Enrollment Status", "Class Level", "Enrollment Major 1", "Enrollment CIP 1", "Enrollment Major 2",
    "Enrollment CIP 2", "Graduated?", "Graduation Date", "Degree Title", "Degree Major 1", "Degree CIP 1", "College Sequence",
)  # fmt: skip


@dataclass(frozen=True)
class _Paths:
    """After school, per diploma: college (-1 = none on record), terms stayed, years waited, intensity."""

    college: np.ndarray
    terms: np.ndarray
    gap: np.ndarray
    status: np.ndarray


@dataclass(frozen=True)
class _Records:
    """One row per record of one pull; `diploma` is whom it is about, dates are NaT where nothing was found."""

    diploma: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    is_degree: np.ndarray


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """Pulled each November; the two newest pulls are here, and the newer one repeats all terms of the older."""
    graduate = world.movement.diplomas
    place = np.argsort(np.argsort(world.ids.state[graduate.child], kind="stable"))
    truth.knows(graduate.child, STATE_PARTY, "state", world.ids.state_id(graduate.child), SOURCE)
    paths = _paths(world)
    for year in world.years[-2:]:
        search = np.datetime64(f"{year}-11-20")
        asked = np.flatnonzero((graduate.kind == 0) & (graduate.year <= year))
        records = _records(graduate.year, asked, paths, search, place)
        with inbox.delivery(SOURCE, f"{year}-11-22") as out:
            out.csv(f"StudentTracker_detail_{year}.csv", _columns(world, paths, records, search, place))


def _paths(world: World) -> _Paths:
    graduate, rng = world.movement.diplomas, world.rng(SOURCE)
    n = len(graduate.child)
    poor = world.population.meal_status[graduate.child] > 0
    college = np.where(rng.random(n) < np.where(poor, 0.52, 0.70), rng.choice(len(_COLLEGES), n, p=_CHOICE), -1)
    return _Paths(
        college=np.where(rng.random(n) < 0.05, -1, college),  # students who asked for privacy look as if not found
        terms=1 + rng.binomial(7, np.where(poor, 0.66, 0.78)),
        gap=(rng.random(n) < 0.12).astype(np.int64),
        status=rng.choice(len(_STATUS), n, p=(0.7, 0.14, 0.1, 0.06)),
    )


def _records(graduated: np.ndarray, asked: np.ndarray, paths: _Paths, search: np.datetime64, place: np.ndarray) -> _Records:
    """In the order of state ids: terms, degrees (rows of their own, without term dates) and one empty record for whoever has neither."""
    asked = asked.astype(np.int64)
    year = graduated[asked] + paths.gap[asked]
    found, terms = paths.college[asked] >= 0, paths.terms[asked]
    parts: list[_Records] = []
    for term in range(8):
        fall = term % 2 == 0
        begins, ends = ((8, 26), (12, 15)) if fall else ((1, 14), (5, 10))
        begin, end = (_date(year + (term + 1) // 2, *day) for day in (begins, ends))
        rows = np.flatnonzero(found & (term < terms) & (begin <= search))
        parts.append(_Records(asked[rows], begin[rows], end[rows], np.zeros(len(rows), dtype=bool)))
    earned = _date(year + 2, 5, 15)
    rows = np.flatnonzero(found & (paths.college[asked] == _TWO_YEAR) & (terms >= 4) & (earned <= search))
    parts.append(_Records(asked[rows], earned[rows], earned[rows], np.ones(len(rows), dtype=bool)))
    none = asked[~np.isin(asked, np.concatenate([part.diploma for part in parts]))]
    nothing = np.full(len(none), np.datetime64("NaT"), dtype="datetime64[D]")
    parts.append(_Records(none, nothing, nothing, np.zeros(len(none), dtype=bool)))
    columns = [np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(_Records)]
    order = np.lexsort((columns[1], place[columns[0]]))
    return _Records(*(column[order] for column in columns))


def _columns(world: World, paths: _Paths, records: _Records, search: np.datetime64, place: np.ndarray) -> Columns:
    n, people, who = len(records.diploma), world.population, records.diploma
    done = world.movement.diplomas
    child = done.child[who]
    found = ~np.isnat(records.begin)
    term = found & ~records.is_degree
    nat = np.datetime64("NaT")
    college = np.where(found, paths.college[who], -1)
    filled: Columns = {
        "Your Unique Identifier": join(number(place[who] + 1, 7), "_"),
        "First Name": pc.utf8_upper(plain(people.first_names(child))),
        "Last Name": pc.utf8_upper(plain(people.surnames_on(child, done.award_date[who]))),
        "Requester Return Field": join(world.ids.state_id(child), "_"),  # comes back with a character added
        "Record Found Y/N": choose(found, "Y", "N"),
        "Search Date": constant(str(search).replace("-", ""), n),
        **{name: pick([c[i] for c in _COLLEGES], college) for i, name in enumerate(_LAYOUT[8:13])},
        "Enrollment Begin": dates(np.where(term, records.begin, nat), "%Y%m%d"),
        "Enrollment End": dates(np.where(term, records.end, nat), "%Y%m%d"),
        "Enrollment Status": pick(_STATUS, np.where(term, paths.status[who], -1)),
        "Graduated?": choose(records.is_degree, "Y", choose(found, "N", None)),
        "Graduation Date": dates(np.where(records.is_degree, records.begin, nat), "%Y%m%d"),
        "Degree Title": choose(records.is_degree, "ASSOCIATE OF ARTS", None),
        "College Sequence": choose(term, "1", None),
    }
    return {name: filled.get(name, constant(None, n)) for name in _LAYOUT}


def _date(year: np.ndarray, month: int, day: int) -> np.ndarray:
    return ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]") + (day - 1)
