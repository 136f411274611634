"""How sources write down the children they know: with mistakes, at rates that can be set.

Belongs here: the rates, misspelt and preferred names, wrong birth dates, and rows that break a file's rules.
Does not belong here: the truth (population.py, truth.py) or the layout of any source.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo import names
from orchestration.demo.population import FIRST_NAMES, SURNAMES, Population
from orchestration.demo.text import Columns, choose, constant, join, pick, take

_SHORT = [names.SHORT_FORMS.get(name, name) for name in FIRST_NAMES]


@dataclass(frozen=True)
class Dirt:
    """Shares of rows or people with a fault, as seen in real files. Rates of names hold for a district; partners err twice as often."""

    ragged_row: float = 0.0002
    unmapped_code: float = 0.0004
    unreadable_date: float = 0.0002
    repeated_row: float = 0.0004
    preferred_name: float = 0.02
    misspelt_name: float = 0.015
    swapped_names: float = 0.003
    birth_year_off: float = 0.008
    day_month_swapped: float = 0.004
    missing_id: float = 0.01
    two_state_ids: float = 0.003
    state_id_of_another: float = 0.0005
    empty_cells: bool = True  # each source leaves cells empty at a share of its own (0.88 of the birth dates in one)

    @classmethod
    def none(cls) -> "Dirt":
        return replace(cls().times(0), empty_cells=False)

    def times(self, factor: float) -> "Dirt":
        rates = {f.name: getattr(self, f.name) * factor for f in fields(self) if f.name != "empty_cells"}
        return replace(self, **rates)

    def empty(self, share: float) -> float:
        """A source's own share of empty cells, unless there shall be none."""
        return share if self.empty_cells else 0.0


@dataclass(frozen=True)
class Written:
    """One row per child as a source wrote it; a missing birth date is NaT."""

    first: pa.Array
    middle: pa.Array
    last: pa.Array
    preferred: pa.Array
    birth_date: np.ndarray


def write_people(
    population: Population, child: np.ndarray, rng: np.random.Generator, dirt: Dirt, *, missing_birth_date: float = 0.0
) -> Written:
    """The given children as one source knows them."""
    n = len(child)
    first_index = population.first_name[child]
    first, short = pick(FIRST_NAMES, first_index), pick(_SHORT, first_index)
    last = pick(SURNAMES, population.last_name[child])
    second = pick(SURNAMES, population.second_last_name[child])
    style = rng.random(n)
    has_second = population.second_last_name[child] >= 0
    last = choose(has_second & (style < 0.45), join(last, second, sep=" "), last)
    last = choose(has_second & (style >= 0.45) & (style < 0.65), join(pick(SURNAMES, population.last_name[child]), second, sep="-"), last)
    first = choose(rng.random(n) < dirt.preferred_name * 5, short, first)  # only one name in five has a short form
    first = _misspell(first, rng, dirt.misspelt_name)
    last = _misspell(last, rng, dirt.misspelt_name)
    swapped = rng.random(n) < dirt.swapped_names
    first, last = choose(swapped, last, first), choose(swapped, first, last)
    middle = pc.utf8_slice_codeunits(pick(FIRST_NAMES, population.middle_name[child]), 0, 1)
    return Written(
        first=first,
        middle=choose(rng.random(n) < 0.8, middle, None),
        last=last,
        preferred=choose((rng.random(n) < 0.3) & np.asarray(pc.not_equal(short, first)), short, None),
        birth_date=_birth_dates(population.birth_date[child], rng, dirt, dirt.empty(missing_birth_date)),
    )


def _misspell(text: pa.Array, rng: np.random.Generator, share: float) -> pa.Array:
    """Drop the third letter, or swap the second and third."""
    draw = rng.random(len(text))
    head, second, third = (pc.utf8_slice_codeunits(text, i, i + 1) for i in range(3))
    tail = pc.utf8_slice_codeunits(text, 3)
    text = choose(draw < share / 2, join(head, second, tail), text)
    return choose((draw >= share / 2) & (draw < share), join(head, third, second, tail), text)


def _birth_dates(true: np.ndarray, rng: np.random.Generator, dirt: Dirt, missing: float) -> np.ndarray:
    draw, n = rng.random((3, len(true))), len(true)
    month_start = true.astype("datetime64[M]")
    month = month_start.astype(np.int64) % 12
    day = (true - month_start.astype("datetime64[D]")).astype(np.int64)
    year_start = true.astype("datetime64[Y]")
    off = (draw[0] < dirt.birth_year_off) & (day < 28)
    step = np.where(rng.random(n) < 0.5, 12, -12)
    written = np.where(off, (month_start + step).astype("datetime64[D]") + day, true)
    exchange = (draw[1] < dirt.day_month_swapped) & (day < 12)
    swapped = (year_start.astype("datetime64[M]") + np.where(day < 12, day, 0)).astype("datetime64[D]") + month
    written = np.where(exchange, swapped, written)
    written[draw[2] < missing] = np.datetime64("NaT")
    return written


def soil(
    columns: Columns, rng: np.random.Generator, dirt: Dirt, *, code: str | None = None, date: str | None = None
) -> tuple[Columns, np.ndarray]:
    """The table with unmapped codes, unreadable dates and repeated rows; also which rows shall be ragged."""
    rows = len(next(iter(columns.values())))
    made = dict(columns)
    if code is not None:
        made[code] = choose(rng.random(rows) < dirt.unmapped_code, "ZZ", made[code])
    if date is not None:
        draw = rng.random(rows)
        made[date] = choose(draw < dirt.unreadable_date, pick(["00/00/0000", "2023-02-30", "."], rng.integers(0, 3, rows)), made[date])
    repeated = np.flatnonzero(rng.random(rows) < dirt.repeated_row)
    if len(repeated):
        made = take(made, np.sort(np.concatenate([np.arange(rows), repeated])))
        rows += len(repeated)
    return made, rng.random(rows) < dirt.ragged_row


def blank(text: pa.Array, rng: np.random.Generator, share: float) -> pa.Array:
    """The column with some cells left empty."""
    return choose(rng.random(len(text)) < share, constant(None, len(text)), text)
