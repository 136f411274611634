"""What a contract says about attendance fits together, or the error says what to do.

Does not belong here: what the rules make of marks (test_attendance_days.py).
"""

from pathlib import Path

import pytest

from orchestration.contracts import ContractError, load_contract
from orchestration.contracts.attendance import folds
from orchestration.contracts.model import DEFAULT_PRECEDENCE, AttendanceRules, Contract
from orchestration.feeds.codes import ATTENDANCE_STATUS
from tests.support.landing import ATTENDANCE

RULES = "{register: positive, silence: unknown}"
KEEP = "    customProperties:\n      - {property: feed, value: attendance}\n"
COLUMN = "      - {name: student_id, physicalName: Student}\n"


def contract(folder: Path, rules: str, *columns: str, keep: bool = False) -> Contract:
    text = ATTENDANCE.replace(RULES, rules)
    assert rules in text and COLUMN in text and KEEP in text
    text = text.replace(COLUMN, COLUMN + "".join(f"      - {{name: {column}, physicalName: {column}}}\n" for column in columns))
    if keep:
        text = text.replace(KEEP, KEEP + "      - {property: duplicates, value: keep}\n")
    file = folder / "elm.yaml"
    file.write_text(text)
    return load_contract(file)


def test_every_standard_code_has_a_place_in_the_precedence() -> None:
    assert sorted(DEFAULT_PRECEDENCE) == sorted(ATTENDANCE_STATUS)
    named = AttendanceRules(precedence=("tardy", "present"))
    assert named.full_precedence[:3] == ("tardy", "present", "suspended_out_of_school")
    assert sorted(named.full_precedence) == sorted(ATTENDANCE_STATUS)


@pytest.mark.parametrize(
    ("rules", "columns", "said"),
    [
        (RULES, ["attendance_period"], "say under day how periods become a day"),
        (RULES, ["minutes_absent"], "say under day how minutes become a day"),
        ("{day: {rule: halves}}", [], "rule halves needs attendance_period to be mapped"),
        ("{day: {rule: fraction}}", ["attendance_period"], "needs periods_per_day: a register of exceptions"),
        ("{day: {rule: first}}", ["attendance_period"], "needs official_period"),
        ("{day: {rule: minutes}}", ["minutes_absent"], "needs scheduled_minutes"),
        ("{day: {rule: minutes, scheduled_minutes: 360}}", ["attendance_period"], "needs periods_per_day where periods are marked"),
        ("{day: {rule: worst, half_day_minutes: 100}}", [], "go with rule minutes"),
        ("{day: {rule: minutes, scheduled_minutes: 300, half_day_minutes: 240, whole_day_minutes: 120}}", [], "must not decrease"),
        ("{day: {rule: halves, periods_per_day: 4}}", ["attendance_period"], "use rule fraction"),
        ("{day: {rule: mostly}}", [], "worst"),
        ("{precedence: [absent, skipped]}", [], "'skipped' is not a standard code"),
        ("{precedence: [absent, tardy, absent]}", [], "a code stands twice"),
        ("{precedence: [absent, tardy]}", [], "duplicates: keep"),
    ],
)
def test_what_does_not_fit_is_said_with_its_line(tmp_path: Path, rules: str, columns: list[str], said: str) -> None:
    with pytest.raises(ContractError) as caught:
        contract(tmp_path, rules, *columns)
    (problem,) = caught.value.problems
    assert said in problem.message
    assert "{" in (tmp_path / "elm.yaml").read_text().splitlines()[problem.line - 1]


def test_a_register_of_every_mark_needs_no_number_of_periods(tmp_path: Path) -> None:
    built = contract(tmp_path, "{register: positive, silence: unknown, day: {rule: fraction}}", "attendance_period")
    assert built.attendance.day is not None and folds(built.attendance, built.tables)


def test_only_what_may_repeat_is_folded(tmp_path: Path) -> None:
    days = contract(tmp_path, RULES)
    assert not folds(days.attendance, days.tables)
    kept = contract(tmp_path, "{precedence: [tardy, absent]}", keep=True)
    assert folds(kept.attendance, kept.tables)
    assert folds(days.attendance, [*days.tables, *days.tables])
