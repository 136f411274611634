"""Single rows of a large file read once more, for their text.

Belongs here: finding rows by their line without parsing the file again. Does not belong here: what the rows are wanted for.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from orchestration.ingestion.lines import LineMap
from orchestration.ingestion.text_file import TextFile


def is_by_line(lines: LineMap) -> bool:
    """Does every row stand on the one line of the file that its number says?"""
    text = lines.text
    return lines.plain and text.numbering == "line" and not text.titled and not text.dropped


def excerpt(text: TextFile, wanted: Iterable[int], target: Path) -> TextFile:
    """Write the given lines (1-based, ascending) to `target`, in their order."""
    read = written = 0
    with text.path.open("rb") as source, target.open("wb") as copy:
        for line in wanted:
            found = next(islice(source, line - read - 1, None), b"")
            copy.write(found if found.endswith(b"\n") else found + b"\n")
            read, written = line, written + 1
    return replace(text, path=target, lines=written)
