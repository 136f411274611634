"""What lies in the inbox: which deliveries, of which source, and whether they have stopped growing.

Belongs here: looking. Does not belong here: reading the files (delivery.py). Nothing in the inbox is ever changed.
"""

import hashlib
import re
import stat
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from orchestration.ingestion.archive import walk
from orchestration.ingestion.file_bytes import FileBytes, read_file_bytes
from orchestration.ingestion.problem import FileProblem

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ARRIVING = (".part", ".partial", ".filepart", ".tmp", ".crdownload")


@dataclass(frozen=True)
class InboxDelivery:
    """One folder or zip file under inbox/<source>/; `stamp` changes when any file's name, size or time does."""

    source: str
    name: str
    path: Path
    stamp: str
    newest: float

    @property
    def is_archive(self) -> bool:
        return not self.path.is_dir() or self.path.is_symlink()

    def as_of(self) -> date | None:
        """The date in the delivery's name, if it has one."""
        for match in _DATE.finditer(self.name):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue
        return None


@dataclass
class InboxScan:
    """`unsettled`: still growing, left for the next run. `unknown`: folders and files without a contract."""

    deliveries: list[InboxDelivery] = field(default_factory=list)
    unsettled: list[InboxDelivery] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def scan_inbox(inbox: Path, sources: Iterable[str], settle_seconds: float = 0, *, wait: bool = True) -> InboxScan:
    """Deliveries in name order. With `wait`, files written just now are looked at again once they could have settled."""
    scan = InboxScan()
    fresh: list[InboxDelivery] = []
    for source, entry in _entries(inbox, set(sources), scan.unknown):
        delivery = _look(source, entry)
        if delivery is not None:
            settled = time.time() - delivery.newest >= settle_seconds and not _arriving(entry)
            (scan.deliveries if settled else fresh).append(delivery)
    if fresh and wait:
        time.sleep(max(0.0, min(settle_seconds, max(d.newest for d in fresh) + settle_seconds - time.time())))
    for delivery in fresh:
        again = _look(delivery.source, delivery.path) if wait else None
        same = again is not None and again.stamp == delivery.stamp and not _arriving(delivery.path)
        (scan.deliveries if same else scan.unsettled).append(delivery)
    scan.deliveries.sort(key=lambda d: (d.source, d.name))
    return scan


def _entries(inbox: Path, known: set[str], unknown: list[str]) -> Iterator[tuple[str, Path]]:
    """(source, folder or zip file) of every delivery; what belongs to no contract is added to `unknown`."""
    for folder in _visible(inbox):
        if folder.name not in known or not folder.is_dir():
            unknown.append(folder.name)
            continue
        for entry in _visible(folder):
            if entry.is_dir() or entry.is_symlink() or entry.suffix.lower() == ".zip":
                yield folder.name, entry
            else:
                unknown.append(f"{folder.name}/{entry.name}")


def _visible(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith(".")) if folder.is_dir() else []


def files_of(folder: Path) -> list[Path]:
    """All regular files below a folder, in name order; links are not followed."""
    return sorted(Path(entry.path) for _, entry in walk(folder) if entry.is_file(follow_symlinks=False))


def look_through(files: Mapping[str, Path]) -> tuple[str, dict[str, FileBytes]]:
    """SHA-256 over the names and bytes of all files, which is what a delivery is known by; and what else one read told of each.

    Raises FileProblem 'unreadable' for a file that cannot be read.
    """
    whole = hashlib.sha256()
    seen: dict[str, FileBytes] = {}
    for name, path in sorted(files.items()):
        try:
            seen[name] = read_file_bytes(path)
        except OSError:
            raise FileProblem("unreadable", "delivery", name) from None
        whole.update(f"{name}\0{seen[name].sha256}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest(), seen


def unopened_hash(delivery: InboxDelivery) -> str:
    """What a delivery is known by that must not be opened: its files as they lie there, of links and devices the names."""
    entry = delivery.path
    is_folder = entry.is_dir() and not entry.is_symlink()
    found = [(name, Path(one.path)) for name, one in walk(entry)] if is_folder else [(entry.suffix, entry)]
    regular = {name: path for name, path in found if stat.S_ISREG(path.lstat().st_mode)}
    others = sorted(name for name, _ in found if name not in regular)
    try:
        content = look_through(regular)[0]
    except FileProblem:
        content = delivery.stamp
    return hashlib.sha256("\0".join(["unopened", content, *others]).encode("utf-8", "surrogateescape")).hexdigest()


def _look(source: str, entry: Path) -> InboxDelivery | None:
    """The delivery as it lies there; None for an empty folder. Links and devices are seen, never opened."""
    is_folder = entry.is_dir() and not entry.is_symlink()
    files = [(f"{entry.name}/{name}", Path(found.path)) for name, found in walk(entry)] if is_folder else [(entry.name, entry)]
    marks: list[str] = []
    newest = 0.0
    for name, path in sorted(files):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        marks.append(f"{name}|{status.st_size}|{status.st_mtime_ns}")
        newest = max(newest, status.st_mtime)
    if not marks:
        return None
    stamp = hashlib.sha256("\n".join(marks).encode("utf-8", "surrogateescape")).hexdigest()
    return InboxDelivery(source, entry.name if is_folder else entry.stem, entry, stamp, newest)


def _arriving(entry: Path) -> bool:
    """A name that upload tools give to files still on their way, or a zip file without its end."""
    if entry.is_dir() and not entry.is_symlink():
        return any(name.lower().endswith(_ARRIVING) for name, _ in walk(entry))
    status = entry.lstat()
    is_whole = not stat.S_ISREG(status.st_mode) or zipfile.is_zipfile(entry)
    return not is_whole and status.st_size > 0 and time.time() - status.st_mtime < 3600
