"""How a name or a date comes out wrong: by hand, or by a scanner.

Belongs here: one kind of mistake per function, for the rows a mask names. Does not belong here: how often it happens (dirt.py) or to
whom (writing.py).
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo.text import choose, join, pick

_LETTERS = [chr(97 + i) for i in range(26)]
# What a scanner makes of letters; each is tried on the first place it occurs.
_SCANNED = (("m", "rn"), ("cl", "d"), ("rn", "m"), ("o", "0"), ("l", "1"), ("i", "l"), ("e", "c"), ("h", "b"))
_PLACES = (1, 2, 3)


def at(mask: np.ndarray, column: pa.Array, change: Callable[[pa.Array], pa.Array]) -> tuple[pa.Array, np.ndarray]:
    """The column with the change made where the mask holds, and where it truly became another text."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return column, np.zeros(len(mask), dtype=bool)
    old = column.take(pa.array(rows))
    new = change(old)
    changed = np.zeros(len(mask), dtype=bool)
    changed[rows] = np.asarray(pc.fill_null(pc.not_equal(old, new), False))
    return pc.replace_with_mask(column, pa.array(mask), new), changed


def typed(rng: np.random.Generator) -> Callable[[pa.Array], pa.Array]:
    """A letter left out, typed twice, another one, or two letters exchanged; never the first letter."""

    def change(text: pa.Array) -> pa.Array:
        rows = len(text)
        length = np.asarray(pc.utf8_length(text).cast(pa.int64()).fill_null(0))
        place = np.minimum(rng.choice(_PLACES, rows), np.maximum(length - 2, 1))
        kind, other = rng.integers(0, 4, rows), pick(_LETTERS, rng.integers(0, 26, rows))
        made = text
        for p in _PLACES:
            head, letter, following, tail = (
                pc.utf8_slice_codeunits(text, *span) for span in ((0, p), (p, p + 1), (p + 1, p + 2), (p + 2, None))
            )
            for number, parts in enumerate(((following,), (letter, letter, following), (other, following), (following, letter))):
                made = choose((place == p) & (kind == number), join(head, *parts, tail), made)
        return made

    return change


def scanned(rng: np.random.Generator) -> Callable[[pa.Array], pa.Array]:
    """Letters that look alike."""

    def change(text: pa.Array) -> pa.Array:
        kind, made = rng.integers(0, len(_SCANNED), len(text)), text
        for number, (letters, seen) in enumerate(_SCANNED):
            made = choose(kind == number, pc.replace_substring(text, letters, seen, max_replacements=1), made)
        return made

    return change


def year_off(dates: np.ndarray, rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """A year early or late."""
    month, day = _month(dates), _day(dates)
    moved = (month + rng.choice((12, -12), len(dates))).astype("datetime64[D]") + day
    return np.where(mask & (day < 28), moved, dates)


def day_month_swapped(dates: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The 3rd of May as the 5th of March, where that is a date."""
    month, day = _month(dates), _day(dates)
    in_year = month.astype(np.int64) % 12
    swapped = (month - in_year + np.where(day < 12, day, 0)).astype("datetime64[D]") + in_year
    return np.where(mask & (day < 12), swapped, dates)


def digit_wrong(dates: np.ndarray, rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """One digit of the day wrong, or the month beside the right one."""
    month, day, n = _month(dates), _day(dates), len(dates)
    unit, ten = day // 10 * 10 + rng.integers(0, 10, n), (day + 10) % 30
    beside = month + np.where(month.astype(np.int64) % 12 < 11, 1, -1)
    in_month = rng.random(n) < 0.25
    place = np.select([in_month, rng.random(n) < 0.5], [day, unit], ten)
    wrong = np.where(in_month, beside, month).astype("datetime64[D]") + np.clip(place, 0, 27)
    return np.where(mask, wrong, dates)


def _month(dates: np.ndarray) -> np.ndarray:
    return dates.astype("datetime64[M]")


def _day(dates: np.ndarray) -> np.ndarray:
    """Days since the first of the month."""
    return (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
