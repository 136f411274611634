"""The landing folder of examples and the days worked out by hand beside it.

Does not belong here: reading deliveries or running dbt (the tests do).
"""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.contracts import Contract, load_contracts

EXAMPLES = Path(__file__).parents[2] / "examples"
# (source, student, school, date): status and share missed, None where nobody knows
Days = dict[tuple[str, str, str, str], tuple[str, Decimal | None]]


def contracts() -> dict[str, Contract]:
    return load_contracts(EXAMPLES / "contracts")


def days_by_hand() -> Days:
    found: Days = {}
    with (EXAMPLES / "days.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            source, student, school = row.pop("source"), row.pop("student"), row.pop("school")
            for day, cell in row.items():
                status, _, share = cell.partition(" ")
                missed = None if status in ("unknown", "not_taken") else Decimal(share or 0)
                if cell:
                    found[source, student, school, day] = (status, missed)
    return found


def days_of(con: duckdb.DuckDBPyConnection) -> Days:
    """core.attendance_day under the ids the sources use in their attendance files; `con` has core, governance, identity and staging."""
    rows = con.execute("""
        select distinct enrolled.source, enrolled.student_id, split_part(days.school_id, ':', 2), days.attendance_date::varchar,
            days.attendance_status, days.absence_fraction
        from core.attendance_day as days
        inner join identity.person_key using (person_id)
        inner join staging.stg_enrollment as enrolled
            on enrolled.source = person_key.source
            and enrolled.student_id_issuer = person_key.student_id_issuer and enrolled.student_id_system = person_key.student_id_system
            and enrolled.student_id = person_key.student_id and enrolled.party_id || ':' || enrolled.school_id = days.school_id
    """).fetchall()
    found: Days = {(source, student, school, day): (status, missed) for source, student, school, day, status, missed in rows}
    assert len(found) == len(rows), "one day per child and school"
    return found
