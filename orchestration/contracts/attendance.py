"""Do the attendance tables of a contract and its rules for a day fit together?

Belongs here: what needs rules and tables at once. Does not belong here: the rules themselves (model.py), making days (dbt staging).
"""

from collections.abc import Iterable

from orchestration.contracts.model import AttendanceRules, Table

_OF_PERIODS = ("fraction", "majority", "halves", "first")


def check_attendance(rules: AttendanceRules, tables: Iterable[Table]) -> list[str]:
    """What is wrong, in words that say what to do; empty when the two fit."""
    marks = _attendance(tables)
    has_periods, has_minutes = _fills(marks, "attendance_period"), _fills(marks, "minutes_absent")
    found: list[str] = []
    if rules.day is None:
        found += ["attendance_period is mapped: say under day how periods become a day"] * has_periods
        found += ["minutes_absent is mapped: say under day how minutes become a day"] * has_minutes
    elif marks and rules.day.rule in _OF_PERIODS and not has_periods:
        found.append(f"rule {rules.day.rule} needs attendance_period to be mapped")
    elif rules.day.rule == "minutes" and has_periods and rules.day.periods_per_day is None:
        found.append("rule minutes needs periods_per_day where periods are marked: a period without minutes counts as its part of the day")
    if rules.precedence and not folds(AttendanceRules(), marks):
        found.append("precedence has nothing to choose from while repeated rows are rejected: give the attendance table duplicates: keep")
    return found


def folds(rules: AttendanceRules, tables: Iterable[Table]) -> bool:
    """May one student have several marks for a day, or one that is no day yet? Other sources skip all work on it."""
    marks = _attendance(tables)
    repeats = len(marks) > 1 or any(table.duplicates == "keep" or table.replacement == "append" for table in marks)
    return bool(rules.day or rules.precedence or repeats or _fills(marks, "attendance_period"))


def _attendance(tables: Iterable[Table]) -> list[Table]:
    return [table for table in tables if table.feed == "attendance"]


def _fills(tables: list[Table], column: str) -> bool:
    return any(prop.name == column for table in tables for variant in table.variants for prop in variant.properties)
