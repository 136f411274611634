"""A given file or sheet as a grid of text: what a reader of a contract has to know about it, guessed.

Belongs here: where the header stands and what it says. Does not belong here: bytes to lines (layout.py), workbooks and nested files
(workbook.py, nested.py), what the columns mean (match.py).
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.onboarding.vocabulary import Vocabulary, fold

SEARCHED_LINES = 50
_NOT_A_TITLE = re.compile(
    r"^[-+$<>=*]*\s*\d[\d,./:\s-]*%?(\s*[ap]m)?$|^[0-9a-f]{8,}(-[0-9a-f]{4,})*$|^\d{1,2}-[a-z]{3}-\d{2,4}$|^(true|false|yes|no|\*+|n/?a)$|@",
    re.IGNORECASE,
)
_DATE_TITLE = re.compile(r"^\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?$|^[A-Z][a-z]{2} \d{1,2}$")


@dataclass(frozen=True)
class Grid:
    """`path` is UTF-8 text below whose first `skipped` lines the rows begin; `reader` is what the contract must say about it."""

    file: str
    path: Path
    delimiter: str
    skipped: int
    names: tuple[str, ...]
    reader: dict[str, Any] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """File and sheet, for people."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file

    @property
    def sheet(self) -> str:
        """Name of the sheet, or the pattern of their names; empty where the file has none or one stands for all."""
        return str(self.reader.get("sheet", self.reader.get("sheet_pattern", "")))

    def reference(self, index: int) -> str:
        """How a contract names the column: by header, or by place where the header is empty or not the only one."""
        name = self.names[index]
        same = [fold_header(other) for other in self.names]
        return name if name and same.index(fold_header(name)) == index and same.count(fold_header(name)) == 1 else f"#{index + 1}"


@dataclass(frozen=True)
class HeaderGuess:
    """`names` stand on `line` (0: no line), `rows` is 2 where group titles stand above them."""

    names: tuple[str, ...]
    line: int
    rows: int
    titles: tuple[str, ...]


def guess_header(read: list[tuple[int, list[str]]], words: Vocabulary) -> HeaderGuess:
    """The header among the first lines of a file; `read` holds (line number, cells)."""
    filled = [(line, [cell.strip() for cell in row]) for line, row in read if any(cell.strip() for cell in row)]
    if not filled:
        return HeaderGuess((), 0, 1, ())
    width = _width([row for _, row in filled])
    known = {word for feed in words.feeds.values() for column in feed.columns.values() for word in column}
    known |= {word for column in words.shared.values() for word in column}
    best, place = max(((_score(row, width, known), -position) for position, (_, row) in enumerate(filled)), default=(0.0, 0))
    position = -place
    line, row = filled[position]
    if best < 0.5 or (position == 0 and _is_data(row, [other for _, other in filled[1:]], known)):
        return HeaderGuess(tuple(f"column {n + 1}" for n in range(width)), 0, 1, ())
    above = filled[position - 1][1] if position else []
    titles = tuple(" ".join(filter(None, other)) for _, other in filled[: max(position, 0)])
    if _are_groups(above, row):
        return HeaderGuess(tuple(_merged(above, row)), line, 2, titles[:-1])
    return HeaderGuess(tuple(row), line, 1, titles)


def fold_header(text: str) -> str:
    """As the reader compares headers: blanks folded, case ignored."""
    return " ".join(text.split()).casefold()


def _width(rows: list[list[str]]) -> int:
    counts = Counter(len(row) for row in rows)
    return max(counts, key=lambda size: (counts[size] * (size > 1), size))


def _score(row: list[str], width: int, known: set[str]) -> float:
    """1 for a row of as many distinct titles as the file is wide; words of the vocabulary count most."""
    titles = [cell for cell in row if cell and (not _NOT_A_TITLE.search(cell) or _DATE_TITLE.match(cell))]
    if not titles or (width > 1 and len(titles) < 2):
        return 0.0
    distinct = len(set(titles)) / len(titles)
    heard = sum(fold(cell) in known for cell in titles)
    data = sum(bool(_NOT_A_TITLE.search(cell)) and not _DATE_TITLE.match(cell) for cell in row if cell)
    return (len(titles) - data) / max(width, len(row)) + 0.3 * distinct + 2 * heard / max(width, len(row))


def _is_data(row: list[str], below: list[list[str]], known: set[str]) -> bool:
    """The first row is a row like those below it: it holds numbers, dates or ids where they do, and no title anybody knows."""
    if any(fold(cell) in known for cell in row):
        return False
    marked = [index for index, cell in enumerate(row) if _NOT_A_TITLE.search(cell)]
    alike = [index for index in marked if any(index < len(other) and _NOT_A_TITLE.search(other[index]) for other in below[:10])]
    return bool(alike)


def _are_groups(above: list[str], titles: list[str]) -> bool:
    """Group titles leave blanks over the columns they span, and the titles below repeat or are empty without them."""
    if any(_NOT_A_TITLE.search(cell) for cell in above if cell) or len(above) != len(titles) or all(above):
        return False
    repeated = len({cell for cell in titles if cell}) < sum(bool(cell) for cell in titles)
    spanned = any(title and not group for group, title in zip(above, titles, strict=True))
    inside = sum(bool(cell) for cell in above[1:])
    return inside > 0 and spanned and (repeated or any(cell in ("%", "#", "n", "N") for cell in titles))


def _merged(groups: list[str], titles: list[str]) -> list[str]:
    """Group title, carried to the right over blanks, before the column title: as the reader merges them."""
    merged: list[str] = []
    group = ""
    for above, title in zip(groups, titles, strict=True):
        group = above or group
        merged.append(f"{group} {title}".strip())
    return merged
