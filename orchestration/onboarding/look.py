"""Given files to grids, and grids of one layout together.

Does not belong here: how one kind of file is opened (layout.py, workbook.py, nested.py), what the columns mean (match.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.onboarding.files import GivenFile, glob_of, undated
from orchestration.onboarding.grid import Grid, fold_header
from orchestration.onboarding.layout import delimited_grid
from orchestration.onboarding.match import STATE_ID
from orchestration.onboarding.nested import json_grid, xml_grids
from orchestration.onboarding.profile import profile_grids
from orchestration.onboarding.proposal import Layout
from orchestration.onboarding.vocabulary import Vocabulary
from orchestration.onboarding.workbook import workbook_grids

_WORKBOOKS = (".xlsx", ".xlsm")
_JSON = (".json", ".jsonl", ".ndjson")


@dataclass
class Seen:
    """`unread`: files that are no text, workbook, JSON or XML with rows, with why."""

    grids: list[Grid] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def look_at(con: duckdb.DuckDBPyConnection, files: Sequence[GivenFile], words: Vocabulary, work: Path) -> Seen:
    """Every file and sheet that holds rows."""
    seen = Seen()
    for file in files:
        found = _grids(con, file, words, work)
        seen.grids += found
        if not found:
            seen.unread.append((file.name, _why_not(file.path)))
    return seen


def _why_not(path: Path) -> str:
    with path.open("rb") as stream:
        lines = stream.read(1 << 16).splitlines()[:-1] or [b""]
    lengths = {len(line) for line in lines}
    if len(lines) > 1 and len(lengths) == 1 and max(lengths) > 10:
        return f"every line has {max(lengths)} characters: fixed width; the sender's record layout says which are which (reader.fields)"
    return "not text, a workbook, JSON or XML with rows and columns"


def same_layouts(con: duckdb.DuckDBPyConnection, grids: Sequence[Grid], files: Sequence[GivenFile], words: Vocabulary) -> list[Layout]:
    """Files that share header and reader belong to one table; sheets of a workbook each stand alone."""
    groups: dict[tuple[str, ...], list[Grid]] = {}
    for grid in grids:
        sheet, record = grid.sheet, str(grid.reader.get("record", ""))
        folder = grid.file.rpartition("/")[0]
        # Files about nobody may look alike and speak of different things: their names tell.
        subject = "" if _about_people(grid, words) else undated(grid.file)
        groups.setdefault((folder, subject, sheet, record, str(sorted(grid.reader)), *map(fold_header, grid.names)), []).append(grid)
    every = [file.name for file in files]
    return [
        Layout(tuple(group), tuple(glob_of((grid.file for grid in group), every)), profile_grids(con, group, number))
        for number, group in enumerate(groups.values())
    ]


def _about_people(grid: Grid, words: Vocabulary) -> bool:
    return any(words.fit(header, words.shared[name]) > 0 for header in grid.names for name in (STATE_ID, "student_id"))


def _grids(con: duckdb.DuckDBPyConnection, file: GivenFile, words: Vocabulary, work: Path) -> list[Grid]:
    suffix = Path(file.name).suffix.lower()
    if suffix in _WORKBOOKS:
        try:
            return workbook_grids(file, words, work)
        except Exception:  # noqa: BLE001 - a broken workbook makes openpyxl's parsers raise anything; its text may hold a cell
            return []
    if suffix == ".xml":
        return xml_grids(file, work)
    grid = json_grid(con, file, work) if suffix in _JSON else delimited_grid(file, words, work)
    return [grid] if grid is not None and len(grid.names) > 1 else []
