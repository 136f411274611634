"""How often sources err, and rows that break a file's rules.

Belongs here: every rate, and spoiling rows whatever they are about. Does not belong here: how a name or a date gets wrong (mistakes.py) or
what a source knows of its people (writing.py).
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from orchestration.demo.text import Columns, choose, constant, pick, take

_MOST = 0.9
_OF_ROWS = ("ragged_row", "unmapped_code", "unreadable_date", "repeated_row", "missing_id")


@dataclass(frozen=True)
class Dirt:
    """Shares of rows or of records with a fault, as seen in real files. Rates of records hold for a district; partners err twice as often.

    A record is what one source says of one child."""

    # rows, whatever they say
    ragged_row: float = 0.0002
    unmapped_code: float = 0.0004
    unreadable_date: float = 0.0002
    repeated_row: float = 0.0004
    missing_id: float = 0.01
    # ids
    two_state_ids: float = 0.003
    state_id_of_another: float = 0.0005
    # names
    nickname: float = 0.06  # of those with a short form; where the child goes by it, five times as often
    first_typo: float = 0.008
    last_typo: float = 0.008
    scanned_name: float = 0.003
    swapped_names: float = 0.003
    sibling_name: float = 0.0007
    part_dropped: float = 0.15  # of two-part surnames
    parts_joined: float = 0.15  # the same with the other of hyphen and blank between the parts
    old_surname: float = 0.3  # of children renamed before the source wrote them down
    other_script: float = 0.1  # of children whose family writes another script
    no_accents: float = 0.5
    middle_missing: float = 0.2
    middle_wrong: float = 0.01
    # the rest
    grade_missing: float = 0.05  # of registrations that ask for it
    grade_wrong: float = 0.01  # a year off
    birth_missing: float = 0.002  # a source may have a larger share of its own
    birth_year_off: float = 0.003
    birth_day_month_swapped: float = 0.003
    birth_digit: float = 0.005
    sex_wrong: float = 0.002
    sex_missing: float = 0.003
    address_missing: float = 0.03
    address_old: float = 0.05  # of children who moved
    street_typo: float = 0.02
    zip_wrong: float = 0.005
    empty_cells: bool = True  # each source leaves cells empty at a share of its own (0.88 of the birth dates in one)

    @classmethod
    def none(cls) -> "Dirt":
        return replace(cls().times(0), empty_cells=False)

    def times(self, factor: float) -> "Dirt":
        """Every fault so many times as often."""
        return self._scaled(factor, {f.name for f in fields(self)} - {"empty_cells"})

    def noise(self, factor: float) -> "Dirt":
        """The same, but for broken rows: what sources say of people gets worse, the files stay within what their contracts accept."""
        return self._scaled(factor, {f.name for f in fields(self)} - {"empty_cells", *_OF_ROWS})

    def _scaled(self, factor: float, names: set[str]) -> "Dirt":
        return replace(self, **{name: min(getattr(self, name) * factor, _MOST) for name in sorted(names)})

    def empty(self, share: float) -> float:
        """A source's own share of empty cells, unless there shall be none."""
        return share if self.empty_cells else 0.0


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
