"""Columns of text, made without a loop over rows.

Belongs here: arrow expressions that turn numpy columns into the text a file holds, and tables into bytes of CSV.
Does not belong here: what any source writes.
"""

import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

Columns = dict[str, pa.Array]


def pick(values: Sequence[str], index: np.ndarray) -> pa.Array:
    """values[index]; null where the index is negative."""
    index = np.asarray(index)
    return pa.array(list(values), pa.string()).take(pa.array(np.maximum(index, 0), mask=index < 0))


def choose(mask: np.ndarray, yes: pa.Array | str | None, no: pa.Array | str | None) -> pa.Array:
    """Text `yes` where the mask holds, else `no`; None is an empty cell."""
    return pc.if_else(pa.array(mask), _text(yes), _text(no))


def _text(value: pa.Array | str | None) -> pa.Array | pa.Scalar:
    return pa.scalar(value, pa.string()) if value is None or isinstance(value, str) else value


def constant(value: str | None, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), rows)


def join(*parts: pa.Array | str, sep: str = "") -> pa.Array:
    """Parts side by side; a missing part counts as empty."""
    return pc.binary_join_element_wise(*(_text(p) for p in parts), sep, null_handling="replace", null_replacement="")


def number(values: np.ndarray, width: int = 0, prefix: str = "") -> pa.Array:
    """Whole numbers as text, with leading zeros up to `width`."""
    text = pa.array(values, pa.int64()).cast(pa.string())
    text = pc.utf8_lpad(text, width=width, padding="0") if width else text
    return join(prefix, text) if prefix else text


def decimal(values: np.ndarray, places: int = 2) -> pa.Array:
    return pa.array(np.char.mod(f"%.{places}f", values), pa.string())


def dates(days: np.ndarray, style: str = "%Y-%m-%d") -> pa.Array:
    """Dates as text; every different day is written once. Style `m/d/yyyy` has no leading zeros; NaT is an empty cell."""
    days = np.asarray(days, dtype="datetime64[D]")
    known = ~np.isnat(days)
    if not known.any():
        return constant(None, len(days))
    low, high = days[known].min(), days[known].max()
    calendar = np.arange(low, high + 1)
    if style == "m/d/yyyy":
        month, day = calendar.astype("datetime64[M]").astype(np.int64) % 12 + 1, _day_of_month(calendar)
        written = join(number(month), number(day), number(_year(calendar)), sep="/")
    else:
        written = pc.strftime(pa.array(calendar), format=style)
    place = np.where(known, (days - low).astype(np.int64), 0)
    return written.take(pa.array(place, mask=~known))


def _day_of_month(days: np.ndarray) -> np.ndarray:
    return (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1


def _year(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def take(columns: Columns, rows: np.ndarray) -> Columns:
    index = pa.array(rows)
    return {name: column.take(index) for name, column in columns.items()}


def csv_lines(columns: Columns) -> bytes:
    """The rows as CSV without a header; cells are quoted only in tables that hold a comma, a quote or a line break."""
    table = pa.table(columns)
    buffer = io.BytesIO()
    try:
        pyarrow.csv.write_csv(table, buffer, pyarrow.csv.WriteOptions(include_header=False, quoting_style="none"))
    except pa.ArrowInvalid:
        buffer = io.BytesIO()
        pyarrow.csv.write_csv(table, buffer, pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed"))
    return buffer.getvalue()
