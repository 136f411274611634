"""Names, dates and addresses made comparable: SQL expressions over one text column.

Belongs here: what two spellings of one value must look like to be equal. Does not belong here: how alike two values are
(comparisons.py). Letters of every script stay; only case, accents, punctuation, suffixes and filler words go.
"""

from functools import cache
from pathlib import Path

from orchestration.sql import literal

DATA = Path(__file__).parent / "data"
_APOSTROPHES = "['\u2019\u02bc`\u00b4]"
_SUFFIX = " (jr|sr|ii|iii|iv)$"
# Street words that files abbreviate at will; the house number and the street's own name decide.
_STREET_WORDS = {
    "street": "st", "avenue": "ave", "road": "rd", "lane": "ln", "drive": "dr", "court": "ct", "boulevard": "blvd", "place": "pl",
    "apartment": "apt", "unit": "apt", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip


def folded(column: str) -> str:
    """Lower case, accents and apostrophes gone, every other sign a blank; NULL where nothing is left."""
    plain = f"regexp_replace(strip_accents(lower({column})), '{_APOSTROPHES.replace(chr(39), chr(39) * 2)}', '', 'g')"
    return f"nullif(trim(regexp_replace({plain}, '[^\\p{{L}}\\p{{M}}\\p{{N}}]+', ' ', 'g')), '')"


def first_name(column: str) -> str:
    """A first name that can identify a child: fillers ("baby", "unknown") and single Latin letters count as missing."""
    return _without_fillers(folded(column), "regexp_full_match(name, '[a-z]')")


def last_name(column: str) -> str:
    """A surname without generation suffix; two-part names keep both parts."""
    return _without_fillers(f"regexp_replace({folded(column)}, '{_SUFFIX}', '')", "false")


def initial(column: str) -> str:
    return f"nullif({folded(column)}[1], '')"


def street(column: str) -> str:
    text = folded(column)
    for long, short in _STREET_WORDS.items():
        text = f"regexp_replace({text}, '\\b{long}\\b', '{short}', 'g')"
    return text


def postal(column: str) -> str:
    """The five digits of a US ZIP code, also of ZIP+4; all zeros count as missing."""
    return f"nullif(nullif(regexp_extract({column}, '^([0-9]{{5}})', 1), ''), '00000')"


def _without_fillers(cleaned: str, too_short: str) -> str:
    """NULL where the name is one filler word or begins with one ("baby girl", "son of")."""
    fillers = ", ".join(literal(word) for word in filler_words())
    return (
        f"(SELECT CASE WHEN {too_short} OR split_part(name, ' ', 1) IN ({fillers}) THEN NULL ELSE nullif(name, '') END "
        f"FROM (SELECT {cleaned} AS name))"
    )


@cache
def filler_words() -> tuple[str, ...]:
    """Words that people type where a name is not known; data/filler_names.txt."""
    lines = (DATA / "filler_names.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
