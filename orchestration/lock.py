"""One refresh at a time: a lock on a file of the home folder, held by a process and freed by its end, however it ends.

Does not belong here: what happens when the lock is taken (the CLI says so and stops, a scheduled run waits).
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_held: set[Path] = set()


class RefreshRunningError(Exception):
    """Another process is refreshing the same home folder."""


@contextmanager
def refresh_lock(home: Path, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lock of `home`; within one process it may be taken again (the CLI holds it around its own run)."""
    path = home.resolve() / "refresh.lock"
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        _take(file.fileno(), path, time.monotonic() + wait_seconds)
        file.truncate(0)
        file.write(f"{os.getpid()} since {time.strftime('%H:%M:%S')}")
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)


def _take(descriptor: int, path: Path, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = path.read_text() or "unknown"
                raise RefreshRunningError(f"another refresh of {path.parent} is running (process {holder}); wait for it to end") from None
            time.sleep(1)
