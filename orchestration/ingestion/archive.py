"""Zip deliveries unpacked into the work folder, within limits.

Does not belong here: finding deliveries (inbox.py).
"""

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from orchestration.ingestion.problem import FileProblem

MAX_FILES = 10_000
MAX_BYTES = 50 * 1024**3
MAX_RATIO = 200


def unpack(archive: Path, target: Path) -> None:
    """Unpack all members below `target`. Raises FileProblem 'archive' for unsafe names, links, or sizes out of all proportion."""
    try:
        with zipfile.ZipFile(archive) as bundle:
            members = [member for member in bundle.infolist() if not member.is_dir()]
            if any(not _is_safe(member) for member in members) or len(members) > MAX_FILES:
                raise FileProblem("archive", "delivery", archive.name)
            size = sum(member.file_size for member in members)
            if size > MAX_BYTES or size > MAX_RATIO * max(archive.stat().st_size, 1 << 20):
                raise FileProblem("archive", "delivery", archive.name)
            for member in members:
                place = target / PurePosixPath(member.filename)
                place.parent.mkdir(parents=True, exist_ok=True)
                with bundle.open(member) as source, place.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise FileProblem("archive", "delivery", archive.name) from None


def _is_safe(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    return not (name.is_absolute() or ".." in name.parts or "\\" in member.filename or is_link)
