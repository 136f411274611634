"""Everything asked of the bytes of a delivered file: hash, lines, UTF-8, NUL bytes, very long lines.

Belongs here: facts about bytes that need no contract. Does not belong here: what follows from them (text.py, inbox.py).
"""

import codecs
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20
# The interpreter is free while a block is hashed: the larger it is, the less the two readers wait for each other.
_HASHED_AT_ONCE = 4 * CHUNK


@dataclass(frozen=True)
class FileBytes:
    """`lines` physical lines; `bad_line`, `nul_line`: first line that is no UTF-8, that holds a NUL byte (0: none);
    `odd_ends`: lone returns, or several kinds of line ends;
    `long_lines`: (line, offset, bytes) of those of a chunk and more; `wide`: NUL bytes as often as UTF-16 has them;
    `blanks`: there is one somewhere."""

    sha256: str
    size: int
    lines: int
    odd_ends: bool
    bad_line: int
    nul_line: int
    wide: bool
    long_lines: tuple[tuple[int, int, int], ...]
    blanks: bool


def read_file_bytes(path: Path, chunk_size: int = CHUNK) -> FileBytes:
    """A line longer than `chunk_size` is always among the long ones. Another core hashes meanwhile: that is half of the work."""
    with ThreadPoolExecutor(1) as aside:
        digest = aside.submit(_sha256, path)
        return _look_through(path, chunk_size, digest)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(_HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def _look_through(path: Path, chunk_size: int, digest: Future[str]) -> FileBytes:
    decoder = codecs.getincrementaldecoder("utf-8")()
    ends = _Ends(chunk_size)
    size = bad_line = nul_line = 0
    wide, clean, blanks = False, True, False
    with path.open("rb", buffering=0) as stream:
        while chunk := stream.read(chunk_size):
            if not bad_line and not (clean and chunk.isascii()):
                try:
                    decoder.decode(chunk)
                    clean = decoder.getstate()[0] == b""
                except UnicodeDecodeError as error:
                    bad_line = ends.line_at(chunk, max(error.start - len(decoder.getstate()[0]), 0))
            if not nul_line and (at := chunk.find(b"\0")) >= 0:
                nul_line = ends.line_at(chunk, at)
                wide = 3 * chunk.count(b"\0") > len(chunk)
            blanks = blanks or b" " in chunk
            ends.add(chunk, size)
            size += len(chunk)
    if not bad_line and decoder.getstate()[0]:
        bad_line = ends.line_at(b"", 0)
    return FileBytes(digest.result(), size, ends.lines(size), ends.odd, bad_line, nul_line, wide, ends.long_lines(size), blanks)


class _Ends:
    """Line ends of three kinds, counted chunk by chunk; a pair that falls across two chunks counts once."""

    def __init__(self, long: int) -> None:
        self.long = long
        self.feeds = self.returns = self.pairs = 0
        self.start = 0
        self.last = b""
        self._long: list[tuple[int, int, int]] = []

    def add(self, chunk: bytes, offset: int) -> None:
        first, final = chunk.find(b"\n"), chunk.rfind(b"\n")
        # Counting is the cost of this module, so returns are counted only where there are any.
        has_returns = b"\r" in chunk
        if has_returns:
            at = chunk.find(b"\r")
            first, final = at if first < 0 else min(first, at), max(final, chunk.rfind(b"\r"))
        if first >= 0:
            if offset + first - self.start >= self.long:
                self._long.append((self._ends() + 1, self.start, offset + first - self.start))
            self.start = offset + final + 1
        self.feeds += chunk.count(b"\n")
        if has_returns:
            self.returns += chunk.count(b"\r")
            self.pairs += chunk.count(b"\r\n")
        self.pairs += self.last == b"\r" and chunk[:1] == b"\n"
        self.last = chunk[-1:]

    def _ends(self) -> int:
        return self.feeds + self.returns - self.pairs

    def line_at(self, chunk: bytes, index: int) -> int:
        """Line of a place in the chunk that is about to be added."""
        before = chunk[:index]
        return self._ends() + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1

    def lines(self, size: int) -> int:
        return self._ends() + (size > 0 and self.last not in (b"\n", b"\r"))

    @property
    def odd(self) -> bool:
        """Are there lone returns, or several kinds of line ends?"""
        return self.returns > self.pairs or 0 < self.pairs < self.feeds

    def long_lines(self, size: int) -> tuple[tuple[int, int, int], ...]:
        rest = size - self.start
        return (*self._long, (self._ends() + 1, self.start, rest)) if rest >= self.long else tuple(self._long)
