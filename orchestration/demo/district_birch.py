"""Birch Valley: a OneRoster 1.1 bundle and a positive register.

Belongs here: Birch's files. A row per child and school day says what was marked, present days too; a day without a row was not
taken. The last year's delivery is sent twice.
Does not belong here: what truly happened (absence.py) or the OneRoster columns (oneroster.py).
"""

import numpy as np
import pyarrow as pa

from orchestration.demo.calendars import DAYS, year_label
from orchestration.demo.dirt import soil
from orchestration.demo.drop import Delivery, Inbox
from orchestration.demo.oneroster import write_bundle
from orchestration.demo.roster import Roll, addresses, day, marked_days, registered, status_groups, year_roll
from orchestration.demo.text import Columns, choose, dates, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

SOURCE, DISTRICT = "district-birch", 1
# by mark: present, excused, unexcused, half excused, half unexcused, suspended, tardy
_CODES = ("P", "E", "A", "HE", "HA", "S", "T")
_NOT_TAKEN = 0.004  # of a school's days: the substitute never opened the register


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """One delivery per school year; the last one arrives a second time a week later."""
    book = registered(world, truth, SOURCE, DISTRICT)
    for index, year in enumerate(world.years):
        roll = year_roll(world, index, DISTRICT)
        if not len(roll.child):
            continue
        with inbox.delivery(SOURCE, f"{year}-07-20") as out:
            write_bundle(out, world, book, roll, binding="1.1", inclusive_exit=True)
            out.csv(f"calendar/school_days_{year_label(year)}.csv", _calendar(world, index))
            out.csv(f"status/student_status_{year_label(year)}.csv", _status(world, index, roll))
            home = addresses(world, truth, book, roll)
            out.csv(
                f"contact/home_{year_label(year)}.csv",
                {"studentId": world.ids.local(DISTRICT, roll.child), "street": home.street, "city": home.city, "zip": home.zip},
            )
            _register(out, world, index, truth)
    inbox.again(SOURCE, f"{world.years[-1]}-07-20", f"{world.years[-1]}-07-27")


def _calendar(world: World, year_index: int) -> Columns:
    """School days only: a date that is not listed is no school day."""
    calendars = world.calendars
    rows = np.flatnonzero(world.schools.district[calendars.school] == DISTRICT)
    row, offset = np.nonzero(calendars.instructional[year_index, rows])
    return {
        "schoolId": pick(world.schools.code, calendars.school[rows[row]]),
        "date": dates(day(calendars.years[year_index], offset)),
    }


def _status(world: World, year_index: int, roll: Roll) -> Columns:
    """One row per child with a column per status."""
    groups = status_groups(world, year_index, roll.child)
    lunch = choose(groups["free"], "F", choose(groups["reduced"], "R", "P"))
    return {
        "studentId": world.ids.local(DISTRICT, roll.child),
        "ell": choose(groups["learner"], "Y", "N"),
        "iep": choose(groups["disability"], "Y", "N"),
        "lunch": lunch,
        "homeless": choose(groups["homeless"], "Y", "N"),
    }


def _register(out: Delivery, world: World, year_index: int, truth: Truth) -> None:
    year = world.years[year_index]
    spans = world.spans(year_index, DISTRICT)
    rng = world.rng("register", DISTRICT, year)
    not_taken = rng.random((len(world.schools.code), DAYS)) < _NOT_TAKEN
    for block in marked_days(world, year_index, DISTRICT, truth):
        row, offset, mark = block.events()
        taken = ~not_taken[spans.school[row], offset]
        row, offset, mark = row[taken], offset[taken], mark[taken]
        columns: Columns = {
            "studentId": world.ids.local(DISTRICT, spans.child).take(pa.array(row)),
            "schoolId": pick(world.schools.code, spans.school[row]),
            "date": dates(day(year, offset)),
            "mark": pick(_CODES, mark),
        }
        columns, ragged = soil(columns, rng, world.dirt, code="mark", date="date")
        out.csv(f"register/attendance_{year_label(year)}.csv", columns, ragged=ragged)
