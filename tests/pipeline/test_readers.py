"""Readers are served one whole version throughout: while a refresh runs, while it is killed, while the next one publishes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hub import Hub

# Opens the file again and again as a reader would, until told to stop; prints one line per answer.
READER = """
import sys, duckdb, time
while True:
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        print(con.execute("SELECT count(*) > 0, count(DISTINCT measure_id) FROM indicator").fetchone(), flush=True)
    time.sleep(0.05)
"""


@pytest.fixture
def reader(region: Hub, tmp_path: Path):
    file = region.home / "published" / "current" / "public.duckdb"
    with (tmp_path / "answers").open("w+") as answers, (tmp_path / "errors").open("w+") as errors:
        process = subprocess.Popen([sys.executable, "-c", READER, str(file)], stdout=answers, stderr=errors)
        yield process, answers, errors
        process.kill()
        process.wait()


def test_readers_never_wait_and_a_killed_refresh_is_made_good(region: Hub, reader) -> None:
    process, answers, errors = reader
    before = region.versions
    region.deliver("sentinel", "2024-03-01", _newer_delivery(region))

    killed = region.start("refresh")
    _wait_for(killed, "the same child across sources")  # dbt's second run is under way now
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert region.versions == before

    done = region.run("refresh")
    assert done.returncode == 0, done.stderr
    assert len(region.versions) == len(before) + 1

    assert process.poll() is None, "the reader stopped: " + _text(errors)
    said = _text(answers).splitlines()
    assert len(said) > 50 and all(line.startswith("(True,") for line in said)


def _newer_delivery(region: Hub) -> dict[str, str]:
    folder = region.landing / "inbox" / "sentinel" / "2024-02-01"
    return {file.name: file.read_text().replace("2024-01-19", "2024-01-22") for file in folder.iterdir()}


def _wait_for(process: subprocess.Popen[str], words: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    pytest.fail(f"the refresh ended before {words!r}")


def _text(file) -> str:
    file.seek(0)
    return file.read()
