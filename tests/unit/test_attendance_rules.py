"""Counting days by look-ups says the same as walking through every child and every day.

Invented children of three districts, two with a register of exceptions and one with a register of every mark; some belong to
more than one.
Does not belong here: single rules (unit tests beside the models).
"""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from orchestration.identity.identify import refresh_identity
from tests.support.attendance_rules import Day, Mark, Register, Span, days
from tests.support.dbt_warehouse import DbtWarehouse

FIRST, LAST, READ_ON = date(2023, 8, 21), date(2024, 2, 9), date(2024, 1, 31)
DISTRICT = {"a": "north", "b": "north", "c": "south", "d": "south", "e": "east"}
# the exit day counts in the north only; in the south silence says nothing; school d has no calendar
REGISTERS = {
    "north": Register(silence_is_present=True, exit_day_counts=True, reported_through=READ_ON),
    "south": Register(silence_is_present=False, exit_day_counts=False, reported_through=READ_ON),
    "east": Register(silence_is_present=True, exit_day_counts=False, reported_through=READ_ON),
}
EXCEPTIONS = ["absent", "absent_excused", "absent_unexcused", "suspended_out_of_school", "partial", "tardy", "not_taken", "remote"]


class Region:
    """Random but always the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.registers = {school: REGISTERS[district] for school, district in DISTRICT.items()}
        school_days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days) if (FIRST + timedelta(days=n)).weekday() < 5]
        self.calendar = {school: set(self.random.sample(school_days, 90)) for school in "abce"}
        self.spans: list[Span] = []
        self.marks: list[Mark] = []
        for number in range(60):
            child = f"S{number:03d}"
            for school in self.random.choices("abcde", k=self.random.choice([1, 1, 1, 2, 3])):
                self.enrol(child, school)
        for child, school in sorted({(span.child, span.school) for span in self.spans}):
            self.mark(child, school)

    def day(self) -> date:
        return FIRST + timedelta(days=self.random.randrange((LAST - FIRST).days))

    def enrol(self, child: str, school: str) -> None:
        same = [span.primary for span in self.spans if (span.child, span.school) == (child, school)]
        primary = same[0] if same else self.random.choice([True, False, None])
        entry = self.random.choice([FIRST, self.day()])
        exit_ = self.random.choice([None, None, entry + timedelta(days=self.random.randrange(80))])
        self.spans.append(Span(child, school, entry, exit_, primary, self.random.choice([None] * 9 + ["no_show"])))

    def mark(self, child: str, school: str) -> None:
        known = [] if self.registers[school].silence_is_present else ["present"] * 12
        # some marks fall on weekends or outside the enrolment
        for day in {self.day() for _ in range(self.random.choice([3, 40]))}:
            status = self.random.choice(EXCEPTIONS + known)
            fraction = self.random.choice([None, None, Decimal("0.25"), Decimal("0.75")]) if status != "remote" else None
            self.marks.append(Mark(child, school, day, status, fraction))

    def expected(self) -> dict[tuple[str, date], Day]:
        return days(self.spans, self.marks, self.registers, self.calendar)


def fill(warehouse: DbtWarehouse, region: Region) -> None:
    student = {"student_id_system": "state", "delivery_id": "1"}
    with warehouse.connect() as con:
        for party, register in REGISTERS.items():
            kinds = ("negative", "present") if register.silence_is_present else ("positive", "unknown")
            rule = {"attendance_register": kinds[0], "attendance_silence": kinds[1], "exit_day_counts": register.exit_day_counts}
            warehouse.insert(
                con, "governance.source", [{"source": party, "party_id": party, "party_name": party, "party_type": "district", **rule}]
            )
            # the agency's ids: a child of two districts is one person
            warehouse.insert(con, "governance.id_system", [{"source": party, "student_id_system": "state", "issuer": "agency"}])
            shape = {"source": party, "delivery_id": "1", "period": "*", "scope": "t/*", "replacement": "snapshot", "in_force": True}
            feeds = ("enrollment", "attendance", "calendar_day")
            warehouse.insert(
                con, "governance.delivery_feed", [{**shape, "feed": feed, "as_of": READ_ON, "delivery_order": 1} for feed in feeds]
            )
        warehouse.insert(con, "raw.enrollment", [
            {**student, "source": DISTRICT[s.school], "student_id": s.child, "school_id": s.school, "school_year": 2024, "entry_date": s.entry,
             "exit_date": s.exit, "is_primary": s.primary, "exit_type": s.exit_type}
            for s in region.spans
        ])  # fmt: skip
        warehouse.insert(con, "raw.attendance", [
            {**student, "source": DISTRICT[m.school], "student_id": m.child, "school_id": m.school, "attendance_date": m.day,
             "attendance_status": m.status, "absence_fraction": m.fraction}
            for m in region.marks
        ])  # fmt: skip
        warehouse.insert(con, "raw.calendar_day", [
            {"source": DISTRICT[school], "delivery_id": "1", "school_id": school, "calendar_date": day, "is_instructional": True}
            for school, school_days in region.calendar.items()
            for day in school_days
        ])  # fmt: skip


def test_counted_days_are_walked_days(tmp_path: Path) -> None:
    region = Region(seed=7)
    warehouse = DbtWarehouse.create(tmp_path)
    fill(warehouse, region)
    warehouse.dbt("run", "--select", "staging")
    with warehouse.connect() as con:
        refresh_identity(con, tmp_path / "identity")
    warehouse.dbt("run", "--select", "+attendance_day", "+fct_attendance_year", "--exclude", "staging")
    expected = region.expected()
    with warehouse.connect() as con:
        child_of = "inner join (select distinct person_id, student_id from identity.person_key) using (person_id)"
        rows = con.execute(f"""
            select student_id, attendance_date, split_part(school_id, ':', 2), attendance_status, absence_fraction
            from core.attendance_day {child_of}
        """).fetchall()
        assert {(child, day): Day(*found) for child, day, *found in rows} == expected
        assert len(rows) == len(expected)
        contested = con.execute("select count(distinct person_id) from core.int_attendance_contested").fetchone()
        assert contested and 5 < contested[0] < 55, "both ways of counting must be at work"
        years = con.execute(f"""
            select student_id, split_part(school_id, ':', 2), days_enrolled, days_absent, days_absent_whole
            from core.fct_attendance_year {child_of}
        """).fetchall()
    enrolled: Counter[tuple[str, str]] = Counter()
    missed: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for (child, _), day in expected.items():
        enrolled[child, day.school] += day.missed is not None
        missed[child, day.school] += [day.missed or Decimal(0)]
    assert {row[:2]: row[2:] for row in years} == {
        key: (enrolled[key], sum(shares), sum(share >= Decimal("0.5") for share in shares)) for key, shares in missed.items()
    }
