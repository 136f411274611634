"""The demo region's side of the inbox: delivery folders that appear whole.

Belongs here: writing files of a delivery aside and moving the finished folder into inbox/<source>/<delivery>.
Does not belong here: what stands in the files. A table without rows makes no file, a delivery without files no folder.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from orchestration.demo.text import Columns, csv_lines
from orchestration.demo.workbook import Sheet, write_workbook

BOM = b"\xef\xbb\xbf"


@dataclass
class Tally:
    """What one source was given."""

    deliveries: int = 0
    files: int = 0
    rows: int = 0
    bytes: int = 0


@dataclass
class Delivery:
    """One delivery in the making."""

    folder: Path
    tally: Tally

    def csv(
        self,
        path: str,
        columns: Columns,
        *,
        header: str | None = None,
        before: str = "",
        after: str = "",
        bom: bool = False,
        crlf: bool = False,
        ragged: np.ndarray | None = None,
    ) -> None:
        """One CSV file, or more rows of one already begun. `before` and `after`: title lines and footnotes around the table;
        `header` replaces the column names; `ragged` marks rows that get one field too many."""
        rows = len(next(iter(columns.values())))
        if not rows:
            return
        body = csv_lines(columns)
        if ragged is not None and ragged.any():
            body = _one_field_too_many(body, ragged)
        target = self._file(path)
        if not target.exists():
            body = (before + (header or ",".join(columns)) + "\n").encode() + body
            body = (BOM if bom else b"") + body
        self._append(target, body + after.encode(), crlf)
        self.tally.rows += rows

    def text(self, path: str, content: str, *, crlf: bool = False) -> None:
        self._append(self._file(path), content.encode(), crlf)

    def workbook(self, path: str, sheets: list[Sheet]) -> None:
        if any(sheet.rows for sheet in sheets):
            write_workbook(self._file(path), sheets)
            self.tally.rows += sum(sheet.rows for sheet in sheets)

    def _file(self, path: str) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _append(self, target: Path, content: bytes, crlf: bool) -> None:
        with target.open("ab") as stream:
            stream.write(content.replace(b"\n", b"\r\n") if crlf else content)


@dataclass
class Inbox:
    """Writes deliveries under `landing`; `tallies` counts them by source."""

    landing: Path
    tallies: dict[str, Tally] = field(default_factory=dict)

    @contextmanager
    def delivery(self, source: str, name: str) -> Iterator[Delivery]:
        aside = self.landing / ".demo-writing" / source / name
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        tally = self.tallies.setdefault(source, Tally())
        yield Delivery(aside, tally)
        self._place(aside, source, name)

    def again(self, source: str, name: str, new_name: str) -> None:
        """The same files once more under another name: a delivery that was sent twice."""
        sent = self.landing / "inbox" / source / name
        if sent.exists():
            aside = self.landing / ".demo-writing" / source / new_name
            shutil.copytree(sent, aside, dirs_exist_ok=True)
            self._place(aside, source, new_name)

    def close(self) -> None:
        shutil.rmtree(self.landing / ".demo-writing", ignore_errors=True)

    def _place(self, aside: Path, source: str, name: str) -> None:
        target = self.landing / "inbox" / source / name
        shutil.rmtree(target, ignore_errors=True)
        files = [file for file in aside.rglob("*") if file.is_file()]
        if not files:
            shutil.rmtree(aside)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(target)
        tally = self.tallies.setdefault(source, Tally())
        tally.deliveries += 1
        tally.files += len(files)
        tally.bytes += sum(file.stat().st_size for file in target.rglob("*") if file.is_file())


def _one_field_too_many(body: bytes, rows: np.ndarray) -> bytes:
    content = np.frombuffer(body, dtype=np.uint8)
    line_ends = np.flatnonzero(content == ord("\n"))
    ends = line_ends[np.flatnonzero(rows)]
    return np.insert(content, np.repeat(ends, 2), np.tile(np.frombuffer(b",N", dtype=np.uint8), len(ends))).tobytes()
