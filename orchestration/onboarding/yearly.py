"""Sheets of one workbook that hold the same table for one year each.

Belongs here: seeing that, and the pattern that names them all, next year's too. Does not belong here: years in names of files
(proposal.py).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from orchestration.onboarding.grid import Grid

_LABEL = r"(?:19|20)\d{2}-(?:\d{4}|\d{2})"
_YEAR = r"(?:19|20)\d{2}"


def join_years(grids: Sequence[Grid]) -> list[Grid]:
    """Sheets of one header whose names differ by a year alone become one grid, the newest, read by `sheet_pattern`."""
    alike: dict[tuple[object, ...], list[Grid]] = {}
    for grid in grids:
        pattern = _pattern(str(grid.reader["sheet"]))
        others = tuple((key, str(value)) for key, value in sorted(grid.reader.items()) if key not in ("sheet", "footer"))
        alike.setdefault((pattern or grid.reader["sheet"], grid.names, others), []).append(grid)
    return [_newest(together) if len(together) > 1 else together[0] for together in alike.values()]


def year_format(pattern: str) -> str:
    """The school-year format of the group that `join_years` puts into a pattern."""
    return "label" if "-" in pattern.partition("(?P<year>")[2].partition(")")[0] else "spring"


def _newest(grids: list[Grid]) -> Grid:
    newest = max(grids, key=lambda grid: str(grid.reader["sheet"]))
    reader = {key: value for key, value in newest.reader.items() if key != "sheet"}
    return replace(newest, reader={"format": reader.pop("format"), "sheet_pattern": _pattern(str(newest.reader["sheet"])), **reader})


def _pattern(sheet: str) -> str | None:
    """A year in a sheet's name as a group; None where it holds none, or more than one."""
    for year, written in ((_LABEL, r"\d{4}-\d{2,4}"), (_YEAR, r"\d{4}")):
        found = list(re.finditer(rf"(?<!\d){year}(?!\d)", sheet))
        if len(found) == 1:
            before, after = sheet[: found[0].start()], sheet[found[0].end() :]
            return f"^{re.escape(before)}(?P<year>{written}){re.escape(after)}$".replace("\\ ", " ")
    return None
