"""OneRoster CSV bundles of one district and year, bindings 1.1 and 1.2.

Belongs here: the columns of the standard's rostering files. Does not belong here: attendance, calendars and program status, which
OneRoster does not carry (district_alder.py, district_birch.py).
"""

import numpy as np
import pyarrow as pa

from orchestration.demo import text
from orchestration.demo.calendars import july_first, year_label
from orchestration.demo.dirt import soil
from orchestration.demo.drop import Delivery
from orchestration.demo.movement import Spans
from orchestration.demo.region import DISTRICTS, GRADES
from orchestration.demo.roster import Book, Roll, race_is
from orchestration.demo.text import Columns, constant, dates, join, number, pick
from orchestration.demo.world import World

_CLASS_SIZE = 25
_FILES = ("academicSessions", "classes", "courses", "demographics", "enrollments", "orgs", "users")
_ABSENT = ("categories", "classResources", "courseResources", "lineItems", "resources", "results")
_ABSENT_TWO = (
    "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds", "resultScoreScales", "scoreScales",
    "userProfiles", "userResources",
)  # fmt: skip
_FLAGS = (
    ("american_indian", "americanIndianOrAlaskaNative"), ("asian", "asian"), ("black", "blackOrAfricanAmerican"),
    ("pacific_islander", "nativeHawaiianOrOtherPacificIslander"), ("white", "white"), ("two_or_more", "demographicRaceTwoOrMoreRaces"),
    ("hispanic", "hispanicOrLatinoEthnicity"),
)  # fmt: skip

_BIRTHPLACE = ("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus")


def write_bundle(out: Delivery, world: World, book: Book, roll: Roll, *, binding: str, inclusive_exit: bool) -> None:
    """All files of one bundle, in a folder that names the binding and the school year."""
    folder = f"oneroster_{year_label(roll.year)}"
    two = binding == "1.2"
    sent, absent = ((*_FILES, "roles"), (*_ABSENT, *_ABSENT_TWO)) if two else (_FILES, _ABSENT)
    modes = dict.fromkeys(sent, "bulk") | dict.fromkeys(absent, "absent")
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{binding}"]
    lines += [f"file.{name},{mode}" for name, mode in sorted(modes.items())]
    out.text(f"{folder}/manifest.csv", "\n".join(lines) + "\n")
    session = f"SY{roll.year}"
    out.csv(f"{folder}/orgs.csv", _orgs(world, book.district))
    out.csv(f"{folder}/academicSessions.csv", _session(roll.year, session))
    out.csv(f"{folder}/courses.csv", _courses(session, DISTRICTS[book.district].state_code))
    classes = _ClassList(world, roll)
    out.csv(f"{folder}/classes.csv", classes.columns(session))
    users, ragged = soil(_users(world, book, roll, classes, two=two), world.rng("users", book.district, roll.year), world.dirt)
    out.csv(f"{folder}/users.csv", users, ragged=ragged)
    out.csv(f"{folder}/demographics.csv", _demographics(world, book, roll))
    if two:
        out.csv(f"{folder}/roles.csv", _roles(world, book, roll, inclusive_exit=inclusive_exit))
    out.csv(f"{folder}/enrollments.csv", _enrollments(world, book, roll.spans, classes, inclusive_exit=inclusive_exit))


def _blank(rows: int) -> Columns:
    return {"status": constant(None, rows), "dateLastModified": constant(None, rows)}


def _orgs(world: World, district: int) -> Columns:
    rows = world.schools.rows(district)
    own = DISTRICTS[district]
    n = len(rows) + 1
    return {
        "sourcedId": pa.array([own.state_code, *(world.schools.code[r] for r in rows)]),
        **_blank(n),
        "name": pa.array([own.name, *(world.schools.name[r] for r in rows)]),
        "type": pa.array(["district", *["school"] * len(rows)]),
        "identifier": pa.array([own.state_code, *(world.schools.code[r] for r in rows)]),
        "parentSourcedId": pa.array([None, *[own.state_code] * len(rows)], pa.string()),
        "metadata.postCode": pa.array([None, *(world.schools.zip[r] for r in rows)], pa.string()),
    }


def _session(year: int, session: str) -> Columns:
    row = {
        "sourcedId": session, "status": None, "dateLastModified": None, "title": f"{year_label(year)} School Year", "type": "schoolYear",
        "startDate": f"{year - 1}-07-01", "endDate": f"{year}-06-30", "parentSourcedId": None, "schoolYear": str(year),
    }  # fmt: skip
    return {name: constant(value, 1) for name, value in row.items()}


def _courses(session: str, org: str) -> Columns:
    n = len(GRADES)
    return {
        "sourcedId": pa.array([f"HR-{grade}" for grade in GRADES]),
        **_blank(n),
        "schoolYearSourcedId": constant(session, n),
        "title": pa.array([f"Homeroom {grade}" for grade in GRADES]),
        "courseCode": pa.array([f"HR{grade}" for grade in GRADES]),
        "grades": pa.array(GRADES),
        "orgSourcedId": constant(org, n),
        "subjects": constant("Homeroom", n),
        "subjectCodes": constant(None, n),
    }


class _ClassList:
    """Homerooms of about 25 children per school and grade, one teacher each; a class number per span."""

    def __init__(self, world: World, roll: Roll) -> None:
        spans = roll.spans
        group = spans.school * len(GRADES) + spans.grade
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        sizes = np.diff(np.append(starts, len(order)))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - np.repeat(starts, sizes)
        self._world = world
        self._key = group * 1000 + rank // _CLASS_SIZE
        self.keys = np.unique(self._key)
        self.school = self.keys // 1000 // len(GRADES)
        self.grade = self.keys // 1000 % len(GRADES)
        self.id = join(pick(world.schools.code, self.school), pick(GRADES, self.grade), number(self.keys % 1000 + 1, 2), sep="-")
        self.teacher = join("T", self.id, sep="-")

    def of_spans(self) -> pa.Array:
        return self.id.take(pa.array(np.searchsorted(self.keys, self._key)))

    def columns(self, session: str) -> Columns:
        n, grade = len(self.keys), pick(GRADES, self.grade)
        return {
            "sourcedId": self.id,
            **_blank(n),
            "title": join("Homeroom", self.id, sep=" "),
            "grades": grade,
            "courseSourcedId": join("HR", grade, sep="-"),
            "classCode": self.id,
            "classType": constant("homeroom", n),
            "location": constant(None, n),
            "schoolSourcedId": pick(self._world.schools.code, self.school),
            "termSourcedIds": constant(session, n),
            "subjects": constant("Homeroom", n),
            "subjectCodes": constant(None, n),
            "periods": constant(None, n),
        }


def _users(world: World, book: Book, roll: Roll, classes: _ClassList, *, two: bool) -> Columns:
    """Students, then teachers (who have no grade). The state id stands in userIds as {stateId:...}."""
    own = book.written_for(roll.child)
    students, teachers = len(roll.child), len(classes.keys)
    local = world.ids.local(book.district, roll.child)
    code = world.schools.code
    both = pa.concat_arrays
    school = both([pick(code, roll.school), pick(code, classes.school)])
    role = both([constant("student", students), constant("teacher", teachers)])
    columns: Columns = {"sourcedId": both([local, classes.teacher]), **_blank(students + teachers)}
    columns["enabledUser"] = constant("true", students + teachers)
    if not two:
        columns |= {"orgSourcedIds": school, "role": role}
    none, no_teacher = constant(None, students + teachers), constant(None, teachers)
    columns |= {
        "username": columns["sourcedId"],
        "userIds": both([join("{stateId:", world.ids.state_id(roll.child), "}"), no_teacher]),
        "givenName": both([own.first, constant("Staff", teachers)]),
        "familyName": both([own.last_on(roll.end), constant("Member", teachers)]),
        "middleName": both([own.middle, no_teacher]),
        "identifier": columns["sourcedId"],
        "email": none,
        "sms": none,
        "phone": none,
        "agentSourcedIds": none,
        "grades": both([pick(GRADES, roll.grade), no_teacher]),
        "password": none,
    }
    if two:
        columns |= {
            "userMasterIdentifier": none,
            "preferredGivenName": both([own.preferred, no_teacher]),
            "preferredMiddleName": none,
            "preferredFamilyName": none,
            "primaryOrgSourcedId": school,
            "pronouns": none,
        }
    return columns


def _demographics(world: World, book: Book, roll: Roll) -> Columns:
    own = book.written_for(roll.child)
    return {
        "sourcedId": world.ids.local(book.district, roll.child),
        **_blank(len(roll.child)),
        "birthDate": dates(own.birth_date),
        "sex": own.sex("male", "female"),
        **{column: text.choose(race_is(world, roll.child, race), "true", "false") for race, column in _FLAGS},
        **{name: constant(None, len(roll.child)) for name in _BIRTHPLACE},
    }


def _exit_dates(spans: Spans, *, inclusive: bool) -> np.ndarray:
    """Last day of the span, or the day after it where a district does not count the exit day; June 30 at the year's end."""
    begin = july_first(spans.year)
    if inclusive:
        return begin + spans.last
    return np.where(spans.to_year_end, np.datetime64(f"{spans.year}-06-30"), begin + spans.last + 1)


def _roles(world: World, book: Book, roll: Roll, *, inclusive_exit: bool) -> Columns:
    spans = roll.spans
    n = len(spans.child)
    local = world.ids.local(book.district, spans.child)
    return {
        "sourcedId": join("R", local, number(np.arange(n)), sep="-"),
        **_blank(n),
        "userSourcedId": local,
        "roleType": constant("primary", n),
        "role": constant("student", n),
        "beginDate": dates(july_first(spans.year) + spans.first),
        "endDate": dates(_exit_dates(spans, inclusive=inclusive_exit)),
        "orgSourcedId": pick(world.schools.code, spans.school),
        "userProfileSourcedId": constant(None, n),
    }


def _enrollments(world: World, book: Book, spans: Spans, classes: _ClassList, *, inclusive_exit: bool) -> Columns:
    n = len(spans.child)
    local = world.ids.local(book.district, spans.child)
    return {
        "sourcedId": join("E", local, number(np.arange(n)), sep="-"),
        **_blank(n),
        "classSourcedId": classes.of_spans(),
        "schoolSourcedId": pick(world.schools.code, spans.school),
        "userSourcedId": local,
        "role": constant("student", n),
        "primary": constant("false", n),
        "beginDate": dates(july_first(spans.year) + spans.first),
        "endDate": dates(_exit_dates(spans, inclusive=inclusive_exit)),
    }
