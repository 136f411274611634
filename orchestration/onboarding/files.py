"""The files a person points at, as a delivery would hold them.

Belongs here: folders, archives and single files to (name inside the delivery, path). Does not belong here: what is in them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from orchestration.ingestion.archive import open_delivery

_NO_DATA = re.compile(r"(?i)^(licen[cs]e|readme|copying|notice)\b|^source\.(md|txt)$|\.(pdf|docx?|pptx?|png|jpe?g|gif|md|html?|exe)$")
_DATED = re.compile(r"(?:19|20)\d{2}([-_]?\d{2}){1,2}(?!\d)|(?:19|20)\d{2}|(?<![A-Za-z0-9])\d{4,}")


@dataclass(frozen=True)
class GivenFile:
    """`name` is the file's path inside a delivery, with / between folders."""

    name: str
    path: Path


def given_files(paths: Iterable[Path], work: Path) -> tuple[list[GivenFile], list[str]]:
    """All files behind the paths in name order, and the names left aside because they hold no rows."""
    found: list[GivenFile] = []
    aside: list[str] = []
    for number, path in enumerate(paths):
        for name, file in open_delivery(path, work / f"opened-{number}").items():
            if _NO_DATA.search(PurePosixPath(name).name):
                aside.append(name)
            else:
                found.append(GivenFile(name, file))
    return sorted(found, key=lambda file: file.name), aside


def undated(name: str) -> str:
    """The name with its dates and years left open."""
    return _DATED.sub("*", name)


def fresh(work: Path, name: str) -> Path:
    """A path in the work folder that no other file has."""
    return work / f"{sum(1 for _ in work.iterdir()):05}-{name}"


def glob_of(names: Iterable[str], others: Iterable[str]) -> list[str]:
    """One glob for files of one layout, dates and years in their names left open; the names themselves where a glob would take others."""
    given = sorted(names)
    globs = {undated(name) for name in given}
    if len(globs) > 1:
        common = _common(sorted(globs))
        globs = {common} if common else globs
    taken = [other for other in others if other not in given and any(fnmatch(other.lower(), glob.lower()) for glob in globs)]
    return given if taken else sorted(globs)


def _common(globs: list[str]) -> str | None:
    """The globs as one, if they share a beginning and an end worth naming."""
    first, last = globs[0], globs[-1]
    head = 0
    while head < min(len(first), len(last)) and first[head] == last[head]:
        head += 1
    tails = [glob[::-1] for glob in globs]
    tail = 0
    while tail < min(map(len, tails)) - head and len({text[tail] for text in tails}) == 1:
        tail += 1
    if head < 3 or "/" in "".join(glob[head : len(glob) - tail] for glob in globs):
        return None
    return re.sub(r"\*+", "*", f"{first[:head]}*{first[len(first) - tail :] if tail else ''}")
