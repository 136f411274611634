"""From the marks of one student and day to the day, the slow and obvious way, in exact fractions.

Belongs here: a reference that shares no code with the models. Does not belong here: running them (test_attendance_days.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

ABSENT = {"absent", "absent_excused", "absent_unexcused", "suspended_out_of_school"}
UNKNOWN = {"not_taken", "unknown"}
ZERO, HALF, WHOLE = Fraction(0), Fraction(1, 2), Fraction(1)
Found = tuple[str, Fraction | None]


@dataclass(frozen=True)
class DayRule:
    rule: str
    silence_is_present: bool
    precedence: tuple[str, ...]
    periods_per_day: int = 6
    scheduled_minutes: int = 360
    half_day_minutes: int | None = None
    whole_day_minutes: int | None = None
    official_period: str | None = None


@dataclass(frozen=True)
class PeriodMark:
    """`period` '' is the whole day."""

    period: str
    status: str
    as_of: date
    fraction: Fraction | None = None
    minutes: int | None = None
    minutes_scheduled: int | None = None

    @property
    def share(self) -> Fraction | None:
        """Share missed of the period or day; None where nobody knows."""
        if self.status in UNKNOWN:
            return None
        if self.status == "independent_study":
            return ZERO
        sent = self.fraction
        if sent is None and self.minutes is not None and self.minutes_scheduled:
            sent = min(Fraction(self.minutes, self.minutes_scheduled), WHOLE)
        if self.status in ABSENT:
            return sent or WHOLE
        if self.status == "partial":
            return HALF if sent is None else sent
        return sent or ZERO


def fold(marks: Iterable[PeriodMark], rule: DayRule, schedule: Fraction) -> Found:
    """The day's status and the share missed of the student's own day; `schedule`: share of a full schedule."""
    by_period: dict[str, list[PeriodMark]] = defaultdict(list)
    for mark in marks:
        by_period[mark.period].append(mark)
    kept = [
        min(each, key=lambda m: (-m.as_of.toordinal(), rule.precedence.index(m.status), -_or(m.share), -_or(m.minutes)))
        for each in by_period.values()
    ]
    status, missed = _day(kept, rule, schedule)
    if missed is None:
        return ("unknown" if status == "unknown" else "not_taken"), None
    if missed == 0:
        return ("partial" if status in ABSENT else "present" if status in UNKNOWN else status), missed
    return ("partial" if status == "present" else status), missed


def _day(marks: list[PeriodMark], rule: DayRule, schedule: Fraction) -> Found:
    whole = next((mark for mark in marks if mark.period == ""), None)
    silent = rule.silence_is_present and (whole is None or whole.share is not None)
    if rule.rule == "minutes":
        return _by_minutes(marks, rule, schedule, silent=silent)
    if rule.rule == "worst":
        worst = min(marks, key=lambda m: (-_or(m.share), rule.precedence.index(m.status), m.period))
        return worst.status, worst.share
    if whole is not None and whole.share is not None:
        return whole.status, whole.share
    return _first(marks, rule, silent=silent) if rule.rule == "first" else _by_periods(marks, rule, schedule, silent=silent)


def _by_periods(marks: list[PeriodMark], rule: DayRule, schedule: Fraction, *, silent: bool) -> Found:
    status = _kind(marks, rule, {mark.period: mark.share for mark in marks})
    periods = [mark for mark in marks if mark.period]
    known = [mark.share for mark in periods if mark.share is not None]
    own = Fraction(len(known))
    if silent:
        full = (2 if rule.rule == "halves" else rule.periods_per_day) * schedule
        own = max(full, Fraction(len(periods))) - (len(periods) - len(known))
    if own <= 0:
        return status, None
    if rule.rule == "majority":
        return status, WHOLE if sum(known) * 2 > own else ZERO
    return status, min(sum(known, ZERO) / own, WHOLE)


def _first(marks: list[PeriodMark], rule: DayRule, *, silent: bool) -> Found:
    in_order = sorted(marks, key=lambda m: (m.period == "", len(m.period), m.period))
    if rule.official_period is None:
        return in_order[0].status, in_order[0].share
    for mark in in_order:
        if mark.period == rule.official_period:
            return mark.status, mark.share
    if all(mark.period == "" for mark in marks):
        return marks[0].status, marks[0].share
    return _kind(marks, rule, {mark.period: mark.share for mark in marks}), ZERO if silent else None


def _by_minutes(marks: list[PeriodMark], rule: DayRule, schedule: Fraction, *, silent: bool) -> Found:
    lengths = {mark.period: _length(mark, rule, schedule) for mark in marks}
    times = {mark.period: _lost(mark, lengths[mark.period]) for mark in marks}
    with_time = [mark for mark in marks if _or(_of_kind(marks, times, mark.status)) > 0] or marks
    status = _kind([mark for mark in with_time if mark.period] or with_time, rule, times, among=marks)
    if times.get("") is not None:
        return status, _share_of_day(times[""] or ZERO, lengths[""], rule)
    known = sum((lengths[period] for period, time in times.items() if period and time is not None), ZERO)
    unknown = sum((lengths[period] for period, time in times.items() if period and time is None), ZERO)
    own = max(rule.scheduled_minutes * schedule, known + unknown) - unknown if silent else known
    return status, _share_of_day(sum((time or ZERO for time in times.values()), ZERO), own, rule)


def _length(mark: PeriodMark, rule: DayRule, schedule: Fraction) -> Fraction:
    if mark.minutes_scheduled is not None:
        return Fraction(mark.minutes_scheduled)
    return rule.scheduled_minutes * (schedule if mark.period == "" else Fraction(1, rule.periods_per_day))


def _lost(mark: PeriodMark, length: Fraction) -> Fraction | None:
    if mark.share is None:
        return None
    return Fraction(mark.minutes) if mark.minutes and mark.status != "independent_study" else mark.share * length


def _share_of_day(missed: Fraction, own: Fraction, rule: DayRule) -> Fraction | None:
    if own <= 0:
        return None
    if missed >= own:
        return WHOLE
    if rule.half_day_minutes is None and rule.whole_day_minutes is None:
        return missed / own
    of_full_day = missed * rule.scheduled_minutes / min(own, Fraction(rule.scheduled_minutes))
    if rule.whole_day_minutes is not None and of_full_day >= rule.whole_day_minutes:
        return WHOLE
    return HALF if rule.half_day_minutes is not None and of_full_day >= rule.half_day_minutes else ZERO


def _kind(marks: list[PeriodMark], rule: DayRule, times: dict[str, Fraction | None], among: list[PeriodMark] | None = None) -> str:
    """The kind that took most of the day, counted over `among`; of equal ones the one the precedence names first."""
    return min(marks, key=lambda m: (-_or(_of_kind(among or marks, times, m.status)), rule.precedence.index(m.status))).status


def _of_kind(marks: list[PeriodMark], times: dict[str, Fraction | None], status: str) -> Fraction | None:
    found = [times[mark.period] for mark in marks if mark.status == status]
    known = [time for time in found if time is not None]
    return sum(known, ZERO) if known else None


def _or(value: Fraction | int | None) -> Fraction:
    return Fraction(-1) if value is None else Fraction(value)
