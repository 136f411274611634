"""A file as every reader leaves it: delimited UTF-8 text with its line numbers explained.

Belongs here: that one type and the names of working copies. Does not belong here: making files ready (text.py).
"""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestration.sql import literal

# Python's own limit is below what DuckDB reads and what Limits allow.
csv.field_size_limit(1 << 26)


@dataclass(frozen=True)
class TextFile:
    """A delimited UTF-8 file of `lines` physical lines; `delimiter` as it stands in `path`.

    `titled`: its first line was written here and holds the contract's own column names; rows below it are numbered from 1.
    `numbering`: what the number of a row means to the sender: a line, a row of a sheet, or a record of a page.
    `dropped`: delivered lines that are no rows and no lines of `path`. `longest`: bytes of its longest line, where that is worth knowing.
    `blanks`: there may be one in it.
    """

    path: Path
    lines: int
    delimiter: str
    titled: bool = False
    numbering: Literal["line", "row", "record"] = "line"
    dropped: tuple[int, ...] = ()
    longest: int = 0
    blanks: bool = True


def copy_path(work: Path, kind: str, *what: object) -> Path:
    """A file of its own in the work folder for one kind of copy of one file: rows are looked up in it until the delivery ends."""
    return work / f"{kind}-{hashlib.sha256('|'.join(map(repr, what)).encode()).hexdigest()[:16]}.csv"


def whole_lines(path: Path) -> str:
    """Relation of the lines of a file as column `line`; empty lines are left out."""
    return (
        f"read_csv({literal(str(path))}, delim='\x01\x02\x03', quote='', escape='', header=false, auto_detect=false, "
        "columns={'line': 'VARCHAR'}, nullstr='\x01', strict_mode=false)"
    )
