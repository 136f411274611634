"""How two records are compared: five comparisons, each a list of levels from equal to different.

Belongs here: the levels, and what counts as support for a first name or a birth date. Does not belong here: how much a level
weighs (model.py) or what may follow from it (guard.py).
Name is one comparison and address is one: split fields would count the same fact twice. SQL of DuckDB; record columns are those of
records.py, `_l` and `_r` name the two sides.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One answer of a comparison; `tf` names the column whose frequency adjusts the weight (a rare name says more)."""

    label: str
    condition: str
    tf: str | None = None


@dataclass(frozen=True)
class Comparison:
    """`levels` from most to least alike, without the null level and the final "different"; `null` is when nothing can be said.

    `counted`: pairs over which its levels are counted in training, where those are others than the pairs it speaks about."""

    name: str
    null: str
    levels: tuple[Level, ...]
    counted: str | None = None

    def level_number(self, label: str) -> int:
        """The value of column gamma_<name> for a level: highest is most alike, 0 is different, -1 is nothing to compare."""
        labels = [level.label for level in self.levels]
        return len(labels) - labels.index(label)

    def case(self, *, counting: bool = False) -> str:
        """SQL of the level number for a pair of rows l and r."""
        null = f"({self.counted}) IS NOT TRUE" if counting and self.counted else self.null
        whens = [f"WHEN {null} THEN -1"]
        whens += [f"WHEN {level.condition} THEN {len(self.levels) - place}" for place, level in enumerate(self.levels)]
        return sides(f"CASE {' '.join(whens)} ELSE 0 END")


def sides(sql: str) -> str:
    """A condition on columns x_l and x_r as one on l.x and r.x."""
    return re.sub(r"\b(\w+)_([lr])\b", r"\2.\1", sql)


def _alike(left: str, right: str, least: float) -> str:
    return f"jaro_winkler_similarity({left}, {right}) >= {least}"


# A first name supports a pair: equal, a nickname of one name, the preferred name, a start of it, or a typing error away.
_FIRST_ALIKE = (
    "(first_name_l = first_name_r OR first_name_l = preferred_name_r OR preferred_name_l = first_name_r"
    f" OR {_alike('first_name_l', 'first_name_r', 0.85)}"
    " OR (length(first_name_l) > 2 AND length(first_name_r) > 2"
    " AND (starts_with(first_name_l, first_name_r) OR starts_with(first_name_r, first_name_l)))"
    " OR list_has_any(nickname_of_l, nickname_of_r))"
)
_LAST_ALIKE = f"({_alike('last_name_l', 'last_name_r', 0.85)} OR list_has_any(last_parts_l, last_parts_r))"

NAME = Comparison(
    "name",
    null="(first_name_l IS NULL AND last_name_l IS NULL) OR (first_name_r IS NULL AND last_name_r IS NULL)",
    levels=(
        Level("equal", "full_name_l = full_name_r", tf="full_name"),
        Level("swapped", "first_name_l = last_name_r AND last_name_l = first_name_r"),
        Level("last, no first", "last_name_l = last_name_r AND (first_name_l IS NULL OR first_name_r IS NULL)"),
        Level("first, no last", "first_name_l = first_name_r AND (last_name_l IS NULL OR last_name_r IS NULL)"),
        Level("last, first alike", f"last_name_l = last_name_r AND {_FIRST_ALIKE}"),
        Level("first, last alike", f"first_name_l = first_name_r AND {_LAST_ALIKE}"),
        Level("both alike", f"{_LAST_ALIKE} AND {_FIRST_ALIKE}"),
        Level(
            "swapped, alike",
            f"{_alike('first_name_l', 'last_name_r', 0.85)} AND {_alike('last_name_l', 'first_name_r', 0.85)}",
        ),
        Level("first", "first_name_l = first_name_r"),
        Level("last", "last_name_l = last_name_r"),
        Level("first alike", _FIRST_ALIKE),
        Level("last alike", _LAST_ALIKE),
    ),
)

_YEAR, _MONTH, _DAY = (f"substr(birth_{{}}, {start}, {length})" for start, length in ((1, 4), (5, 2), (7, 2)))


def _same(part: str) -> str:
    return f"{part.format('l')} = {part.format('r')}"


_EDITS = "damerau_levenshtein(birth_l, birth_r)"
_TWO_PARTS = f"({_same(_YEAR)})::INT + ({_same(_MONTH)})::INT + ({_same(_DAY)})::INT >= 2"

BIRTH = Comparison(
    "birth",
    null="birth_l IS NULL OR birth_r IS NULL",
    levels=(
        Level("equal", "birth_l = birth_r"),
        Level(
            "day and month swapped",
            f"{_same(_YEAR)} AND {_MONTH.format('l')} = {_DAY.format('r')} AND {_DAY.format('l')} = {_MONTH.format('r')}",
        ),
        Level("one character", f"{_EDITS} <= 1"),
        Level("one part mistyped", f"{_EDITS} <= 2 AND {_TWO_PARTS}"),
        Level("two characters", f"{_EDITS} <= 2"),
    ),
)

_SAME_PLACE = (
    f"(damerau_levenshtein(zip_l, zip_r) <= 1 OR {_alike('city_l', 'city_r', 0.9)}"
    " OR (zip_l IS NULL AND city_l IS NULL) OR (zip_r IS NULL AND city_r IS NULL))"
)

ADDRESS = Comparison(
    "address",
    null="(street_l IS NULL AND zip_l IS NULL) OR (street_r IS NULL AND zip_r IS NULL)",
    levels=(
        Level("equal", f"street_l = street_r AND {_SAME_PLACE}"),
        Level("street alike", f"{_alike('street_l', 'street_r', 0.9)} AND {_SAME_PLACE}"),
        Level("street elsewhere", _alike("street_l", "street_r", 0.9)),
        Level("place", f"zip_l = zip_r AND {_alike('city_l', 'city_r', 0.9)}"),
        Level("zip or city", f"zip_l = zip_r OR {_alike('city_l', 'city_r', 0.9)}"),
    ),
)

MIDDLE = Comparison("middle", null="middle_l IS NULL OR middle_r IS NULL", levels=(Level("equal", "middle_l = middle_r"),))
SEX = Comparison("sex", null="sex_l IS NULL OR sex_r IS NULL", levels=(Level("equal", "sex_l = sex_r"),))
# Year of birth that a grade implies: it speaks only where a birth date is missing, else it would count the date twice.
COHORT = Comparison(
    "cohort",
    null="cohort_l IS NULL OR cohort_r IS NULL OR (birth_l IS NOT NULL AND birth_r IS NOT NULL)",
    levels=(Level("equal", "cohort_l = cohort_r"), Level("a year apart", "abs(cohort_l - cohort_r) = 1")),
    counted="cohort_l IS NOT NULL AND cohort_r IS NOT NULL",
)
# Chance is that of two children of about one age: others are seldom at one school.
SCHOOL = Comparison(
    "school",
    null="school_l IS NULL OR school_r IS NULL",
    levels=(Level("equal", "school_l = school_r"),),
    counted="school_l IS NOT NULL AND school_r IS NOT NULL AND coalesce(abs(cohort_l - cohort_r) <= 1, true)",
)

# CORE is trained by expectation maximisation; the others hang together with birth date and address, so that it would take children of
# one birthday for one child. They are counted over pairs of which the core is sure.
CORE = (NAME, BIRTH, ADDRESS, MIDDLE, SEX)
COMPARISONS = (NAME, BIRTH, ADDRESS, MIDDLE, SEX, COHORT, SCHOOL)
# From which level on a field shows that a random pair may be one child after all: model.py leaves such pairs out when it counts chance.
# The same town says nothing: where everybody lives in one, no pair would be left.
TELLING = ((NAME, 1), (BIRTH, 1), (ADDRESS, ADDRESS.level_number("street elsewhere")))

# Boolean SQL over one pair. Neither counts a missing value as support.
FIRST_SUPPORTS = f"coalesce({_FIRST_ALIKE} OR (first_name_l = last_name_r AND last_name_l = first_name_r), false)"
FIRST_CONTRADICTS = f"first_name_l IS NOT NULL AND first_name_r IS NOT NULL AND NOT {FIRST_SUPPORTS}"
BIRTH_SUPPORTS = f"coalesce({_EDITS} <= 1 OR ({BIRTH.levels[1].condition}) OR ({BIRTH.levels[3].condition}), false)"
LAST_SUPPORTS = f"coalesce({_LAST_ALIKE}, false)"
