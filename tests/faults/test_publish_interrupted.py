"""A publish killed at any system call, and readers while publishes happen: `current` is one whole version throughout."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.publishing.files import file_hashes
from orchestration.publishing.release import publish
from orchestration.publishing.versions import current_release, releases
from tests.support.build_file import make_build
from tests.support.candidates import make_candidate

# Every call that changes what is on disk; pathlib and shutil go through them.
CALLS = ("mkdir", "link", "symlink", "rename", "replace", "unlink", "rmdir", "fsync")


@pytest.fixture(scope="module")
def candidates(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("candidates")
    return [make_candidate(folder / str(i), f"f{i}", extra_figures=1000 * i) for i in range(3)]


def killed_at(step: int, action: Callable[[], object]) -> bool:
    """Run the action in a child that dies just before its `step`-th change; False when it came to its end."""
    child = os.fork()
    if child == 0:
        left = step

        def wrap(call: Callable[..., object]) -> Callable[..., object]:
            def counted(*args: object, **kwargs: object) -> object:
                nonlocal left
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*args, **kwargs)

            return counted

        for name in CALLS:
            setattr(os, name, wrap(getattr(os, name)))
        try:
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def assert_whole(published: Path) -> str | None:
    """The current version's fingerprint, after every one of its files hashed to what release.json says."""
    if not (published / "current").is_symlink():
        return None
    release = current_release(published)
    assert release is not None
    assert file_hashes(release.directory, leave_out=("receipt.json", "audit.md", "release.json")) == release.manifest["files"]
    return release.fingerprint


@pytest.mark.parametrize("earlier", [0, 2])
def test_killed_at_every_change(candidates: list[Path], tmp_path: Path, earlier: int) -> None:
    for step in range(1, 1000):
        published = tmp_path / str(step)
        for candidate in candidates[:earlier]:
            publish(candidate, published, keep=1)
        newest = candidates[2]
        was_killed = killed_at(step, lambda newest=newest, published=published: publish(newest, published, keep=1))
        assert assert_whole(published) in ({"f2", "f1"} if earlier else {"f2", None})
        assert all(assert_whole_folder(r.directory) for r in releases(published))
        publish(newest, published, keep=1)
        assert assert_whole(published) == "f2"
        assert not list(published.glob(".making*"))
        if not was_killed:
            break
    assert step > 20


def assert_whole_folder(folder: Path) -> bool:
    return (folder / "release.json").exists() and (folder / "public.duckdb").exists() and (folder / "analyst.duckdb").exists()


BUILD = """
import os, signal, sys
from pathlib import Path
from orchestration.publishing import candidate, files
def die(*a, **k): os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "rename": Path.rename = die
elif sys.argv[2] == "copy": candidate.copy_schemas = die
elif sys.argv[2] == "export": candidate._export = die
candidate.build_candidate(Path(sys.argv[1]) / "warehouse.duckdb", Path(sys.argv[1]) / "candidate", {"fingerprint": "new"})
"""


@pytest.mark.parametrize("point", ["copy", "export", "rename"])
def test_a_killed_build_of_a_candidate(tmp_path: Path, point: str) -> None:
    make_build(tmp_path)
    done = subprocess.run([sys.executable, "-c", BUILD, str(tmp_path), point], check=False)
    assert done.returncode == -signal.SIGKILL
    candidate = make_candidate(tmp_path, "f1")
    assert not (tmp_path / "candidate.building").exists()
    assert publish(candidate, tmp_path / "published").changed


READ = """
import duckdb, sys, time
from pathlib import Path
published, stop = Path(sys.argv[1]), Path(sys.argv[2])
answers = {}
while not stop.exists():
    with duckdb.connect(str(published / "current" / "public.duckdb"), read_only=True) as con:
        answer = con.execute("SELECT count(*) FROM indicator").fetchall()[0][0]
        assert con.execute("SELECT count(*) FROM indicator").fetchall()[0][0] == answer
        answers[answer] = answers.get(answer, 0) + 1
print(*sorted(answers), sum(answers.values()))
"""


def test_readers_never_wait_and_never_see_a_mixture(candidates: list[Path], tmp_path: Path) -> None:
    published, stop = tmp_path / "published", tmp_path / "stop"
    publish(candidates[0], published)
    readers = [
        subprocess.Popen([sys.executable, "-c", READ, str(published), str(stop)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    until = time.monotonic() + 4
    published_versions = 0
    while time.monotonic() < until or published_versions < 30:
        published_versions += 1
        # Versions kept outlast a reader's way from the link to the file, also on a busy machine; nobody publishes ten times a second.
        assert publish(candidates[published_versions % 3], published, keep=30).changed
    stop.touch()
    for reader in readers:
        answers, errors = reader.communicate(timeout=60)
        assert reader.returncode == 0, errors
        assert {int(n) for n in answers.split()[:-1]} <= {10, 1010, 2010}
        assert int(answers.split()[-1]) > 5
    assert publish(candidates[(published_versions + 1) % 3], published, keep=2).changed
    assert len(releases(published)) == 3
