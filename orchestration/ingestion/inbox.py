"""What lies in the inbox: which deliveries, of which source, and whether they have stopped growing.

Belongs here: looking. Does not belong here: reading the files (delivery.py). Nothing in the inbox is ever changed.
"""

import hashlib
import re
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ARRIVING = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
_CHUNK = 1 << 20


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
        return self.path.is_file()

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
            if entry.is_dir() or entry.suffix.lower() == ".zip":
                yield folder.name, entry
            else:
                unknown.append(f"{folder.name}/{entry.name}")


def _visible(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith(".")) if folder.is_dir() else []


def files_of(folder: Path) -> list[Path]:
    """All regular files below a folder, in name order; links are not followed."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and not p.name.startswith("."))


def content_hash(folder: Path) -> str:
    """SHA-256 over the relative names and bytes of all files: what a delivery is known by."""
    whole = hashlib.sha256()
    for path in files_of(folder):
        one = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                one.update(chunk)
        whole.update(f"{path.relative_to(folder).as_posix()}\0{one.hexdigest()}\n".encode())
    return whole.hexdigest()


def _look(source: str, entry: Path) -> InboxDelivery | None:
    """The delivery as it lies there; None for an empty folder."""
    files = files_of(entry) if entry.is_dir() else [entry]
    marks: list[str] = []
    newest = 0.0
    for path in files:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        marks.append(f"{path.relative_to(entry.parent).as_posix()}|{stat.st_size}|{stat.st_mtime_ns}")
        newest = max(newest, stat.st_mtime)
    if not marks:
        return None
    stamp = hashlib.sha256("\n".join(marks).encode()).hexdigest()
    return InboxDelivery(source, entry.stem if entry.is_file() else entry.name, entry, stamp, newest)


def _arriving(entry: Path) -> bool:
    """A name that upload tools give to files still on their way, or a zip file without its end."""
    if entry.is_file():
        return not zipfile.is_zipfile(entry) and entry.stat().st_size > 0 and time.time() - entry.stat().st_mtime < 3600
    return any(path.name.lower().endswith(_ARRIVING) for path in files_of(entry))
