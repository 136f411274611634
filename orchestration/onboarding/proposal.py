"""What is proposed: tables of a contract with remarks for the person who edits it.

Does not belong here: how it is found (propose.py, wide.py) or written (write.py).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from orchestration.onboarding.columns import Prop
from orchestration.onboarding.grid import Grid
from orchestration.onboarding.profile import GridProfile
from orchestration.onboarding.vocabulary import Vocabulary
from orchestration.onboarding.yearly import year_format

_LABEL_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})-(\d{2}|\d{4})(?![\d-])")
_YEAR_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d{2}(?![\d-])")


@dataclass(frozen=True)
class Layout:
    """Files of one layout: `grids` share header and reader, `files` are the globs that name them."""

    grids: tuple[Grid, ...]
    files: tuple[str, ...]
    profile: GridProfile

    @property
    def grid(self) -> Grid:
        return self.grids[0]


@dataclass
class TableProposal:
    """One table: `remarks` are comments above it, `check` is what the person should look at first."""

    name: str
    feed: str
    layout: Layout
    props: list[Prop]
    extras: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def check(self) -> list[str]:
        return [text for prop in self.props for text in prop.check]


@dataclass
class Proposal:
    """`not_taken`: columns per layout with why; `unread`: files no table reads, with why."""

    tables: list[TableProposal] = field(default_factory=list)
    profile: str | None = None
    systems: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    not_taken: list[tuple[Layout, list[tuple[str, str]]]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def year_in_name(layout: Layout) -> tuple[str, str] | None:
    """(pattern for file_name, format) where every file's name holds a school year."""
    names = [grid.file for grid in layout.grids]
    labels = [_LABEL_IN_NAME.search(name) for name in names]
    if all(match and (int(match[1]) + 1) % 100 == int(match[2]) % 100 for match in labels):
        return r"(?<!\d)(?P<year>\d{4}-\d{2,4})(?![\d-])", "label"
    if all(_YEAR_IN_NAME.search(name) for name in names):
        return r"(?<!\d)(?P<year>\d{4})(?![\d-])", "spring"
    return None


def school_year(table: TableProposal) -> Prop:
    """The year that the sheet's or the file's name says, else that of the delivery."""
    pattern = table.layout.grid.reader.get("sheet_pattern")
    if pattern is not None:
        return Prop(
            "school_year", extras={"from_sheet": "year", "format": year_format(pattern)}, remarks=["the sheet's name says the school year"]
        )
    named = year_in_name(table.layout)
    if named is not None:
        table.extras["file_name"] = named[0]
        return Prop("school_year", extras={"from_file": "year", "format": named[1]}, remarks=["the file's name says the school year"])
    prop = Prop(
        "school_year", extras={"from_delivery": "school_year"}, remarks=["no column says the year: it is that of the delivery's date"]
    )
    prop.check.append("school_year: taken from the delivery's date")
    return prop


def markers_in(layout: Layout, references: Iterable[str], words: Vocabulary) -> list[str]:
    """Texts in place of numbers below these columns."""
    wanted = set(references)
    columns = [column for column in layout.profile.columns if layout.grid.reference(column.index) in wanted]
    found: dict[str, None] = {}
    for column in columns:
        texts = layout.profile.con.execute(
            f"""SELECT DISTINCT c{column.index} FROM {layout.profile.relation}
            WHERE NOT regexp_matches(c{column.index}, '[0-9]') AND length(c{column.index}) <= 20 LIMIT 20"""
        ).fetchall()
        found |= dict.fromkeys(sorted(text for (text,) in texts if text.lower() in words.markers))
    return list(found)


def slug(text: str) -> str:
    """A name for YAML: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "table"


def stem(grid: Grid) -> str:
    return PurePosixPath(grid.file).name.split(".")[0]
