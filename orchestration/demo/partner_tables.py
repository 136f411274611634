"""Two partners that send CSV: one long, one wide.

Belongs here: River Club (members and one row per visit, its own member numbers) and Saturday Scholars (one column per Saturday,
state ids). Does not belong here: workbooks (partner_workbooks.py) or the mentoring database (partner_crm.py).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo.calendars import july_first, year_label
from orchestration.demo.dirt import blank, soil
from orchestration.demo.drop import Delivery, Inbox
from orchestration.demo.participants import People, cost_columns, grades_of, people_of, program_columns, programs_of, session_rows
from orchestration.demo.programs import PROGRAMS
from orchestration.demo.region import STATE_PARTY
from orchestration.demo.text import Columns, constant, dates, decimal, join, number, pick, take
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

RIVER_CLUB, SATURDAY = "partner-river-club", "partner-saturday-scholars"
_SATURDAY = 3


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    _river_club(inbox, world, truth)
    _saturday(inbox, world, truth)


def _river_club(inbox: Inbox, world: World, truth: Truth) -> None:
    """Members are sent whole each year, visits year by year."""
    people = people_of(world, RIVER_CLUB, missing_birth_date=0.12)
    member = number(people.member, 6, "RC")
    truth.knows(people.child, RIVER_CLUB, "member", member, RIVER_CLUB)
    people.erred(truth, member, RIVER_CLUB, "member", RIVER_CLUB)
    own, visits = people.written, 0
    members: Columns = {
        "Member ID": member,
        "First": own.first,
        "Last": people.last,
        "Goes by": own.preferred,
        "Date of Birth": dates(own.birth_date, "%m/%d/%Y"),
        "Sex": own.sex("Boy", "Girl"),
        "Street": people.home.street,
        "ZIP": people.home.zip,
    }
    for index, year in enumerate(world.years):
        if not any(len(world.participation[index][p].child) for p in programs_of(RIVER_CLUB)):
            continue
        with inbox.delivery(RIVER_CLUB, f"{year}-06-28") as out:
            out.csv("programs.csv", program_columns(RIVER_CLUB, "00217"))
            out.csv("members.csv", take(members, people.in_order[people.joined[people.in_order] <= index]), bom=True)
            out.csv(f"costs_{year_label(year)}.csv", cost_columns(world, RIVER_CLUB, index))
            visits = _visits(out, world, index, people, member, visits)


def _visits(out: Delivery, world: World, index: int, people: People, member: pa.Array, visits: int) -> int:
    """Visits and registrations of one year; returns how many visits were numbered so far."""
    year = world.years[index]
    rng = world.rng(RIVER_CLUB, year)
    for p in programs_of(RIVER_CLUB):
        part, program = world.participation[index][p], PROGRAMS[p]
        registered = member.take(pa.array(people.row(part.child)))
        registrations: Columns = {
            "Member ID": registered,
            "Program": constant(program.id, len(part.child)),
            "From": dates(july_first(year) + part.enters, "%m/%d/%Y"),
            "To": dates(july_first(year) + part.leaves, "%m/%d/%Y"),
            "Grade": grades_of(world, part, RIVER_CLUB),
        }
        out.csv(f"registrations_{year_label(year)}.csv", registrations)
        rows = session_rows(part, absences=False)
        n = len(rows.child)
        short = rng.random(n) < 0.15
        columns: Columns = {
            "Visit": number(visits + 1 + np.arange(n)),
            "Member ID": member.take(pa.array(people.row(rows.child))),
            "Program": constant(program.id, n),
            "Date": dates(rows.date, "%m/%d/%Y"),
            "Hours": decimal(np.where(short, program.hours / 2, program.hours)),
        }
        visits += n
        columns, ragged = soil(columns, rng, world.dirt, date="Date")
        out.csv(f"visits_{year_label(year)}.csv", columns, ragged=ragged)
    return visits


def _saturday(inbox: Inbox, world: World, truth: Truth) -> None:
    """Sign-in sheets: a row per participant, a column per Saturday, a line of totals. Each delivery holds all years so far."""
    people = people_of(world, SATURDAY, missing_birth_date=0.25)
    rng = world.rng(SATURDAY)
    state_id = blank(world.ids.state_id(people.child), rng, world.dirt.empty(0.08))
    number_of = number(people.member, prefix="S-")
    truth.knows(people.child, SATURDAY, "participant", number_of, SATURDAY)
    people.erred(truth, number_of, SATURDAY, "participant", SATURDAY)
    truth.knows(people.child, STATE_PARTY, "state", state_id, SATURDAY)
    sheets = [_sign_in(world, index, people, number_of, state_id) for index in range(len(world.years))]
    for last, year in enumerate(world.years):
        if not any(len(world.participation[index][_SATURDAY].child) for index in range(last + 1)):
            continue
        with inbox.delivery(SATURDAY, f"{year}-06-12") as out:
            out.csv("program.csv", program_columns(SATURDAY, "00231"))
            for index in range(last + 1):
                columns, totals = sheets[index]
                label = year_label(world.years[index])
                out.csv(f"Saturday sign-in {label}.csv", columns, before=f"Saturday Scholars sign-in {label}\n\n", after=totals, crlf=True)
                out.csv(f"costs_{label}.csv", cost_columns(world, SATURDAY, index))


def _sign_in(world: World, index: int, people: People, number_of: pa.Array, state_id: pa.Array) -> tuple[Columns, str]:
    part = world.participation[index][_SATURDAY]
    row, own = people.row(part.child), people.written
    place = pa.array(row)
    columns: Columns = {
        "No.": number_of.take(place),
        "State ID": state_id.take(place),
        "Name": join(own.first.take(place), people.last.take(place), sep=" "),
        "First Name": own.first.take(place),
        "Last Name": people.last.take(place),
        "DOB": dates(own.birth_date[row], "m/d/yyyy"),
    }
    days = pc.strftime(pa.array(july_first(part.year) + part.sessions), format="%m/%d/%Y").to_pylist()
    for session, day in enumerate(days):
        mark = part.attended[:, session].astype(np.int64)
        columns[day] = pick(["0", "1"], np.where(part.scheduled[:, session], mark, -1))
    totals = ["TOTAL", "", "", "", "", "", *(str(int(count)) for count in part.attended.sum(axis=0))]
    return columns, ",".join(totals) + "\n"
