"""Two partners that send Excel workbooks.

Belongs here: BrightPath (one workbook per year, titled sheets, a total row, Alder's student numbers) and TechBridge (one growing
workbook, a header of two rows, Cedar's student numbers, names as LAST, FIRST).
Does not belong here: how a workbook is written (workbook.py).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo.calendars import year_label
from orchestration.demo.dirt import blank
from orchestration.demo.drop import Inbox
from orchestration.demo.participants import cost_columns, people_of, program_columns, session_rows
from orchestration.demo.programs import PROGRAMS
from orchestration.demo.text import Columns, choose, constant, dates, join, number, pick
from orchestration.demo.truth import Truth
from orchestration.demo.workbook import Sheet
from orchestration.demo.world import World

BRIGHTPATH, TECHBRIDGE = "partner-brightpath", "partner-techbridge"
_TUTORING, _STEM = 0, 5


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    _brightpath(inbox, world, truth)
    _techbridge(inbox, world, truth)


def _brightpath(inbox: Inbox, world: World, truth: Truth) -> None:
    people = people_of(world, BRIGHTPATH, missing_birth_date=0.06)
    rng = world.rng(BRIGHTPATH)
    missing = rng.random(len(people.child)) < world.dirt.missing_id
    student_number = pa.array(world.ids.alder[people.child], mask=missing)
    truth.knows(people.child, "district-alder", "local", student_number.cast(pa.string()), BRIGHTPATH)
    people.erred(truth, student_number.cast(pa.string()), "district-alder", "local", BRIGHTPATH)
    for index, year in enumerate(world.years):
        part = world.participation[index][_TUTORING]
        if not len(part.child):
            continue
        row = pa.array(people.row(part.child))
        students: Columns = {
            "Student ID": student_number.take(row),
            "Last Name": people.last.take(row),
            "First Name": people.written.first.take(row),
            "Birthday": pa.array(people.written.birth_date[people.row(part.child)]),
            "Start": pa.array(np.datetime64(f"{year - 1}-07-01") + part.enters),
            "End": pa.array(np.datetime64(f"{year - 1}-07-01") + part.leaves),
        }
        rows = session_rows(part, absences=True)
        status = choose(rows.came, "P", choose(rng.random(len(rows.came)) < 0.35, "EX", "AB"))
        sessions: Columns = {
            "Student ID": student_number.take(pa.array(people.row(rows.child))),
            "Date": pa.array(rows.date),
            "Status": choose(rng.random(len(rows.came)) < world.dirt.unmapped_code, "?", status),
            # a number typed as text, as spreadsheets have it
            "Minutes": choose(rows.came, constant("45", len(rows.came)), "0"),
        }
        title = (f"BrightPath Tutoring {year_label(year)}",)
        total = ("Total sessions", "", "", str(int(rows.came.sum() * 45)))
        with inbox.delivery(BRIGHTPATH, f"{year}-06-25") as out:
            out.workbook(
                f"BrightPath {year_label(year)}.xlsx",
                [
                    Sheet("Students", students, before=(title, ())),
                    Sheet("Sessions", sessions, before=(title, ("Internal use only",), ()), after=((), total)),
                    Sheet("Program", program_columns(BRIGHTPATH, "00213")),
                    Sheet("Budget", cost_columns(world, BRIGHTPATH, index)),
                ],
            )


def _techbridge(inbox: Inbox, world: World, truth: Truth) -> None:
    people = people_of(world, TECHBRIDGE, missing_birth_date=0.10)
    rng = world.rng(TECHBRIDGE)
    own = people.written
    name = pc.utf8_upper(join(people.last, own.first, sep=", "))
    local = blank(number(world.ids.cedar[people.child]), rng, world.dirt.missing_id)
    truth.knows(people.child, "district-cedar", "local", local, TECHBRIDGE)
    people.erred(truth, local, "district-cedar", "local", TECHBRIDGE)
    parts = [year[_STEM] for year in world.participation]
    joined = max(len(world.years) - 2, 0)  # the club joined the partnership late; its first workbook held all earlier years
    for last in range(joined, len(world.years)):
        member = np.unique(np.concatenate([part.child for part in parts[: last + 1]]))
        if not len(member):
            continue
        row = people.row(member)
        row = row[np.argsort(world.ids.cedar[member])]
        roster: Columns = {
            "Student ID": local.take(pa.array(row)),
            "Student Name": name.take(pa.array(row)),
            "Student DOB": dates(own.birth_date[row], "m/d/yyyy"),
        }
        rows = [session_rows(part, absences=False) for part in parts[: last + 1]]
        who = people.row(np.concatenate([r.child for r in rows]))
        when = np.concatenate([r.date for r in rows])
        sessions: Columns = {
            "ID": local.take(pa.array(who)),
            "Name": name.take(pa.array(who)),
            "Date": dates(when, "%m/%d/%Y"),
            "Hours": pa.array(np.full(len(who), PROGRAMS[_STEM].hours)),
        }
        costs = [cost_columns(world, TECHBRIDGE, index) for index in range(last + 1)]
        budget: Columns = {"Year": pick([year_label(y) for y in world.years], np.repeat(np.arange(last + 1), len(costs[0]["amount"])))}
        budget |= {column: pa.concat_arrays([cost[column] for cost in costs]) for column in costs[0]}
        with inbox.delivery(TECHBRIDGE, f"{world.years[last]}-06-18") as out:
            out.workbook(
                "TechBridge STEM Club.xlsx",
                [
                    Sheet("Roster", roster),
                    # a header of two rows: the group stands once, above its columns
                    Sheet("Log", sessions, before=(("STEM Club session log",), (), ("Student", "", "Session", ""))),
                    Sheet("Program", program_columns(TECHBRIDGE, "00262")),
                    Sheet("Budget", budget),
                ],
            )
