"""Numbers as people print them, in SQL: thousands, percent, currency, words beside them, ranges in place of them.

Belongs here: the grammar of a number text. Does not belong here: markers (compile.py), which columns hold numbers (feeds).
A text outside the grammar is no number: it is rejected, never guessed at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.contracts.model import Property
from orchestration.sql import literal

_PLAIN = "[0-9]+(?:[.][0-9]*)?|[.][0-9]+"
_GROUPED = "[0-9]{1,3}(?:,[0-9]{3})+(?:[.][0-9]*)?"
_WORDS = r"(?:\s+[a-z][a-z .'_-]*)?"
# Words that change what the figure beside them means: with one of them the text is no plain number.
_NOT_A_LABEL = literal(
    r"\b(?:or|and|to|of|than|through|about|approximately|nearly|almost|around|plus|minus|more|less|fewer|greater|higher|lower|over|under|"
    r"above|below|least|most|up|percent|pct|per|hundreds?|thousands?|millions?|billions?|dozens?|thru|[kmb])\b"
)
_LOW_BEFORE = "(?:>=|=>|>|≥|more than|greater than|at least|over)"
_LOW_AFTER = "(?:[+]|or more|or greater|or higher|or over|and over|and above)"
_HIGH_BEFORE = "(?:<=|=<|<|≤|less than|fewer than|at most|under|up to)"
_HIGH_AFTER = "(?:-|or less|or fewer|or lower|or under|and under|and below)"
_TO = "(?:-|\u2013|to)"


@dataclass(frozen=True)
class NumberSql:
    """The decimal a text says, and the lower and upper bound texts of a range; each NULL where the text is none of it."""

    value: str
    low: str
    high: str


def number_sql(prop: Property, text: str) -> NumberSql:
    """Expressions over the trimmed text column `text`."""
    words = _WORDS if "words" in prop.number_format else ""
    number = _number(prop.number_format)
    whole = literal(f"([+-]?){number}{words}")
    lowered = f"lower({text})"
    # Only the figures of the text count as its value: the grammar has matched the rest.
    digits = f"regexp_extract({lowered}, {whole}, 1) || regexp_extract({lowered}, {whole}, 2)"
    held = f"regexp_full_match({lowered}, {whole})"
    if words:
        held += f" AND NOT regexp_matches({lowered}, {_NOT_A_LABEL})"
    value = f"CASE WHEN {held} THEN {_scaled(prop, prop.number_format, text, digits)} END"
    if not prop.ranges:
        return NumberSql(value, "NULL", "NULL")
    # A range is a text already: its bounds may have commas and percent signs whether or not plain numbers of the column do.
    bound = _number((*prop.number_format, "thousands", "percent"))
    between = rf"{bound}\s*{_TO}\s*{bound}{words}"
    spelled = rf"between\s+{bound}\s+and\s+{bound}{words}"
    low = [rf"{_LOW_BEFORE}\s*{bound}{words}", rf"{bound}{words}\s*{_LOW_AFTER}"]
    high = [rf"{_HIGH_BEFORE}\s*{bound}{words}", rf"{bound}{words}\s*{_HIGH_AFTER}"]
    return NumberSql(
        value,
        _bound(prop, text, [(between, 1), (spelled, 1), *((pattern, 1) for pattern in low)]),
        _bound(prop, text, [(between, 2), (spelled, 2), *((pattern, 1) for pattern in high)]),
    )


def plain_number(prop: Property, text: str) -> str:
    """The decimal a text of digits says; nothing but digits, a sign and a point is understood."""
    scale = f" * {_factor(prop)}" if prop.scale is not None else ""
    is_number = f"regexp_full_match({text}, '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)')"
    return f"(CASE WHEN {is_number} THEN try_cast({text} AS DECIMAL(28,10)) END){scale}"


def _number(formats: Sequence[str]) -> str:
    """Pattern of a number whose figures are one group."""
    currency = r"(?:[$]\s*)?" if "currency" in formats else ""
    digits = f"{_GROUPED}|{_PLAIN}" if "thousands" in formats else _PLAIN
    percent = r"(?:\s*%)?" if "percent" in formats else ""
    return f"{currency}({digits}){percent}"


def _bound(prop: Property, text: str, patterns: list[tuple[str, int]]) -> str:
    lowered = f"lower({text})"
    whens = " ".join(
        f"WHEN regexp_full_match({lowered}, {literal(pattern)}) "
        f"THEN {_scaled(prop, ('percent',), text, f'regexp_extract({lowered}, {literal(pattern)}, {group})')}"
        for pattern, group in patterns
    )
    return f"CASE {whens} END"


def _scaled(prop: Property, formats: Sequence[str], text: str, digits: str) -> str:
    """A percent sign says the scale itself; a text without one is scaled as the contract says."""
    number = f"try_cast(replace({digits}, ',', '') AS DECIMAL(28,10))"
    if "percent" in formats:
        factor = _factor(prop) if prop.scale is not None else "1::DECIMAL(10,6)"
        return f"{number} * CASE WHEN contains({text}, '%') THEN 0.01::DECIMAL(10,6) ELSE {factor} END"
    return f"{number} * {_factor(prop)}" if prop.scale is not None else number


def _factor(prop: Property) -> str:
    return f"{Decimal(str(prop.scale))}::DECIMAL(10,6)"
