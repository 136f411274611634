"""The manifest of a delivery: which of its files come as a whole, which as changes, which not at all.

Belongs here: reading it and holding the folder against it. Does not belong here: what bulk and delta mean for older deliveries (force.py).
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Literal

from orchestration.contracts.model import Contract, Manifest
from orchestration.ingestion.problem import FileProblem

Mode = Literal["bulk", "delta"]
_MODES: dict[str, Mode | None] = {"absent": None, "bulk": "bulk", "delta": "delta"}
_MOST_BYTES = 1 << 20


@dataclass
class Promises:
    """`modes`: files that are there, as the manifest says they come; `absent`: files it says are not sent; `manifests`: itself."""

    modes: dict[str, Mode] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    manifests: set[str] = field(default_factory=set)

    def mode_of(self, table: str, names: Iterable[str]) -> Mode | None:
        """How the files of one table come; None where no manifest speaks of them. Raises FileProblem where it says both."""
        found = {self.modes[name] for name in names if name in self.modes}
        if len(found) > 1:
            raise FileProblem("manifest", table, "", detail="some files of this table are declared bulk and some delta")
        return found.pop() if found else None

    def leaves_out(self, patterns: Iterable[str]) -> bool:
        """Does a manifest say that the files of these patterns are not sent?"""
        return any(fnmatch(name.lower(), pattern.lower()) for pattern in patterns for name in self.absent)


def read_promises(contract: Contract, paths: Mapping[str, Path]) -> Promises:
    """Hold the files of a delivery against its manifests; each speaks of the files beside it. Raises FileProblem 'manifest'."""
    promises = Promises()
    manifest = contract.manifest
    if manifest is None:
        return promises
    strict = contract.strictness == "strict"
    promises.manifests = {name for name in paths if any(fnmatch(name.lower(), pattern.lower()) for pattern in manifest.file)}
    if not promises.manifests and strict:
        raise FileProblem("manifest", "delivery", "", detail="there is no manifest")
    for name in sorted(promises.manifests):
        _Check(manifest, name, paths, promises, strict=strict).run()
    return promises


@dataclass
class _Check:
    """One manifest against the files of its folder."""

    manifest: Manifest
    name: str
    paths: Mapping[str, Path]
    promises: Promises
    strict: bool

    def run(self) -> None:
        said = self._read()
        for key, known in self.manifest.expect.items():
            if said.get(key, (0, ""))[1] not in known:
                self._fail(key, said, f"the contract understands {' or '.join(known)} here")
        beside = {PurePosixPath(path).name.lower(): path for path in self.paths if PurePosixPath(path).parent == self._folder}
        for key, file in self.manifest.files.items():
            self._hold(key, said, file, beside.get(file.lower()))
        if self.strict:
            self._nothing_else(said, beside)

    @property
    def _folder(self) -> PurePosixPath:
        return PurePosixPath(self.name).parent

    def _read(self) -> dict[str, tuple[int, str]]:
        """name → (line, value)."""
        path = self.paths[self.name]
        if path.stat().st_size > _MOST_BYTES:
            self._fail("", {}, "it is far too long for a manifest")
        said: dict[str, tuple[int, str]] = {}
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = csv.reader(stream, strict=True)
                header = [title.strip().rstrip("!").casefold() for title in next(rows, [])]
                columns = [title.casefold() for title in (self.manifest.name, self.manifest.value)]
                if any(title not in header for title in columns):
                    self._fail("", {}, f"its header must have {self.manifest.name} and {self.manifest.value}")
                name_at, value_at = (header.index(title) for title in columns)
                for row in rows:
                    if any(cell.strip() for cell in row):
                        key, value = ((row[at].strip() if at < len(row) else "") for at in (name_at, value_at))
                        if key in said and said[key][1] != value:
                            raise FileProblem("manifest", "delivery", self.name, rows.line_num, detail="it says two things of one name")
                        said[key] = (rows.line_num, value)
        except (UnicodeDecodeError, csv.Error):
            self._fail("", {}, "it cannot be read as comma-separated UTF-8 text")
        return said

    def _hold(self, key: str, said: Mapping[str, tuple[int, str]], file: str, path: str | None) -> None:
        value = said.get(key, (0, ""))[1].casefold()
        if key not in said:
            if path is not None:
                self._fail(key, said, f"{file} is there and it has no line for it")
            if self.strict:
                self._fail(key, said, f"it has no line for {file}")
        elif value not in _MODES:
            self._fail(key, said, "the value must be absent, bulk or delta")
        mode = _MODES.get(value)
        if mode is None:
            if path is not None:
                self._fail(key, said, f"it says {file} is absent, and {file} is there")
            self.promises.absent.add((self._folder / file).as_posix())
        elif path is None:
            self._fail(key, said, f"it promises {file}, which is not there")
        else:
            self.promises.modes[path] = mode

    def _nothing_else(self, said: Mapping[str, tuple[int, str]], beside: Mapping[str, str]) -> None:
        """A strict contract knows every file and every line about one."""
        known = {file.lower() for file in self.manifest.files.values()}
        strangers = sorted(path for name, path in beside.items() if name not in known and path not in self.promises.manifests)
        if strangers:
            raise FileProblem("manifest", "delivery", strangers[0], detail="a file that this layout does not know")
        for key, (line, value) in said.items():
            if key not in self.manifest.files and value.casefold() in _MODES:
                raise FileProblem("manifest", "delivery", self.name, line, detail="a line about a file that this layout does not know")

    def _fail(self, key: str, said: Mapping[str, tuple[int, str]], detail: str) -> None:
        raise FileProblem("manifest", "delivery", self.name, said.get(key, (0, ""))[0], key, detail)
