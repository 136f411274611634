"""`datadrives delivery` from outside: a delivery comes, is published, is withdrawn, and everything is as if it had never come."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lock import refresh_lock
from tests.support.hub import Hub
from tests.support.landing import ATTENDANCE, GOOD, HEADER

SECOND = HEADER + "s1,A,2024-01-08,A\ns3,A,2024-01-08,P\ns4,A,never,P\n"
SMALL = HEADER + "s1,A,2024-01-08,P\n"


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """Every row as text, sorted."""
    return sorted(map(repr, con.execute(sql).fetchall()))


def in_force(hub: Hub) -> dict[str, list[str]]:
    """Every row that counts: raw, staging and what the ledger says of them."""
    with duckdb.connect(str(hub.home / "warehouse.duckdb"), read_only=True) as con:
        tables = con.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('raw', 'staging') AND table_name <> 'rejected_row'"
        ).fetchall()
        held = "SEMI JOIN (FROM governance.delivery_feed WHERE in_force) AS held USING (source, delivery_id)"
        found = {f"{schema}.{table}": rows(con, f'FROM "{schema}"."{table}" {held if schema == "raw" else ""}') for schema, table in tables}
        found["governance.delivery_feed"] = rows(con, "FROM governance.delivery_feed")
        return found


@dataclass
class Told:
    """What happened, in order."""

    hub: Hub
    versions: dict[str, str]
    files: dict[str, dict[str, str]]
    rows: dict[str, dict[str, list[str]]]
    second: str
    withdrawn: dict[str, Any]
    status: dict[str, Any]

    def refresh(self, name: str) -> None:
        self.hub.refresh()
        self.versions[name] = self.hub.release["version"]
        self.files[name] = self.hub.release["files"]
        self.rows[name] = in_force(self.hub)


def say(hub: Hub, *args: str, code: int = 0) -> Any:
    done = hub.run("delivery", *args, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    hub = Hub(tmp_path_factory.mktemp("deliveries"))
    contracts = hub.landing / "contracts"
    contracts.mkdir(parents=True)
    (contracts / "elm.yaml").write_text(ATTENDANCE)
    told = Told(hub, {}, {}, {}, "", {}, {})
    hub.deliver("elm", "2024-02-01", {"attendance.csv": GOOD})
    told.refresh("first")
    hub.deliver("elm", "2024-02-02", {"attendance.csv": SECOND})
    told.refresh("second")
    told.second = next(item["id"] for item in say(hub, "list")["deliveries"] if item["delivery"] == "2024-02-02")
    told.withdrawn = say(hub, "withdraw", told.second[:5], "--why", "sent by another school")
    told.status = json.loads(hub.run("status", "--json").stdout)
    told.refresh("third")
    return told


def test_withdrawing_restores_every_row_that_stood_before(told: Told) -> None:
    assert told.rows["first"] != told.rows["second"]
    assert told.rows["third"] == told.rows["first"]


def test_what_is_published_is_what_was_published_before(told: Told) -> None:
    tables = [name for name in told.files["first"] if name.endswith(".parquet")]
    assert tables and all(told.files["third"][name] == told.files["first"][name] for name in tables)
    assert any(told.files["second"][name] != told.files["first"][name] for name in tables)


def test_the_decision_is_told_and_waits_for_a_refresh(told: Told) -> None:
    assert (told.withdrawn["status"], told.withdrawn["reason"]) == ("withdrawn", "sent by another school")
    assert "deliveries" in told.status["changed"]
    assert [item["reason"] for item in told.status["withdrawn"]] == ["sent by another school"]
    assert told.status["deliveries"] == {"accepted": 1, "withdrawn": 1}


def test_raw_can_be_read_as_it_stood_at_every_version(told: Told) -> None:
    with duckdb.connect(str(told.hub.home / "warehouse.duckdb"), read_only=True) as con:
        read = {
            name: con.execute(f"SELECT student_id, attendance_status FROM raw.attendance_as_of('{version}') ORDER BY ALL").fetchall()
            for name, version in told.versions.items()
        }
    assert read["second"] == [("s1", "absent"), ("s3", "present")]
    assert read["first"] == read["third"] == [("s1", "present"), ("s1", "tardy"), ("s2", "absent")]


def test_list_and_show_tell_the_same_to_people_and_to_scripts(told: Told) -> None:
    listed = {item["delivery"]: item for item in say(told.hub, "list", "--source", "elm")["deliveries"]}
    assert {name: item["status"] for name, item in listed.items()} == {"2024-02-01": "accepted", "2024-02-02": "withdrawn"}
    assert say(told.hub, "list", "--source", "oak") == {"deliveries": []}
    shown = say(told.hub, "show", told.second[:6])
    assert shown["rejected"] == [{"table": "attendance", "rule": "date", "rows": 1}]
    assert shown["decision"]["withdrawn"]["why"] == "sent by another school"
    people = told.hub.run("delivery", "list").stderr + told.hub.run("delivery", "show", "elm/2024-02-01").stderr
    for words in (told.second[:8], "withdrawn", "sent by another school", "snapshot"):
        assert words in people


@pytest.mark.parametrize("command", [("show",), ("withdraw", "--why", "x"), ("reingest",)])
def test_an_unknown_id_is_one_clear_line(told: Told, command: tuple[str, ...]) -> None:
    done = told.hub.run("delivery", command[0], "ffffffff", *command[1:])
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["no delivery 'ffffffff': `datadrives delivery list` shows them all"]


def test_withdrawing_needs_a_reason_and_happens_once(told: Told) -> None:
    assert told.hub.run("delivery", "withdraw", told.second).returncode == 2
    assert "say why" in told.hub.run("delivery", "withdraw", told.second, "--why", " ").stderr
    again = told.hub.run("delivery", "withdraw", told.second, "--why", "x")
    assert (again.returncode, again.stderr.strip()) == (1, "elm/2024-02-02 is withdrawn already: sent by another school")


def test_nothing_is_changed_while_a_refresh_runs(told: Told) -> None:
    with refresh_lock(told.hub.home):
        done = told.hub.run("delivery", "reingest", told.second)
    assert done.returncode == 1 and "another refresh" in done.stderr and len(done.stderr.splitlines()) == 1
    assert say(told.hub, "show", told.second)["status"] == "withdrawn"


@pytest.fixture
def quick(tmp_path: Path) -> Hub:
    """A hub that has read nothing yet, and whose deliveries are read by hand: no refresh."""
    hub = Hub(tmp_path)
    (hub.landing / "contracts").mkdir(parents=True)
    (hub.landing / "contracts" / "elm.yaml").write_text(ATTENDANCE)
    return hub


def read(hub: Hub) -> None:
    from orchestration.contracts import load_contracts
    from orchestration.ingestion import ingest_source

    contract = load_contracts(hub.landing / "contracts")["elm"]
    ingest_source(contract, inbox=hub.landing / "inbox", raw_dir=hub.home / "raw")


def test_before_the_first_delivery_the_list_is_empty(quick: Hub) -> None:
    assert "no delivery yet" in quick.run("delivery", "list").stderr
    assert say(quick, "list") == {"deliveries": []}


def test_a_volume_is_accepted_by_hand(quick: Hub) -> None:
    many = HEADER + "".join(f"s{n},A,2024-01-08,P\n" for n in range(80))
    quick.deliver("elm", "2024-02-01", {"attendance.csv": many})
    quick.deliver("elm", "2024-02-02", {"attendance.csv": SMALL})
    read(quick)
    held = say(quick, "show", "2024-02-02")
    assert (held["status"], held["rule"]) == ("quarantined", "volume")
    assert held["volume"] == [{"table": "attendance", "before": 80, "gone": 79, "added": 0, "exceeded": True}]
    status = json.loads(quick.run("status", "--json").stdout)
    assert [item["id"] for item in status["quarantined"]] == [held["id"]]
    again = quick.run("delivery", "reingest", "2024-02-02")
    assert again.returncode == 1 and "79 are gone" in again.stderr
    assert say(quick, "reingest", "2024-02-02", "--accept-volume")["status"] == "accepted"
    assert {item["delivery"]: item["status"] for item in say(quick, "list")["deliveries"]} == {
        "2024-02-01": "superseded",
        "2024-02-02": "accepted",
    }


def test_reading_again_without_contract_or_files_says_what_to_do(quick: Hub) -> None:
    quick.deliver("elm", "2024-02-01", {"attendance.csv": GOOD})
    read(quick)
    (quick.landing / "inbox" / "elm" / "2024-02-01" / "attendance.csv").unlink()
    done = quick.run("delivery", "reingest", "2024-02-01")
    assert done.returncode == 1 and "put its files back" in done.stderr
    (quick.landing / "contracts" / "elm.yaml").unlink()
    done = quick.run("delivery", "reingest", "2024-02-01")
    assert done.returncode == 1 and "no contract reads elm" in done.stderr
