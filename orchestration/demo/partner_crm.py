"""Open Door Mentoring: tables of a nonprofit's database in the Salesforce Program Management layout.

Belongs here: contacts, programs, engagements, services and deliveries. No id of any school stands in them, and most contacts have no
birth date: a name, and for some an address, is all there is to find the child by. Does not belong here: other partners.
"""

import numpy as np
import pyarrow as pa

from orchestration.demo.calendars import july_first, year_label
from orchestration.demo.drop import Inbox
from orchestration.demo.participants import People, cost_columns, grades_of, people_of, program_columns, session_rows
from orchestration.demo.programs import PROGRAMS
from orchestration.demo.text import Columns, choose, constant, dates, decimal, join, number, take
from orchestration.demo.truth import Truth
from orchestration.demo.world import World

OPEN_DOOR = "partner-open-door"
_MENTORING = 4


def write(inbox: Inbox, world: World, truth: Truth) -> None:
    """The whole database, sent in the middle and at the end of the last school year."""
    people = people_of(world, OPEN_DOOR, missing_birth_date=0.88)
    contact = number(people.member, 12, "003A")
    truth.knows(people.child, OPEN_DOOR, "contact", contact, OPEN_DOOR)
    people.erred(truth, contact, OPEN_DOOR, "contact", OPEN_DOOR)
    end = world.years[-1]
    if not len(people.child):
        return
    for until in (f"{end}-01-15", f"{end}-06-30"):
        with inbox.delivery(OPEN_DOOR, until) as out:
            out.csv("Contact.csv", take(_contacts(world, people, contact), people.in_order))
            out.csv("Program__c.csv", _programs())
            out.csv("Service__c.csv", _services())
            engagements, deliveries = _engagements(world, people, contact), _deliveries(world, people, contact)
            limit = np.datetime64(until)
            out.csv("ProgramEngagement__c.csv", take(engagements[0], np.flatnonzero(engagements[1] <= limit)))
            out.csv("ServiceDelivery__c.csv", take(deliveries[0], np.flatnonzero(deliveries[1] <= limit)))
            for index, year in enumerate(world.years):
                out.csv(f"Program_Costs_{year_label(year)}.csv", cost_columns(world, OPEN_DOOR, index))


def _contacts(world: World, people: People, contact: pa.Array) -> Columns:
    own, n = people.written, len(people.child)
    has_address = world.rng(OPEN_DOOR, "contacts").random(n) < 0.6
    return {
        "Id": contact,
        "FirstName": own.first,
        "MiddleName": own.middle,
        "LastName": people.last,
        "Preferred_Name__c": own.preferred,
        "Birthdate": dates(own.birth_date),
        "MailingStreet": choose(has_address, people.home.street, None),
        "MailingPostalCode": choose(has_address, people.home.zip, None),
    }


def _programs() -> Columns:
    own = program_columns(OPEN_DOOR, "00215")
    return {
        "Id": join("a01", own["program_id"]),
        "Name": own["program_name"],
        "ProgramIssueArea__c": own["issue_area"],
        "LowGrade__c": own["low_grade"],
        "HighGrade__c": own["high_grade"],
        "PostalCode__c": own["zip"],
    }


def _services() -> Columns:
    return {
        "Id": pa.array(["a02-1", "a02-2"]),
        "Name": pa.array(["Mentoring hours", "Group meal"]),
        "UnitOfMeasurement__c": pa.array(["Hours", "Meals"]),
        "Program__c": pa.array(["a01MN", "a01MN"]),
    }


def _engagements(world: World, people: People, contact: pa.Array) -> tuple[Columns, np.ndarray]:
    """One engagement per participant and year, and a few volunteers, who are no participants; also the start of each."""
    parts = [year[_MENTORING] for year in world.participation]
    rng = world.rng(OPEN_DOOR, "engagements")
    who = contact.take(pa.array(people.row(np.concatenate([part.child for part in parts]))))
    starts = np.concatenate([july_first(part.year) + part.enters for part in parts])
    ends = np.concatenate([july_first(part.year) + part.leaves for part in parts])
    n = len(starts)
    stage = choose(ends >= np.datetime64(f"{world.years[-1]}-05-01"), "Active", "Completed")
    return {
        "Id": number(np.arange(n) + 1, 10, "a03"),
        "Contact__c": who,
        "Program__c": constant("a01MN", n),
        "Stage__c": choose(rng.random(n) < 0.03, "Waitlisted", stage),
        "Role__c": choose(rng.random(n) < 0.02, "Volunteer", "Client"),
        "StartDate__c": dates(starts),
        "EndDate__c": dates(ends),
        "GradeLevel__c": pa.concat_arrays([grades_of(world, part, OPEN_DOOR) for part in parts]),
    }, starts


def _deliveries(world: World, people: People, contact: pa.Array) -> tuple[Columns, np.ndarray]:
    """Services delivered, most without a status: the quantity means presence. Also the date of each."""
    parts = [session_rows(year[_MENTORING], absences=True) for year in world.participation]
    rng = world.rng(OPEN_DOOR, "deliveries")
    when = np.concatenate([part.date for part in parts])
    came = np.concatenate([part.came for part in parts])
    n = len(when)
    meal = came & (rng.random(n) < 0.1)
    hours = PROGRAMS[_MENTORING].hours
    status = choose(
        came, choose(rng.random(n) < 0.07, "Present", None), choose(rng.random(n) < 0.4, "Excused Absence", "Unexcused Absence")
    )
    return {
        "Id": number(np.arange(n) + 1, 12, "a04"),
        "Contact__c": contact.take(pa.array(people.row(np.concatenate([part.child for part in parts])))),
        "Service__c": choose(meal, "a02-2", "a02-1"),
        "Program__c": constant("a01MN", n),
        "DeliveryDate__c": dates(when),
        "Quantity__c": decimal(np.where(came, np.where(meal, 1.0, hours), 0.0), 1),
        "AttendanceStatus__c": status,
    }, when
