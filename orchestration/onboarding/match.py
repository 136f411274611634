"""Which columns of a grid could be which columns of a feed, and which feeds a grid could fill.

Belongs here: headers by synonyms, held against the shapes of the values. Does not belong here: how a match is written (columns.py).
"""

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from orchestration.feeds import CODE_LISTS, FEEDS, Column, ColumnType
from orchestration.onboarding.grid import Grid
from orchestration.onboarding.profile import FEW, ColumnProfile, GridProfile
from orchestration.onboarding.vocabulary import FeedWords, Vocabulary, fold

# Headers that stand for something a feed holds in another way: a second id, a name in one piece.
STATE_ID, FULL_NAME = "state_student_id", "full_name"
ROSTER = ("student", "enrollment", "student_group")
_TEXT = Column("", ColumnType.TEXT, "")


@dataclass(frozen=True)
class FeedMatch:
    """`columns`: feed column (or STATE_ID, FULL_NAME) → place in the grid; `score` orders the feeds of one grid."""

    feed: str
    columns: dict[str, int]
    score: float
    named: bool


def match_feed(name: str, grid: Grid, profile: GridProfile, words: Vocabulary) -> FeedMatch | None:
    """The feed's columns in the grid; None where what tells the feed apart is missing, or something is there that rules it out."""
    spoken = words.feeds[name]
    found = _best_columns(name, grid, profile, words)
    taken = {column: index for column, (_, index) in found.items()}
    if any(not taken.keys() & set(group) for group in spoken.needs) or _excluded(spoken, grid, profile, words):
        return None
    needed = {column for group in spoken.needs for column in group}
    score = 0.0
    sure = False
    for column, (fit, index) in found.items():
        generic = fold(grid.names[index]) in words.generic
        score += fit * (0.3 if generic else 1.0) * (2.0 if column in needed else 1.0)
        sure = sure or (column in needed and not generic)
    named = is_named(spoken, grid)
    own = any(column in spoken.columns and fold(grid.names[index]) not in words.generic for column, (_, index) in found.items())
    alone = named and (len(spoken.needs) > 1 or own or _is_only_named(name, spoken, grid))
    return FeedMatch(name, taken, score + 1.5 * named, named) if sure or alone else None


def match_columns(name: str, grid: Grid, profile: GridProfile, words: Vocabulary) -> dict[str, int]:
    """The feed's columns in the grid, whether or not they make up the feed."""
    return {column: index for column, (_, index) in _best_columns(name, grid, profile, words).items()}


def _best_columns(name: str, grid: Grid, profile: GridProfile, words: Vocabulary) -> dict[str, tuple[float, int]]:
    """Feed column → (fit, place): each place once, the best fits first."""
    spoken = words.feeds[name]
    candidates: list[tuple[float, str, int]] = []
    for column, synonyms in _columns_of(name, spoken, words).items():
        for index, header in enumerate(grid.names):
            fit = words.fit(header, synonyms) if usable(header, words) else 0.0
            if fit > 0 and shape_fits(FEEDS[name].by_name.get(column, replace(_TEXT, name=column)), profile.columns[index], words):
                # Of several percentages, the one whose header names a measure.
                candidates.append((fit + 0.02 * (column == "value" and words.measure(header) is not None), column, index))
    if name == "published_indicator":
        candidates += [(0.5, "student_group", column.index) for column in profile.columns if _holds_groups(column, words)]
    taken: dict[str, tuple[float, int]] = {}
    places: set[int] = set()
    for fit, column, index in sorted(candidates, key=lambda item: (-item[0], item[2])):
        if column not in taken and index not in places:
            taken[column] = (fit, index)
            places.add(index)
    return taken


def usable(header: str, words: Vocabulary) -> bool:
    return bool(header) and not words.never(header) and words.not_needed(header) is None


def is_named(spoken: FeedWords, grid: Grid) -> bool:
    """The file's, sheet's or folder's name, or a title line, holds a word of the feed."""
    texts = [
        *PurePosixPath(grid.file).with_suffix("").parts,
        grid.sheet,
        str(grid.reader.get("record", "")),
        *grid.titles,
    ]
    heard = {word for text in texts for word in fold(re.sub(r"__c(?=_|$)", "", text)).split()}
    return any(set(word.split()) <= heard for word in spoken.words)


def _is_only_named(name: str, spoken: FeedWords, grid: Grid) -> bool:
    """Nothing but the feed's words: Programs.csv is about programs, ProgramCohorts.csv is not."""
    own = {word for spelled in (*spoken.words, fold(name)) for word in spelled.split()}
    stem = PurePosixPath(grid.file).name.split(".")[0]
    texts = [re.sub(r"__c(?=_|$)", "", text) for text in (stem, grid.sheet)]
    return any(heard and heard <= own for text in texts if (heard := {word for word in fold(text).split() if not word.isdigit()}))


def shape_fits(column: Column, found: ColumnProfile, words: Vocabulary) -> bool:
    """Could the values be what the column holds?"""
    if column.codes is not None:
        return 0 < found.distinct <= FEW and (column.required or known_share(column.codes, found, words) > 0)
    days = column.name == "birth_date" and max(found.share("stata_day"), found.share("excel_day")) >= 0.98
    is_name = column.name.endswith("name")
    fits = {
        ColumnType.DATE: bool(found.formats) or days,
        ColumnType.BOOLEAN: found.share("yes_no") >= 0.9 or 0 < found.distinct <= 2,
        ColumnType.INTEGER: found.share("year", "year_label") >= 0.9,
        ColumnType.DECIMAL: found.share("number", "thousands", "percent", "currency", "range") >= 0.2,
        ColumnType.TEXT: _text_fits(column.name, found, is_name=is_name),
    }
    return found.filled > 0 and fits[column.type]


def _text_fits(name: str, found: ColumnProfile, *, is_name: bool) -> bool:
    """An id is one word; a name is no number and no date, and one in a single piece is several words."""
    if name in ("student_id", STATE_ID):
        return found.share("spaced") < 0.5
    if name == FULL_NAME:
        return found.share("spaced") >= 0.5
    return not (is_name and (found.share("number") > 0.5 or found.formats))


def known_share(code_list: str, found: ColumnProfile, words: Vocabulary) -> float:
    """Share of the filled rows whose code is one of the hub's, or known to mean one."""
    known = sum(rows for text, rows in found.values if text in CODE_LISTS[code_list] or words.standard_code(code_list, text))
    return known / found.filled if found.filled else 0.0


def _holds_groups(found: ColumnProfile, words: Vocabulary) -> bool:
    """A column of names of student groups, whatever its header says."""
    return 1 < found.distinct <= FEW and found.share("number") < 0.5 and known_share("published_group", found, words) >= 0.6


def _columns_of(name: str, spoken: FeedWords, words: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Feed columns and their synonyms: the feed's own words before those all feeds share."""
    feed = FEEDS[name].by_name
    known = {column: (*spoken.columns.get(column, ()), *words.shared.get(column, ())) for column in feed}
    if "student_id" in feed:
        known[STATE_ID] = words.shared[STATE_ID]
    if "last_name" in feed:
        known[FULL_NAME] = words.shared[FULL_NAME]
    return {column: synonyms for column, synonyms in known.items() if synonyms}


def _excluded(spoken: FeedWords, grid: Grid, profile: GridProfile, words: Vocabulary) -> bool:
    for column in spoken.excludes:
        synonyms = [word for word in words.shared[column] if not (column == FULL_NAME and word == "name")]
        for index, header in enumerate(grid.names):
            if profile.columns[index].filled and words.fit(header, tuple(synonyms)) > 0:
                return True
    return False
