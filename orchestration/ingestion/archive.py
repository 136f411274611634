"""The files of a delivery by name, whatever they came wrapped in: zip, gzip, zip inside zip; within limits.

Belongs here: unpacking into the work folder, refusing what must not be opened. Does not belong here: finding deliveries (inbox.py).
"""

import gzip
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from orchestration.ingestion.problem import FileProblem
from orchestration.limits import Limits

_CHUNK = 1 << 20
_LINK = 0o120000
_ENCRYPTED = 0x1
_IGNORED = ("__MACOSX",)


def open_delivery(path: Path, work: Path, limits: Limits = Limits()) -> dict[str, Path]:  # noqa: B008 - frozen
    """Every regular file of a delivery (a folder, a zip file or a single file) by its name inside it, in name order.

    A file that lies there ready is returned where it lies; `x.csv.gz` is x.csv, and the members of `x.zip` are x/member.
    Raises FileProblem (special_file, archive, encrypted, too_many_files).
    """
    opened = _Opened(work / "unpacked", limits)
    kind = path.lstat().st_mode
    if stat.S_ISREG(kind) and path.suffix.lower() == ".zip":
        opened.add_zip(path, PurePosixPath(), path.name, 1)
    elif stat.S_ISREG(kind):
        opened.add(path, PurePosixPath(path.name), path.name, 1)
    elif stat.S_ISDIR(kind):
        for name, entry in walk(path):
            if not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                raise FileProblem("special_file", "delivery", shown(name))
            opened.add(Path(entry.path), PurePosixPath(name), name, 1)
    else:
        raise FileProblem("special_file", "delivery", shown(path.name))
    return dict(sorted(opened.files.items()))


def walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """(name, entry) of everything below a folder that is no folder itself, in name order. Links are not followed, hidden names left out."""
    pending = [(folder, "")]
    while pending:
        place, prefix = pending.pop()
        with os.scandir(place) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name.startswith(".") or entry.name in _IGNORED:
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append((Path(entry.path), f"{prefix}{entry.name}/"))
            else:
                yield prefix + entry.name, entry


def shown(name: str) -> str:
    """A file name as it may stand in a message: no line ends, no bytes that are no text."""
    return "".join(letter if letter.isprintable() else "?" for letter in name.encode("utf-8", "replace").decode())


@dataclass
class _Opened:
    """Files found so far; unpacking stops where names, numbers or sizes are out of all proportion."""

    target: Path
    limits: Limits
    files: dict[str, Path] = field(default_factory=dict)
    _packed: int = 0
    _unpacked: int = 0

    def add(self, path: Path, name: PurePosixPath, said: str, depth: int) -> None:
        """Take one file in under `name`; `said` is what the sender calls it."""
        kind = name.suffix.lower()
        if kind == ".zip":
            self._packed += path.stat().st_size if depth == 1 else 0
            self.add_zip(path, name.with_suffix(""), said, depth)
        elif kind == ".gz" and name.stem:
            self._packed += path.stat().st_size if depth == 1 else 0
            self._add_gzip(path, name.with_suffix(""), said)
        else:
            self._keep(path, name, said)

    def add_zip(self, path: Path, folder: PurePosixPath, said: str, depth: int) -> None:
        if depth > self.limits.max_archive_depth:
            raise FileProblem("archive", "delivery", shown(said))
        self._packed = self._packed or path.stat().st_size
        try:
            with zipfile.ZipFile(path) as bundle:
                if not all(map(_is_safe, bundle.infolist())):
                    raise FileProblem("archive", "delivery", shown(said))
                members = [member for member in bundle.infolist() if not member.is_dir() and not _is_hidden(member)]
                self._check(members, said)
                for number, member in enumerate(members):
                    inner = PurePosixPath(member.filename)
                    with bundle.open(member) as source:
                        copy = self._copy(source, f"{depth}-{len(self.files)}-{number}-{inner.suffix.lower()[1:8]}", said)
                    self.add(copy, folder / inner, f"{said}: {inner}", depth + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError):
            raise FileProblem("archive", "delivery", shown(said)) from None

    def _check(self, members: list[zipfile.ZipInfo], said: str) -> None:
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise FileProblem("encrypted", "delivery", shown(said))
        if len(members) + len(self.files) > self.limits.max_files:
            raise FileProblem("too_many_files", "delivery", shown(said))
        if self._is_too_much(sum(member.file_size for member in members)):
            raise FileProblem("archive", "delivery", shown(said))

    def _add_gzip(self, path: Path, name: PurePosixPath, said: str) -> None:
        try:
            with gzip.open(path, "rb") as source:
                copy = self._copy(source, f"gz-{len(self.files)}", said)
        except (EOFError, OSError, zlib.error):
            raise FileProblem("archive", "delivery", shown(said)) from None
        self._keep(copy, name, said)

    def _copy(self, source: IO[bytes] | gzip.GzipFile, name: str, said: str) -> Path:
        """Unpack one member under a name of our own: the sender's may be unfit for a disk."""
        self.target.mkdir(parents=True, exist_ok=True)
        copy = self.target / name
        with copy.open("wb") as target:
            while chunk := source.read(_CHUNK):
                self._unpacked += len(chunk)
                if self._is_too_much(0):
                    raise FileProblem("archive", "delivery", shown(said))
                target.write(chunk)
        return copy

    def _is_too_much(self, coming: int) -> bool:
        """A header may lie about sizes, so what is coming is asked before and what came is counted while it comes."""
        size = self._unpacked + coming
        return size > self.limits.max_archive_bytes or size > self.limits.max_archive_ratio * max(self._packed, 1 << 20)

    def _keep(self, path: Path, name: PurePosixPath, said: str) -> None:
        text = name.as_posix()
        if shown(text) != text:
            raise FileProblem("special_file", "delivery", shown(said))
        if text in self.files:  # x.csv beside x.csv.gz: nobody can say which one counts
            raise FileProblem("archive", "delivery", shown(said))
        self.files[text] = path
        if len(self.files) > self.limits.max_files:
            raise FileProblem("too_many_files", "delivery", "")


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return any(part in _IGNORED or part.startswith(".") for part in parts)


def _is_safe(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    is_link = (member.external_attr >> 16) & 0o170000 == _LINK
    return not (name.is_absolute() or ".." in name.parts or "\\" in member.filename or is_link)
