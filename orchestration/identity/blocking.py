"""Which pairs of records are looked at: those that share one of these combinations.

Belongs here: blocking rules, counted before use. Does not belong here: comparing (comparisons.py).
"""

from typing import Any

# On a million children each rule yields about a million pairs or fewer; a common first name with a birth month alone would yield ten.
# Both records agree on each column of a rule; "a=b" asks for column a of one and b of the other. Either record may come first, so a rule
# that is not the same both ways stands here both ways.
_RULES = (
    # A surname of two parts may stand with either part alone; equal names are among these.
    ("first_name", "last_begin"),
    ("first_name", "last_begin=second_last"),
    ("first_name", "second_last=last_begin"),
    ("full_name=swapped_name",),
    ("birth", "first_start"),
    ("birth", "last_start"),
    ("birth", "first_start=last_start"),
    ("birth", "last_start=first_start"),
    ("birth", "zip"),
    ("birth", "street_start"),
    ("birth", "street_name"),
    ("last_name", "birth_month_day"),
    ("last_name", "birth_year_month"),
    ("last_name", "first_start", "birth_year"),
    ("last_name", "zip"),
    # Of records without a birth date only: there the grade stands in for it.
    ("last_name", "first_letter", "cohort=lone_cohort"),
    ("last_name", "first_letter", "lone_cohort=cohort"),
    ("last_name=first_name", "zip"),
    ("first_name=last_name", "zip"),
    ("first_name", "birth_month_day", "last_letter"),
    ("first_name", "birth_year_month", "last_letter"),
    ("first_name", "birth_year", "zip"),
    ("first_name", "last_letter", "zip"),
    ("first_name", "last_start", "city"),
    ("street", "first_start"),
    ("street", "last_start"),
    ("street", "city"),
    ("street_start", "zip"),
    ("street_name", "first_start", "city"),
    ("zip", "birth_month_day", "last_letter"),
)
# So few records share one of these that all rules that begin with it are soon asked of each pair.
_RARE = ("birth", "street")


def _equal(*terms: str) -> str:
    sides = [term.partition("=") for term in terms]
    return " AND ".join(f"l.{left} = r.{right or left}" for left, _, right in sides)


BLOCKING_RULES: tuple[Any, ...] = tuple(_equal(*rule) for rule in _RULES)

TRAINING_RULES = (
    "l.full_name = r.full_name AND l.birth = r.birth",
    "l.birth = r.birth",
    "l.full_name = r.full_name",
    "l.street = r.street AND l.last_name = r.last_name",
)


def join_conditions() -> tuple[str, ...]:
    """All the rules in fewer conditions over a pair of rows l and r: each is one join, and so one look at every record."""
    of_rare = {first: [rule[1:] for rule in _RULES if rule[0] == first] for first in _RARE}
    grouped = [f"{_equal(first)} AND ({' OR '.join(f'({_equal(*rest)})' for rest in rules)})" for first, rules in of_rare.items()]
    return (*grouped, *(_equal(*rule) for rule in _RULES if rule[0] not in _RARE))
