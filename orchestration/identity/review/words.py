"""What a reviewer reads beside two records: why they are asked about, and what each field says.

Belongs here: words. Does not belong here: which pairs are asked (queue.py), how much a field weighs (model.py).
Everybody who adds a level to comparisons.py or a reason to guard.py may add its words here; without them the label itself is shown.
"""

_LEVELS = {
    "name": {
        "equal": "Same first and last name",
        "swapped": "First and last name exchanged",
        "last, no first": "Same last name; a first name is missing",
        "first, no last": "Same first name; a last name is missing",
        "last, first alike": "Same last name; first names alike",
        "first, last alike": "Same first name; last names alike",
        "both alike": "First and last names alike",
        "swapped, alike": "Alike if first and last name are exchanged",
        "first": "Same first name; other last name",
        "last": "Same last name; other first name",
        "first alike": "First names alike; other last name",
        "last alike": "Last names alike; other first name",
    },
    "birth": {
        "equal": "Same birth date",
        "day and month swapped": "Birth date with day and month exchanged",
        "one character": "Birth dates differ in one character",
        "one part mistyped": "Birth dates differ in day, month or year only",
        "two characters": "Birth dates differ in two characters",
    },
    "address": {
        "equal": "Same address",
        "street alike": "Nearly the same address",
        "street elsewhere": "Street alike, in another place",
        "place": "Same ZIP code and city",
        "zip or city": "Same ZIP code or city",
    },
    "cohort": {"equal": "Grades of one birth year", "a year apart": "Grades a year apart"},
}
_SAME = {"middle": "Same middle initial", "sex": "Same sex", "school": "Same school"}
_DIFFERENT = {
    "name": "Other name", "birth": "Other birth date", "address": "Other address", "middle": "Other middle initial",
    "sex": "Other sex", "cohort": "Grades of other birth years", "school": "Other school",
}  # fmt: skip
_MISSING = {
    "name": "A name is missing", "birth": "A birth date is missing", "address": "An address is missing",
    "middle": "A middle initial is missing", "sex": "Sex is missing", "cohort": "A grade is missing", "school": "A school is missing",
}  # fmt: skip

_WHY = {
    "agreement is not strong enough": "Something speaks for one child, but not enough to join the records unseen.",
    "a first name is missing": "A first name is missing, so it cannot speak for one child.",
    "first names do not agree": "Much agrees, but not the first names: siblings look like this.",
    "a birth date is missing": "A birth date is missing, so it cannot speak for one child.",
    "birth dates do not agree": "Much agrees, but not the birth dates.",
    "another record comes close": "More than one record of the same list fits nearly as well.",
    "twice in one source": "One source lists both: one child entered twice, or two children?",
    "same family, another first name": "Same family and same birth date, but another first name: twins, or one child with two names?",
    "one id, another name and birth date": "Both carry the same id, but name and birth date differ: a mistyped or re-used id?",
    "two records of one source": "Joining them would put two records of one source into one child.",
    "two ids of one shared system": "Joining them would give one child two ids of a system in which a child has one.",
    "kin": "Joining them would join two children of one family.",
    "decision": "Joining them would join records that a reviewer has kept apart.",
    "disagree": "Two readers have answered differently. Your answer settles it.",
    "sample": "Drawn by chance, to measure how often the automatic answer is wrong. It is not shown here.",
    "again": "Is this one child?",
    "name and birth date agree": "Name and birth date agree.",
}

_CHANCES = (
    (0.99, "very likely one child"),
    (0.9, "likely one child"),
    (0.5, "more likely one child than two"),
    (0.1, "more likely two children"),
)


def level_words(comparison: str, label: str | None, level: int) -> str:
    """What one field says. `label` is None at the level "different" (0) and where nothing can be compared (-1)."""
    if level < 0:
        return _MISSING.get(comparison, f"{comparison}: missing")
    if label is None:
        return _DIFFERENT.get(comparison, f"{comparison}: different")
    return _LEVELS.get(comparison, {}).get(label) or _SAME.get(comparison) or f"{comparison}: {label}"


def why_words(why: str) -> str:
    """Why a person is asked."""
    return _WHY.get(why) or f"{why[:1].upper()}{why[1:]}."


def chance_words(weight: float | None, reason: str) -> str:
    """What the model makes of all fields together; it does not know that one family explains most of what twins share."""
    if reason == "kin":
        return "twins weigh as much"
    if weight is None:
        return "little in common"
    probability = 1 / (1 + 2.0 ** -max(-60.0, min(60.0, weight)))
    return next((words for least, words in _CHANCES if probability >= least), "two children, says the model")
