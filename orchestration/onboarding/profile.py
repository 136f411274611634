"""What the values of a grid look like: how many, how different, which shapes. All of it counted by DuckDB.

Belongs here: counts per column. Does not belong here: which feed column it is (match.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from orchestration.onboarding.grid import Grid
from orchestration.sql import literal

LOOKED_AT = 1_000_000
FEW = 60
_SAMPLED = 2_000
DATE_FORMATS = (
    "%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%Y/%m/%d", "%m-%d-%Y", "%m.%d.%Y", "%Y%m%d", "%d%b%Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%B %d, %Y", "%m%d%Y", "%m-%d-%y", "%m%d%y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p",
)  # fmt: skip
_RANGE = "([<>≤≥]=? ?[0-9.]+ ?%?|[0-9.]+ ?%? ?(-|to) ?[0-9.]+ ?%?|[0-9.]+ or (more|less|fewer)|(fewer|less|more) than [0-9.]+)"
_SHAPES = {
    "whole": "regexp_full_match({v}, '[+-]?[0-9]{{1,18}}([.]0+)?')",
    "number": "regexp_full_match({v}, '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)')",
    "thousands": "regexp_full_match({v}, '[+-]?[0-9]{{1,3}}(,[0-9]{{3}})+([.][0-9]*)?')",
    "percent": "regexp_full_match({v}, '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+) ?%')",
    "with_percent": "contains({v}, '%')",
    "currency": "regexp_full_match({v}, '[+-]?[$] ?[0-9,]+([.][0-9]*)?')",
    "range": "regexp_full_match({v}, '" + _RANGE + "')",
    "year": "regexp_full_match({v}, '(19|20)[0-9]{{2}}')",
    "year_label": "regexp_full_match({v}, '(19|20)[0-9]{{2}}\\s*[-/]\\s*([0-9]{{2}}|(19|20)[0-9]{{2}})')",
    "yes_no": "lower({v}) IN ('true','false','1','0','yes','no','y','n','t','f')",
    "spaced": "regexp_matches({v}, '\\S[ ,]\\s*\\S')",
    "last_first": "regexp_full_match({v}, '[^,]+, ?[^,]+')",
    "stata_day": "try_cast({v} AS BIGINT) BETWEEN 1 AND 24000",
    "excel_day": "try_cast({v} AS BIGINT) BETWEEN 25000 AND 47000",
    "fraction": "try_cast({v} AS DOUBLE) BETWEEN 0 AND 1",
}
_CANNOT_OCCUR = "\x01"


@dataclass(frozen=True)
class ColumnProfile:
    """Counts of one column; `values` (text, rows) only where they are few, most frequent first. Never shown but for code lists."""

    index: int
    filled: int
    distinct: int
    shapes: dict[str, int]
    formats: tuple[str, ...] = ()
    values: tuple[tuple[str, int], ...] = ()

    def share(self, *shapes: str) -> float:
        """Share of the filled values that have one of the shapes (which exclude each other)."""
        return sum(self.shapes.get(shape, 0) for shape in shapes) / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class GridProfile:
    """`relation` is a temp table of `con` with the columns c0..cn as trimmed text."""

    con: duckdb.DuckDBPyConnection = field(repr=False)
    relation: str
    rows: int
    columns: tuple[ColumnProfile, ...] = field(repr=False)


def profile_grids(con: duckdb.DuckDBPyConnection, grids: Sequence[Grid], number: int) -> GridProfile:
    """Load the first million rows of files of one layout and count."""
    relation, width = f"grid_{number}", len(grids[0].names)
    every = " UNION ALL ".join(f"({_rows(grid, width)})" for grid in grids)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS FROM ({every}) LIMIT {LOOKED_AT}")
    (rows,) = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    return GridProfile(con, relation, rows, tuple(_column(con, relation, n) for n in range(width)))


def _rows(grid: Grid, width: int) -> str:
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(width))
    return f"""SELECT {", ".join(_trimmed(n, grid) for n in range(width))} FROM read_csv({literal(str(grid.path))},
        delim={literal(grid.delimiter)}, quote='"', escape='"', header=false, skip={grid.skipped}, auto_detect=false,
        columns={{{columns}}}, nullstr='{_CANNOT_OCCUR}', strict_mode=false, null_padding=true, ignore_errors=true, parallel=false)
        WHERE {" OR ".join(f"coalesce(trim(c{n}), '') <> ''" for n in range(width))}"""


def _trimmed(n: int, grid: Grid) -> str:
    text = f"trim(c{n})"
    if grid.reader.get("excel_text"):
        text = f"regexp_replace({text}, '^=\"(.*)\"$', '\\1')"
    return f"nullif({text}, '') AS c{n}"


def _column(con: duckdb.DuckDBPyConnection, relation: str, n: int) -> ColumnProfile:
    shapes = ", ".join(f"count(*) FILTER ({test.format(v=f'c{n}')})" for test in _SHAPES.values())
    found = con.execute(f"SELECT count(c{n}), count(DISTINCT c{n}), {shapes} FROM {relation}").fetchone() or ()
    filled, distinct, *counted = found
    by_shape = dict(zip(_SHAPES, counted, strict=True))
    values: tuple[tuple[str, int], ...] = ()
    if 0 < distinct <= FEW:
        listed = con.execute(f"SELECT c{n}, count(*) FROM {relation} WHERE c{n} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
        values = tuple((str(text), int(rows)) for text, rows in listed)
    return ColumnProfile(n, filled, distinct, by_shape, _formats(con, relation, n, filled) if filled else (), values)


def _formats(con: duckdb.DuckDBPyConnection, relation: str, n: int, filled: int) -> tuple[str, ...]:
    """Date formats that together read nearly all values, the most frequent first; () where the column holds no dates."""
    sample = f"(SELECT DISTINCT c{n} AS v FROM {relation} WHERE c{n} IS NOT NULL LIMIT {_SAMPLED})"
    hits = con.execute(f"SELECT {', '.join(_reads(form, 'v') for form in DATE_FORMATS)}, count(*) FROM {sample}").fetchone() or (0,)
    *by_format, seen = hits
    if sum(by_format) < 0.5 * seen:
        return ()
    likely = [form for form, count in zip(DATE_FORMATS, by_format, strict=True) if count > 0.001 * seen]
    # The format that reads most goes first; another joins it only for what is still unread.
    chosen: list[str] = []
    read = 0
    while likely:
        counts = con.execute(f"SELECT {', '.join(_reads([*chosen, form], f'c{n}') for form in likely)} FROM {relation}").fetchone() or ()
        best, count = max(zip(likely, counts, strict=True), key=lambda item: (item[1], -likely.index(item[0])))
        if count <= read or (chosen and count - read < 0.001 * filled):
            break
        chosen.append(best)
        likely.remove(best)
        read = count
        if read == filled:
            break
    return tuple(chosen) if read >= 0.9 * filled else ()


def _reads(forms: str | list[str], value: str) -> str:
    listed = ", ".join(map(literal, [forms] if isinstance(forms, str) else forms))
    return f"count(*) FILTER (year(try_strptime({value}, [{listed}])) BETWEEN 1900 AND 2100)"
