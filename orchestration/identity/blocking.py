"""Which pairs of records are looked at: those that share one of these combinations.

Belongs here: blocking rules, counted before use. Does not belong here: comparing (comparisons.py).
"""

from typing import Any

from splink import block_on

# The street without its house number, which is mistyped and left out most.
_STREET_NAME = "left(ltrim(street, '0123456789 '), 6)"

# On a million children each rule yields about a million pairs or fewer; a common first name with a birth month alone would yield ten.
BLOCKING_RULES: tuple[Any, ...] = (
    block_on("full_name"),
    "l.full_name = r.swapped_name",
    block_on("birth", "first_start"),
    block_on("birth", "last_start"),
    "l.birth = r.birth AND l.first_start = r.last_start",
    block_on("birth", "zip"),
    block_on("birth", "street_start"),
    block_on("last_name", "birth_month_day"),
    block_on("last_name", "birth_year_month"),
    block_on("last_name", "first_start", "birth_year"),
    block_on("last_name", "zip"),
    "l.last_name = r.first_name AND l.zip = r.zip",
    block_on("first_name", "birth_month_day", "last_letter"),
    block_on("first_name", "birth_year_month", "last_letter"),
    block_on("first_name", "birth_year", "zip"),
    block_on("first_name", "last_letter", "zip"),
    block_on("street", "first_start"),
    block_on("street", "last_start"),
    block_on("street", "city"),
    block_on("street_start", "zip"),
    block_on("zip", "birth_month_day", "last_letter"),
    block_on("birth", _STREET_NAME),
    block_on("first_name", "last_start", "city"),
    block_on("first_start", _STREET_NAME, "city"),
)

TRAINING_RULES = (
    "l.full_name = r.full_name AND l.birth = r.birth",
    "l.birth = r.birth",
    "l.full_name = r.full_name",
    "l.street = r.street AND l.last_name = r.last_name",
)
