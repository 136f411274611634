"""Publishing: what is refused, what is written down, what readers find."""

import fcntl
import json
import os
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.files import file_hashes, sha256
from orchestration.publishing.release import PublishRefused, publish
from orchestration.publishing.versions import current_release, make_current, releases
from tests.support.candidates import approve, make_candidate


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_candidate(tmp_path_factory.mktemp("prepared"), "f1")


@pytest.fixture
def candidate(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "candidate"))


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published"


def another(candidate: Path, fingerprint: str) -> Path:
    """The same content under another fingerprint, as after a delivery that changed nothing published."""
    described = json.loads((candidate / "candidate.json").read_text())
    described["facts"]["fingerprint"] = fingerprint
    (candidate / "candidate.json").unlink()
    (candidate / "candidate.json").write_text(json.dumps(described))
    approve(candidate)
    return candidate


def test_a_version_is_whole_described_and_current(candidate: Path, published: Path) -> None:
    release = publish(candidate, published, {"git_commit": "c0ffee", "dbt_manifest_hash": "d8"})
    assert release.changed
    assert str((published / "current").readlink()) == release.version  # relative, so that the home folder may move
    current = current_release(published)
    assert current is not None
    assert current.version == release.version
    manifest = json.loads((published / "current" / "release.json").read_text())
    assert manifest["run_id"] == "r"
    assert manifest["git_commit"] == "c0ffee"
    assert manifest["dbt_manifest_hash"] == "d8"
    assert manifest["fingerprint"] == "f1"
    assert manifest["rows"]["indicator"] == 10
    assert manifest["suppressed"] == 6
    assert manifest["audit"]["verdict"] == "passed"
    assert manifest["audit"]["receipt_sha256"] == sha256(release.directory / "receipt.json")
    assert manifest["files"] == file_hashes(release.directory, leave_out=("receipt.json", "release.json"))
    assert stat.S_IMODE((release.directory / "analyst.duckdb").stat().st_mode) == 0o600
    assert stat.S_IMODE(release.directory.stat().st_mode) & 0o055 == 0o055
    with duckdb.connect(str(published / "current" / "public.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM indicator").fetchall() == [(10,)]


def test_the_same_inputs_are_not_published_again(candidate: Path, published: Path) -> None:
    first = publish(candidate, published)
    second = publish(candidate, published)
    assert (second.changed, second.version) == (False, first.version)
    assert len(releases(published)) == 1


def test_without_a_fingerprint_every_publish_is_a_version(candidate: Path, published: Path) -> None:
    another(candidate, "")
    publish(candidate, published)
    publish(candidate, published)
    assert len(releases(published)) == 2


def test_older_versions_are_kept_for_going_back_and_no_longer(candidate: Path, published: Path) -> None:
    versions = [publish(another(candidate, f"f{i}"), published, keep=2).version for i in range(4)]
    assert [r.version for r in releases(published)] == versions[1:]
    make_current(published, versions[1])
    publish(another(candidate, "f9"), published, keep=1)
    assert releases(published)[0].version == versions[3]
    make_current(published, versions[3])
    publish(another(candidate, "f3"), published, keep=0)  # unchanged: nothing is pruned, current least of all
    current = current_release(published)
    assert current is not None
    assert current.version == versions[3]


def test_going_back_to_a_version_that_is_not_there_is_refused(candidate: Path, published: Path) -> None:
    release = publish(candidate, published)
    with pytest.raises(FileNotFoundError, match="no whole version 2001"):
        make_current(published, "2001")
    assert str((published / "current").readlink()) == release.version


def remove_receipt(candidate: Path) -> None:
    (candidate / "receipt.json").unlink()


def break_receipt(candidate: Path) -> None:
    (candidate / "receipt.json").write_text("{ half")


def fail(candidate: Path) -> None:
    approve(candidate, passed=False)


def change_file(candidate: Path) -> None:
    with (candidate / "public.duckdb").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))


def add_file(candidate: Path) -> None:
    (candidate / "parquet" / "person.parquet").write_text("x")


def remove_file(candidate: Path) -> None:
    (candidate / "parquet" / "unit.parquet").unlink()


def unseen_file(candidate: Path) -> None:
    (candidate / "analyst.duckdb").rename(candidate / "other.duckdb")
    approve(candidate)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (remove_receipt, "no audit receipt"),
        (break_receipt, "no audit receipt"),
        (fail, r"audit failed. indicator: a rule \(it matters\)"),
        (change_file, "public.duckdb changed"),
        (add_file, "parquet/person.parquet changed, came"),
        (remove_file, "parquet/unit.parquet changed, came or went"),
        (unseen_file, "has not seen analyst.duckdb"),
    ],
)
@pytest.mark.parametrize("with_current", [False, True])
def test_refused(candidate: Path, published: Path, spoil: object, says: str, with_current: bool) -> None:
    before = publish(candidate, published) if with_current else None
    another(candidate, "f2")
    shutil.copytree(candidate, candidate.with_name("own"))  # published versions are links to the candidate's files
    own = candidate.with_name("own")
    spoil(own)  # type: ignore[operator]
    with pytest.raises(PublishRefused, match=says):
        publish(own, published)
    current = current_release(published)
    assert (current and current.version) == (before and before.version)
    publish(candidate, published)
    assert not [p for p in published.iterdir() if p.name.startswith(".making")]


def test_a_candidate_of_other_inputs_is_refused(candidate: Path, published: Path) -> None:
    with pytest.raises(PublishRefused, match="built from other inputs"):
        publish(candidate, published, {"fingerprint": "f2"})


def test_two_publishers_at_once(candidate: Path, published: Path) -> None:
    published.mkdir()
    handle = os.open(published / ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(PublishRefused, match="under way"):
        publish(candidate, published)
    os.close(handle)
    assert publish(candidate, published).changed


def test_files_are_copied_where_links_are_impossible(candidate: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", no_links)
    release = publish(candidate, published)
    assert (release.directory / "public.duckdb").stat().st_nlink == 1
    assert stat.S_IMODE((release.directory / "analyst.duckdb").stat().st_mode) == 0o600


def test_nothing_published_yet(published: Path) -> None:
    assert current_release(published) is None
    assert releases(published) == []
