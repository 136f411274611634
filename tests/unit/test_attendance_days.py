"""Marks of periods become the days that the slow reference says, under every rule, for random marks.

Invented students, some on part of a schedule; registers of exceptions and of every mark. Does not belong here: single rules (unit
tests beside the models), days of persons (test_attendance_rules.py).
"""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from orchestration.contracts.model import DEFAULT_PRECEDENCE
from orchestration.feeds.codes import ATTENDANCE_STATUS
from tests.support.attendance_fold import DayRule, PeriodMark, fold
from tests.support.dbt_warehouse import DbtWarehouse

FIRST, SENT, RESENT = date(2023, 9, 4), date(2023, 10, 1), date(2023, 10, 8)
MILD_FIRST = tuple(reversed(DEFAULT_PRECEDENCE))
RULES = {
    f"{name}-{'exceptions' if silent else 'every-mark'}": DayRule(
        **{"silence_is_present": silent, "precedence": DEFAULT_PRECEDENCE, **rule}
    )
    for silent in (True, False)
    for name, rule in {
        "worst": {"rule": "worst"},
        "worst-mild": {"rule": "worst", "precedence": MILD_FIRST},
        "fraction": {"rule": "fraction"},
        "seven": {"rule": "fraction", "periods_per_day": 7, "precedence": MILD_FIRST},
        "majority": {"rule": "majority"},
        "halves": {"rule": "halves"},
        "official": {"rule": "first", "official_period": "2"},
        **({} if silent else {"first": {"rule": "first"}}),
        "minutes": {"rule": "minutes"},
        "thresholds": {"rule": "minutes", "half_day_minutes": 120, "whole_day_minutes": 240},
        "whole": {"rule": "minutes", "whole_day_minutes": 360, "periods_per_day": 7},
    }.items()
}
SCHEDULES = [Fraction(1), Fraction(1), Fraction(1, 2), Fraction(1, 4)]


def some_marks(chance: random.Random, rule: DayRule) -> list[PeriodMark]:
    names = ["AM", "PM"] if rule.rule == "halves" else ["1", "2", "3", "4", "5", "10"]
    marks = [some_mark(chance, period) for period in chance.sample(names, chance.randint(1, len(names)))]
    if chance.random() < 0.2:
        marks.append(some_mark(chance, ""))
    return [*marks, *(some_mark(chance, mark.period) for mark in marks if chance.random() < 0.2)]


def some_mark(chance: random.Random, period: str) -> PeriodMark:
    fraction = chance.choice([None, None, Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1)])
    minutes, scheduled = chance.choice([(None, None), (None, None), (None, 50), (0, 50), (20, 50), (50, 50), (70, 50), (30, None)])
    status = chance.choice(ATTENDANCE_STATUS)
    return PeriodMark(period, status, chance.choice([SENT, SENT, RESENT]), fraction, minutes, scheduled)


def test_a_day_is_what_the_reference_says(tmp_path: Path) -> None:
    chance = random.Random(11)
    warehouse = DbtWarehouse.create(tmp_path)
    sent: dict[tuple[str, str, date], list[PeriodMark]] = {}
    schedules = {f"S{number:02d}": SCHEDULES[number % len(SCHEDULES)] for number in range(8)}
    for source, rule in RULES.items():
        for student in schedules:
            for number in range(4):
                sent[source, student, FIRST + timedelta(days=number)] = some_marks(chance, rule)
    fill(warehouse, schedules, sent)
    warehouse.dbt("run", "--select", "+int_attendance_folded")
    with warehouse.connect() as con:
        rows = con.execute(
            "select source, student_id, attendance_date, attendance_status, absence_fraction from staging.int_attendance_folded"
        ).fetchall()
    assert len(rows) == len(sent)
    seen: dict[str, set[str]] = defaultdict(set)
    for source, student, day, status, missed in rows:
        marks = sent[source, student, day]
        expected_status, expected = fold(marks, RULES[source], schedules[student])
        wanted = None if expected is None else round(Decimal(expected.numerator) / expected.denominator, 8)
        assert (status, missed) == (expected_status, wanted), (source, schedules[student], marks)
        seen[source].add(status)
    assert all(len(statuses) > 3 for statuses in seen.values()), "every rule must be at work"


def fill(warehouse: DbtWarehouse, schedules: dict[str, Fraction], sent: dict[tuple[str, str, date], list[PeriodMark]]) -> None:
    shape = {"delivery_id": "1", "period": "*", "scope": "t/*", "replacement": "append", "in_force": True}
    student = {"student_id_system": "local", "school_id": "a"}
    with warehouse.connect() as con:
        warehouse.insert(con, "governance.source", [
            {"source": source, "party_id": "d", "party_name": "d", "party_type": "district", "attendance_folds": True,
             "attendance_register": "negative" if rule.silence_is_present else "positive",
             "attendance_silence": "present" if rule.silence_is_present else "unknown", "attendance_precedence": ",".join(rule.precedence),
             "day_rule": rule.rule, "periods_per_day": rule.periods_per_day, "scheduled_minutes": rule.scheduled_minutes,
             "half_day_minutes": rule.half_day_minutes, "whole_day_minutes": rule.whole_day_minutes, "official_period": rule.official_period}
            for source, rule in RULES.items()
        ])  # fmt: skip
        warehouse.insert(con, "governance.delivery_feed", [
            {**shape, "source": source, "feed": "attendance", "delivery_id": str(as_of), "as_of": as_of, "delivery_order": as_of.toordinal()}
            for source in RULES for as_of in (SENT, RESENT)
        ] + [{**shape, "source": next(iter(RULES)), "feed": "enrollment", "as_of": SENT, "delivery_order": 1}])  # fmt: skip
        warehouse.insert(con, "raw.enrollment", [
            {**student, "source": next(iter(RULES)), "delivery_id": "1", "student_id": name, "entry_date": FIRST, "full_time_equivalency": float(share)}
            for name, share in schedules.items()
        ])  # fmt: skip
        warehouse.insert(con, "raw.attendance", [
            {**student, "source": source, "delivery_id": str(mark.as_of), "student_id": name, "attendance_date": day,
             "attendance_period": mark.period or None, "attendance_status": mark.status,
             "absence_fraction": None if mark.fraction is None else float(mark.fraction),
             "minutes_absent": mark.minutes, "minutes_scheduled": mark.minutes_scheduled}
            for (source, name, day), marks in sent.items() for mark in marks
        ])  # fmt: skip
