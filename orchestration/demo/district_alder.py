"""Alder City: a OneRoster 1.2 bundle and the attendance export of its own system.

Belongs here: Alder's files. Its register is negative: a row per absence, with the portion of the day missed; no row is a present day.
Does not belong here: what truly happened (absence.py) or the OneRoster columns (oneroster.py).
"""

import numpy as np
import pyarrow as pa

from orchestration.demo import text
from orchestration.demo.absence import EXCUSED, FRACTION, HALF_EXCUSED, HALF_UNEXCUSED, SUSPENDED, UNEXCUSED
from orchestration.demo.calendars import DAYS, year_label
from orchestration.demo.dirt import soil
from orchestration.demo.drop import Delivery, Inbox
from orchestration.demo.oneroster import write_bundle
from orchestration.demo.roster import Roll, addresses, day, marked_days, registered, status_groups, year_roll
from orchestration.demo.text import Columns, constant, dates, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

SOURCE, DISTRICT = "district-alder", 0
# by mark: present, excused, unexcused, half excused, half unexcused, suspended
_CODES = ("", "AE", "AU", "AE", "AU", "SO")
_PORTION = [f"{value:g}" for value in FRACTION]
_PROGRAMS = {"learner": "LEP", "disability": "SPED", "free": "FRL-F", "reduced": "FRL-R", "homeless": "MKV"}


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """One delivery per school year, ten days after it ends."""
    book = registered(world, truth, SOURCE, DISTRICT)
    for index, year in enumerate(world.years):
        roll = year_roll(world, index, DISTRICT)
        if not len(roll.child):
            continue
        with inbox.delivery(SOURCE, f"{year}-07-10") as out:
            write_bundle(out, world, book, roll, binding="1.2", inclusive_exit=False)
            out.csv(f"sis/calendar_{year_label(year)}.csv", _calendar(world, index))
            out.csv(f"sis/program_status_{year_label(year)}.csv", _program_status(world, index, roll))
            home = addresses(world, truth, book, roll)
            out.csv(
                f"sis/addresses_{year_label(year)}.csv",
                {"STUDENT_NUMBER": world.ids.local(DISTRICT, roll.child), "STREET": home.street, "CITY": home.city, "ZIP": home.zip},
            )
            _attendance(out, world, index, truth)


def _calendar(world: World, year_index: int) -> Columns:
    """Every weekday of the year per school; type I = instruction, H = no school."""
    calendars = world.calendars
    rows = np.flatnonzero(world.schools.district[calendars.school] == DISTRICT)
    year = calendars.years[year_index]
    offsets = np.arange(DAYS - 1)
    offsets = offsets[np.is_busday(day(year, offsets))]
    row, place = np.repeat(rows, len(offsets)), np.tile(offsets, len(rows))
    return {
        "SCHOOL": pick(world.schools.code, calendars.school[row]),
        "CAL_DATE": dates(day(year, place)),
        "DAY_TYPE": text.choose(calendars.instructional[year_index, row, place], "I", "H"),
    }


def _program_status(world: World, year_index: int, roll: Roll) -> Columns:
    groups = status_groups(world, year_index, roll.child)
    parts = [np.flatnonzero(groups[name]) for name in _PROGRAMS]
    rows = np.concatenate(parts)
    n, year = len(rows), world.years[year_index]
    rng = world.rng("status", DISTRICT, year)
    # most statuses hold all year; some begin in the middle of it
    begin = np.where(rng.random(n) < 0.12, rng.integers(40, 250, n), 0)
    return {
        "STUDENT_NUMBER": world.ids.local(DISTRICT, roll.child[rows]),
        "PROGRAM": pick(list(_PROGRAMS.values()), np.repeat(np.arange(len(parts)), [len(part) for part in parts])),
        "BEGIN_DATE": dates(day(year, begin)),
        "END_DATE": dates(day(year, np.full(n, DAYS - 2))),
    }


def _attendance(out: Delivery, world: World, year_index: int, truth: Truth) -> None:
    year = world.years[year_index]
    spans = world.spans(year_index, DISTRICT)
    rng = world.rng("attendance dirt", DISTRICT, year)
    for block in marked_days(world, year_index, DISTRICT, truth):
        row, offset, mark = block.events(EXCUSED, UNEXCUSED, HALF_EXCUSED, HALF_UNEXCUSED, SUSPENDED)
        columns: Columns = {
            "STUDENT_NUMBER": world.ids.local(DISTRICT, spans.child[row]),
            "SCHOOL": pick(world.schools.code, spans.school[row]),
            "ATT_DATE": dates(day(year, offset)),
            "ATT_CODE": pick(_CODES, mark),
            "PORTION": pick(_PORTION, mark),
            "COMMENT": _comments(rng, len(row)),
        }
        columns, ragged = soil(columns, rng, world.dirt, code="ATT_CODE", date="ATT_DATE")
        out.csv(f"sis/attendance_{year_label(year)}.csv", columns, ragged=ragged)


def _comments(rng: np.random.Generator, rows: int) -> pa.Array:
    """Free text that the contract does not name, so it is never read."""
    notes = ["parent called", "note on file", "no contact", "clinic"]
    return text.choose(rng.random(rows) < 0.1, pick(notes, rng.integers(0, len(notes), rows)), constant(None, rows))
