"""School calendars: which days are instructional, per school and track.

Belongs here: holidays, first and last days, closures of single schools, a school with two tracks.
Does not belong here: who is enrolled (movement.py) or absent (absence.py).
Days are counted from July 1 of the school year (offset 0), so arrays of all years line up.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from orchestration.demo.region import DISTRICTS, Schools

DAYS = 366
_INSTRUCTIONAL_DAYS = (176, 174, 178)  # by district
_SPRING_BREAK_WEEK = (13, 14, 12)  # ISO week, by district
_TRACK_SCHOOL_DISTRICT = 2  # Cedar's first elementary school runs two tracks


def july_first(year: int) -> np.datetime64:
    return np.datetime64(f"{year - 1}-07-01", "D")


def year_label(year: int) -> str:
    return f"{year - 1}-{year % 100:02d}"


@dataclass(frozen=True)
class Calendars:
    """Calendar rows: `instructional[year index, calendar, day offset]`; `of_school` is a school's (first) calendar."""

    years: tuple[int, ...]
    school: np.ndarray
    track: list[str]
    instructional: np.ndarray
    of_school: np.ndarray
    two_tracks: np.ndarray

    def of(self, school: np.ndarray, zone: np.ndarray) -> np.ndarray:
        """The calendar of a child at a school; where there are two tracks, the half of town decides."""
        second = self.two_tracks[school] & ((zone * 1000).astype(np.int64) % 2 == 1)
        return self.of_school[school] + second

    def bounds(self, year_index: int) -> tuple[np.ndarray, np.ndarray]:
        """First and last instructional offset per calendar."""
        days = self.instructional[year_index]
        return days.argmax(axis=1), DAYS - 1 - days[:, ::-1].argmax(axis=1)


def build_calendars(years: tuple[int, ...], schools: Schools) -> Calendars:
    total = len(schools.code)
    two_tracks = np.zeros(total, dtype=bool)
    two_tracks[schools.first[_TRACK_SCHOOL_DISTRICT, 0]] = True
    of_school = np.arange(total) + np.concatenate([[0], np.cumsum(two_tracks)[:-1]])
    school = np.repeat(np.arange(total), np.where(two_tracks, 2, 1))
    track: list[str] = []
    for s in range(total):
        track += ["A", "B"] if two_tracks[s] else [""]
    instructional = np.zeros((len(years), len(school), DAYS), dtype=bool)
    for y, year in enumerate(years):
        base = [_district_days(year, d, late=False) for d in range(len(DISTRICTS))]
        late = _district_days(year, _TRACK_SCHOOL_DISTRICT, late=True)
        for c, s in enumerate(school.tolist()):
            days = late.copy() if track[c] == "B" else base[schools.district[s]].copy()
            if s % 5 == 2:  # a burst pipe, a flood: days that one school lost
                lost = np.flatnonzero(days)[[60 + 7 * y, 61 + 7 * y]]
                days[lost] = False
            instructional[y, c] = days
    return Calendars(years, school, track, instructional, of_school, two_tracks)


def _district_days(year: int, district: int, *, late: bool) -> np.ndarray:
    start = (date(year - 1, 8, 17), date(year - 1, 9, 7), date(year - 1, 8, 24))[district]
    if late:
        start += timedelta(days=14)
    while start.weekday() != 0:
        start += timedelta(days=1)
    start += timedelta(days=(2, 1, 0)[district])
    off = _holidays(year, _SPRING_BREAK_WEEK[district])
    days = np.zeros(DAYS, dtype=bool)
    day, count, begin = start, 0, date(year - 1, 7, 1)
    while count < _INSTRUCTIONAL_DAYS[district] and day <= date(year, 6, 28):
        if day.weekday() < 5 and day not in off:
            days[(day - begin).days] = True
            count += 1
        day += timedelta(days=1)
    return days


def _holidays(year: int, spring_break_week: int) -> set[date]:
    off = {_nth_weekday(year - 1, 9, 0, 1), _nth_weekday(year, 1, 0, 3), _nth_weekday(year, 2, 0, 3)}
    thanksgiving = _nth_weekday(year - 1, 11, 3, 4)
    off |= {thanksgiving, thanksgiving + timedelta(days=1), _nth_weekday(year - 1, 10, 0, 2), date(year - 1, 11, 11)}
    off |= {date(year - 1, 12, 22) + timedelta(days=i) for i in range(12)}
    off |= {date.fromisocalendar(year, spring_break_week, weekday) for weekday in range(1, 6)}
    memorial = date(year, 5, 31)
    while memorial.weekday() != 0:
        memorial -= timedelta(days=1)
    return off | {memorial}


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
