"""Single rows of a large file read once more, for their text.

Belongs here: finding rows by their line without parsing the file again. Does not belong here: what the rows are wanted for.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from orchestration.ingestion.file_bytes import CHUNK
from orchestration.ingestion.lines import LineMap
from orchestration.ingestion.text_file import TextFile

_LINE_END = ord("\n")


def is_by_line(lines: LineMap) -> bool:
    """Does every row stand on the one line of the file that its number says?"""
    text = lines.text
    return lines.plain and text.numbering == "line" and not text.titled and not text.dropped


def excerpt(text: TextFile, wanted: Iterable[int], target: Path) -> TextFile:
    """Write the given lines (1-based, ascending) to `target`, in their order."""
    lines = list(wanted)
    written = seen = 0
    begun = b""
    with text.path.open("rb") as source, target.open("wb") as copy:
        while written < len(lines):
            chunk = source.read(CHUNK) or b"\n"  # the last line may lack its end
            ends = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == _LINE_END)
            while written < len(lines) and lines[written] <= seen + len(ends):
                place = lines[written] - seen - 1
                start = ends[place - 1] + 1 if place else 0
                copy.write((b"" if place else begun) + chunk[start : ends[place] + 1])
                written += 1
            begun = chunk[ends[-1] + 1 :] if len(ends) else begun + chunk
            seen += len(ends)
    return replace(text, path=target, lines=written)
