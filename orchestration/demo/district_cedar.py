"""Cedar County: plain CSV exports of a student information system, with codes of its own.

Belongs here: Cedar's files: Windows line ends, m/d/yyyy dates, local codes. One year is sent again in autumn, because the first
attendance file lacked a month at one school.
Does not belong here: what truly happened (absence.py).
"""

import numpy as np

from orchestration.demo import text
from orchestration.demo.absence import EXCUSED, HALF_EXCUSED, HALF_UNEXCUSED, SUSPENDED, TARDY, UNEXCUSED
from orchestration.demo.calendars import DAYS, july_first, year_label
from orchestration.demo.dirt import soil
from orchestration.demo.drop import Delivery, Inbox
from orchestration.demo.movement import EXIT, EXITS
from orchestration.demo.population import RACES
from orchestration.demo.region import DISTRICTS, LEVEL_GRADES
from orchestration.demo.roster import Book, Roll, addresses, day, marked_days, open_book, status_groups, year_roll
from orchestration.demo.text import Columns, choose, constant, dates, pick
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

SOURCE, DISTRICT = "district-cedar", 2
_GRADES = ["K", *(str(grade) for grade in range(1, 13))]
_CODES = ("", "EXC", "UNX", "EXH", "UNH", "OSS", "TDY")
_ETHNICITY = {
    "hispanic": "H",
    "black": "B",
    "white": "W",
    "asian": "A",
    "two_or_more": "M",
    "american_indian": "I",
    "pacific_islander": "P",
}
_EXIT_CODES = {
    "end_of_year": "", "graduated": "G01", "other_completion": "G02", "transfer_in_district": "W01", "transfer_in_state": "W02",
    "transfer_out_of_state": "W03", "home_school": "W04", "private_school": "W05", "dropped_out": "W10", "no_show": "NS",
}  # fmt: skip
_PROGRAMS = {"learner": "ESL", "disability": "IEP", "free": "FREE", "reduced": "REDU", "homeless": "HOM"}
_FEBRUARY = (215, 242)


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """One delivery per school year; the one before last comes again, corrected."""
    book = open_book(world, truth, SOURCE, DISTRICT)
    truth.knows(book.child, "demo-state", "state", world.ids.state_id(book.child, at_cedar=True), SOURCE)
    corrected = len(world.years) - 2
    for index, year in enumerate(world.years):
        _delivery(inbox, world, index, book, f"{year}-08-01", truth, february_lost=index == corrected)
    if corrected >= 0:
        _delivery(inbox, world, corrected, book, f"{world.years[corrected]}-10-05", None, february_lost=False)


def _delivery(inbox: Inbox, world: World, index: int, book: Book, name: str, truth: Truth | None, *, february_lost: bool) -> None:
    label = year_label(world.years[index])
    roll = year_roll(world, index, DISTRICT)
    if not len(roll.child):
        return
    with inbox.delivery(SOURCE, name) as out:
        out.csv(f"Schools_{label}.csv", _schools(world), crlf=True)
        students, ragged = soil(_students(world, truth, book, roll), world.rng("students", DISTRICT, index), world.dirt, code="Ethnicity")
        out.csv(f"Students_{label}.csv", students, bom=True, crlf=True, ragged=ragged)
        out.csv(f"Enrollment_{label}.csv", _enrollment(world, index), crlf=True)
        out.csv(f"Calendar_{label}.csv", _calendar(world, index), crlf=True)
        out.csv(f"Programs_{label}.csv", _programs(world, index, roll), crlf=True)
        _attendance(out, world, index, truth, february_lost=february_lost)


def _schools(world: World) -> Columns:
    rows = world.schools.rows(DISTRICT)
    schools, n = world.schools, len(rows)
    return {
        "SchoolCode": pick(schools.code, rows),
        "SchoolName": pick(schools.name, rows),
        "DistrictCode": constant(DISTRICTS[DISTRICT].state_code, n),
        "LowGrade": pick([low for low, _ in LEVEL_GRADES], schools.level[rows]),
        "HighGrade": pick([high for _, high in LEVEL_GRADES], schools.level[rows]),
        "Zip": pick(schools.zip, rows),
    }


def _students(world: World, truth: Truth | None, book: Book, roll: Roll) -> Columns:
    own = book.written_for(roll.child)
    people, home = world.population, addresses(world, truth, book, roll)
    return {
        "StudentID": world.ids.local(DISTRICT, roll.child),
        "StateID": world.ids.state_id(roll.child, at_cedar=True),
        "LastName": own.last_on(roll.end),
        "FirstName": own.first,
        "MI": own.middle,
        "Nickname": own.preferred,
        "DOB": dates(own.birth_date, "m/d/yyyy"),
        "Gender": own.sex("M", "F"),
        "Ethnicity": pick([_ETHNICITY[race] for race in RACES], people.race[roll.child]),
        "Address": home.street,
        "City": home.city,
        "Zip": home.zip,
    }


def _enrollment(world: World, index: int) -> Columns:
    """Spans, no-shows among them: they have an exit date before their first day of school."""
    everyone = world.movement.spans[index]
    own = np.flatnonzero(everyone.district == DISTRICT)
    spans = everyone.take(own[np.lexsort((everyone.first[own], world.ids.numbers(DISTRICT)[everyone.child[own]]))])
    begin = july_first(spans.year)
    no_show = spans.exit == EXIT["no_show"]
    left = np.where(spans.to_year_end, np.datetime64(f"{spans.year}-06-30"), begin + spans.last + 1)
    left = np.where(no_show, begin + spans.first, left)
    return {
        "StudentID": world.ids.local(DISTRICT, spans.child),
        "SchoolCode": pick(world.schools.code, spans.school),
        "Grade": pick(_GRADES, spans.grade),
        "Track": pick(world.calendars.track, spans.calendar),
        "EntryDate": dates(begin + spans.first, "m/d/yyyy"),
        "ExitDate": dates(left, "m/d/yyyy"),
        "ExitCode": pick([_EXIT_CODES[name] for name in EXITS], spans.exit),
    }


def _calendar(world: World, index: int) -> Columns:
    calendars = world.calendars
    rows = np.flatnonzero(world.schools.district[calendars.school] == DISTRICT)
    year = calendars.years[index]
    offsets = np.arange(DAYS - 1)
    offsets = offsets[np.is_busday(day(year, offsets))]
    row, place = np.repeat(rows, len(offsets)), np.tile(offsets, len(rows))
    return {
        "SchoolCode": pick(world.schools.code, calendars.school[row]),
        "Track": pick(calendars.track, row),
        "Date": dates(day(year, place), "m/d/yyyy"),
        "InSession": choose(calendars.instructional[index, row, place], "1", "0"),
    }


def _programs(world: World, index: int, roll: Roll) -> Columns:
    groups = status_groups(world, index, roll.child)
    parts = [np.flatnonzero(groups[name]) for name in _PROGRAMS]
    rows = np.concatenate(parts)
    year = world.years[index]
    return {
        "StudentID": world.ids.local(DISTRICT, roll.child[rows]),
        "ProgramCode": pick(list(_PROGRAMS.values()), np.repeat(np.arange(len(parts)), [len(part) for part in parts])),
        "StartDate": constant(f"7/1/{year - 1}", len(rows)),
        "EndDate": constant(f"6/30/{year}", len(rows)),
    }


def _attendance(out: Delivery, world: World, index: int, truth: Truth | None, *, february_lost: bool) -> None:
    year = world.years[index]
    spans = world.spans(index, DISTRICT)
    rng = world.rng("attendance dirt", DISTRICT, year)
    forgetful = world.schools.first[DISTRICT, 1]
    for block in marked_days(world, index, DISTRICT, truth):
        row, offset, mark = block.events(EXCUSED, UNEXCUSED, HALF_EXCUSED, HALF_UNEXCUSED, SUSPENDED, TARDY)
        if february_lost:
            there = ~((spans.school[row] == forgetful) & (offset >= _FEBRUARY[0]) & (offset <= _FEBRUARY[1]))
            row, offset, mark = row[there], offset[there], mark[there]
        columns: Columns = {
            "StudentID": world.ids.local(DISTRICT, spans.child[row]),
            "SchoolCode": pick(world.schools.code, spans.school[row]),
            "AbsenceDate": dates(day(year, offset), "m/d/yyyy"),
            "Code": text.pick(_CODES, mark),
        }
        columns, ragged = soil(columns, rng, world.dirt, code="Code", date="AbsenceDate")
        out.csv(f"Attendance_{year_label(year)}.csv", columns, crlf=True, ragged=ragged)
