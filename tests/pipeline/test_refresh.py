"""A whole refresh, and what the next one does: the CLI from outside, on one small region."""

import json
import time
from pathlib import Path

import pytest

from tests.support.hub import Hub, can_unplug
from tests.support.landing import ATTENDANCE
from tests.support.review import fill


def test_every_source_lands_and_indicators_are_published(region: Hub) -> None:
    sources = {row[0] for row in region.query("SELECT source FROM source_status WHERE rows_accepted > 0")}
    assert {"district-alder", "district-birch", "district-cedar", "partner-river-club", "demo-state-published"} <= sources
    computed = region.query("SELECT DISTINCT measure_id FROM indicator WHERE source_kind = 'computed'")
    assert {"chronic_absence_rate", "attendance_rate", "program_participation"} <= {row[0] for row in computed}


def test_release_says_what_it_was_made_of(region: Hub) -> None:
    release = region.release
    assert release["audit"]["verdict"] == "passed"
    assert release["rows"]["indicator"] == region.query("SELECT count(*) FROM indicator")[0][0]
    assert set(release["fingerprint"]) >= {"deliveries", "contracts", "models", "code"}


def test_nothing_new_publishes_nothing_and_is_quick(region: Hub) -> None:
    before = region.versions
    began = time.monotonic()
    said = region.refresh()
    assert time.monotonic() - began < 30
    assert said["ran"] is False
    assert region.versions == before


def test_first_refresh_needed_no_network(region: Hub) -> None:
    if not can_unplug():
        pytest.skip("unshare cannot make a network namespace here")
    assert region.versions  # the fixture ran it there


def test_status_tells_what_waits(region: Hub) -> None:
    said = json.loads(region.run("status", "--json").stdout)
    assert said["waiting"] == []
    assert said["published"]["version"] == region.release["version"]
    assert any(item["source"] == "sentinel" for item in said["quarantined"])


def test_contract_with_a_typo_names_file_line_and_field(region: Hub, tmp_path_factory: pytest.TempPathFactory) -> None:
    hub = Hub(tmp_path_factory.mktemp("typo"))
    contract = hub.landing / "contracts" / "elm.yaml"
    contract.parent.mkdir(parents=True)
    contract.write_text(ATTENDANCE.replace("register: positive", "register: sideways"))
    done = hub.run("refresh")
    assert done.returncode == 1
    line = ATTENDANCE[: ATTENDANCE.index("register: positive")].count("\n") + 1
    assert f"{contract}:{line}:" in done.stderr
    assert "register" in done.stderr and "Traceback" not in done.stderr


def test_a_decision_makes_a_refresh_due_and_the_refresh_takes_it_into_account(region: Hub, tmp_path: Path) -> None:
    book = tmp_path / "queue.xlsx"
    assert region.run("review", "export", str(book), "--limit", "1").returncode == 0
    fill(book, "different")
    assert region.run("review", "import", str(book)).returncode == 0
    assert json.loads(region.run("status", "--json").stdout)["changed"] == ["decisions"]
    assert region.refresh()["ran"] is True
    assert json.loads(region.run("review", "status", "--json").stdout)["unsettled"] == 0
    assert region.refresh()["ran"] is False
