"""How much of anything a delivery may hold before it is refused instead of read.

Belongs here: the numbers and what each is for. Does not belong here: who sets them (settings.py), where they are checked.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Far above any honest delivery, far below what would fill a disk or hang a night."""

    max_archive_bytes: int = 50 * 1024**3  # all that the archives of one delivery unpack to
    max_archive_ratio: int = 200  # unpacked size against packed size; attendance tables reach about 50
    max_archive_depth: int = 3  # archives inside archives
    max_files: int = 10_000
    max_field_bytes: int = 1024**2
    max_columns: int = 5_000
    max_sheet_cells: int = 20_000_000
