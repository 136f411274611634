"""The places of the demo region: one state agency, three districts, their schools and zip codes.

Belongs here: what is the same for every seed. The number of schools follows the number of children.
Does not belong here: children (population.py) or school days (calendars.py).
"""

from dataclasses import dataclass

import numpy as np

from orchestration.demo.names import PLACES

COMMUNITY = "riverbend"
STATE_PARTY = "demo-state"
KINDERGARTEN, LAST_GRADE = 0, 12
GRADES = ["KG", *(f"{grade:02d}" for grade in range(1, 13))]
LEVELS = ("Elementary School", "Middle School", "High School")
LEVEL_OF_GRADE = np.array([0] * 6 + [1] * 3 + [2] * 4)
LEVEL_GRADES = (("KG", "05"), ("06", "08"), ("09", "12"))
_SCHOOL_SIZE = (420, 480, 900)
_GRADES_PER_LEVEL = (6, 3, 4)
_COHORTS = 17  # birth cohorts that a four-year window touches, early childhood and graduates included


@dataclass(frozen=True)
class District:
    """A school district; `share` is its part of the region's children, `zip_prefix` its own zip range."""

    party: str
    name: str
    state_code: str
    share: float
    zip_prefix: str
    school_prefix: str
    place_offset: int


DISTRICTS = (
    District("district-alder", "Alder City Public Schools", "0640011", 0.55, "0021", "A", 0),
    District("district-birch", "Birch Valley School District", "0810011", 0.18, "0023", "B", 17),
    District("district-cedar", "Cedar County Schools", "0930011", 0.27, "0026", "", 31),
)
SHARES = np.array([district.share for district in DISTRICTS])


@dataclass(frozen=True)
class Schools:
    """All schools of the region, in columns; a school is known by its row number."""

    district: np.ndarray
    level: np.ndarray
    code: list[str]
    name: list[str]
    zip: list[str]
    first: np.ndarray  # [district, level] → first school
    count: np.ndarray  # [district, level]

    def of(self, district: np.ndarray, grade: np.ndarray, zone: np.ndarray) -> np.ndarray:
        """The school that serves a child of this district, grade and zone (a place on the map, from 0 to 1)."""
        level = LEVEL_OF_GRADE[np.clip(grade, 0, LAST_GRADE)]
        return self.first[district, level] + (zone * self.count[district, level]).astype(np.int64)

    def rows(self, district: int) -> np.ndarray:
        return np.flatnonzero(self.district == district)


def build_schools(children: int) -> Schools:
    """Schools for a region of so many children, never fewer than one per level and district."""
    districts: list[int] = []
    levels: list[int] = []
    codes: list[str] = []
    names: list[str] = []
    zips: list[str] = []
    first = np.zeros((len(DISTRICTS), 3), dtype=np.int64)
    count = np.zeros((len(DISTRICTS), 3), dtype=np.int64)
    for d, district in enumerate(DISTRICTS):
        number = 0
        for level in range(3):
            pupils = children * district.share * _GRADES_PER_LEVEL[level] / _COHORTS
            count[d, level] = max(1, round(pupils / _SCHOOL_SIZE[level]))
            first[d, level] = len(codes)
            for i in range(count[d, level]):
                turn, place = divmod(district.place_offset + number, len(PLACES))
                codes.append(f"{district.school_prefix}{10 + number:03d}")
                names.append(f"{PLACES[place]} {f'{turn + 1} ' if turn else ''}{LEVELS[level]}")
                zips.append(zip_code(district, i / count[d, level], zip_count(children, district)))
                districts.append(d)
                levels.append(level)
                number += 1
    return Schools(np.array(districts), np.array(levels), codes, names, zips, first, count)


def zip_count(children: int, district: District) -> int:
    """Zip codes of a district: at least two, at most ten (one digit of the code)."""
    return int(np.clip(round(children * district.share / 1500), 2, 10))


def zip_code(district: District, zone: float, zips: int) -> str:
    return f"{district.zip_prefix}{int(zone * zips)}"
