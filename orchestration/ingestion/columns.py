"""Which header words of a file each feed column was read from, and which headers of it nobody reads.

Belongs here: names, for whoever explains a delivery to its sender. Does not belong here: finding the header (header.py) or any value.
"""

from orchestration.contracts.columns import needed_columns, origin_columns
from orchestration.contracts.model import Table
from orchestration.ingestion.header import Header
from orchestration.ingestion.unpivot import unpivoted

# A file with thousands of columns nobody asked for needs no list of them all.
_MOST_NAMES, _LONGEST_NAME = 200, 100


def file_columns(table: Table, header: Header) -> tuple[dict[str, str], list[str]]:
    """(feed column → the header words it comes from, as they stand in the file; headers that are not taken, in file order)."""
    sources: dict[str, str] = {}
    for prop in table.properties:
        found = [header.index(name) for name in origin_columns(prop)]
        words = [_short(header.names[index]) for index in found if index is not None]
        if words:
            sources[prop.name] = ", ".join(dict.fromkeys(words))
    taken = {header.index(name) for name in needed_columns(table)} | {index for index, _ in unpivoted(table, header)}
    left = [_short(name) for index, name in enumerate(header.names) if index not in taken and name]
    return sources, left[:_MOST_NAMES]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
