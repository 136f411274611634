"""Training at a hub of some thousand children: the same records give the same model, and what people decided outlives every model.

Does not belong here: how good a model is (tests/linkage).
"""

import json
from datetime import datetime

import duckdb
import pytest

from orchestration.identity import model, records
from orchestration.identity.decision_file import FILE, decisions_hash
from orchestration.identity.decisions import decide
from orchestration.identity.identify import refresh_identity, retrain_identity
from orchestration.identity.in_use import matching_in_use
from tests.linkage import default_model
from tests.linkage.families import make_families
from tests.support.children import Children, children

NOW = datetime(2024, 1, 1)


@pytest.fixture(scope="module")
def town():
    con = duckdb.connect(config={"threads": 2})
    make_families(con, children=2500, seed=77)
    yield con
    con.close()


@pytest.fixture
def hub(town, tmp_path):
    with children(tmp_path / "models") as hub:
        deliver(hub, town, "true")
        yield hub


def deliver(hub: Children, town: duckdb.DuckDBPyConnection, where: str) -> None:
    columns = "source, party_id, student_id_issuer, student_id_system, student_id, first_name, middle_name, last_name, birth_date, sex, street_address, city, zip"
    sent = town.sql(f"SELECT {columns}, DATE '2024-01-01' AS as_of, '1' AS delivery_id FROM family_row WHERE {where}").to_arrow_table()
    hub.con.register("sent", sent)
    hub.con.execute("DELETE FROM staging.stg_student; INSERT INTO staging.stg_student BY NAME FROM sent")
    hub.con.unregister("sent")


def decide_two(hub: Children) -> tuple[tuple[int, int], tuple[int, int]]:
    """Against the evidence: a linked pair is kept apart, two strangers are joined."""
    apart = hub.con.execute("SELECT a, b FROM identity.edge WHERE tier IN (1, 2) ORDER BY a LIMIT 1").fetchone()
    joined = hub.con.execute(
        """SELECT min(a.record_id), min(b.record_id) FROM identity.record AS a, identity.record AS b
        WHERE a.roster LIKE 'north%' AND b.roster LIKE 'south%' AND a.sex = 'male' AND b.sex = 'female'
            AND a.record_id NOT IN (SELECT a FROM identity.edge UNION SELECT b FROM identity.edge)
            AND b.record_id NOT IN (SELECT a FROM identity.edge UNION SELECT b FROM identity.edge)"""
    ).fetchone()
    decide(hub.con, "cannot-link", *apart, by="Kim", why="twins", at=NOW)
    decide(hub.con, "must-link", *joined, by="Kim", why="seen the papers", at=NOW)
    return apart, joined


def is_one(hub: Children, pair: tuple[int, int]) -> bool:
    return any(set(pair) <= group for group in hub.groups())


def test_the_same_records_give_the_same_model_on_one_core_and_on_two(town):
    def train(threads: int) -> model.Model:
        town.execute(f"SET threads = {threads}")
        rows = f"(FROM family_row ORDER BY hash(student_id, {threads}))"
        records.create_records(town, rows, "rec")
        return model.train(town, "rec")

    assert train(2).version == train(1).version == train(2).version


def test_the_shipped_model_is_what_its_command_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(default_model, "PATH", tmp_path / "model.json")
    shipped = model.Model.load(records.clean.DATA / "default_model.json")
    default_model.main()
    assert model.Model.load(tmp_path / "model.json").version == shipped.version


def test_decisions_hold_after_a_model_was_trained_on_other_records(hub, town):
    first = hub.night()
    apart, joined = decide_two(hub)
    hub.night()
    assert not is_one(hub, apart) and is_one(hub, joined)
    hub.rebuild()
    assert not is_one(hub, apart) and is_one(hub, joined)
    known = ", ".join(
        f"'{key}'"
        for (key,) in hub.con.execute(
            "SELECT student_id FROM identity.record WHERE record_id IN ($1, $2, $3, $4)", [*apart, *joined]
        ).fetchall()
    )
    deliver(hub, town, f"student_id::BIGINT % 3 <> 0 OR student_id IN ({known})")
    second = retrain_identity(hub.con, hub.models)
    assert second.trained and second.model != first.model
    assert not is_one(hub, apart) and is_one(hub, joined)


def test_decisions_outlive_the_warehouse(hub, town, tmp_path):
    hub.night()
    apart, joined = decide_two(hub)
    before = decisions_hash(hub.models)
    hub.night()
    assert decisions_hash(hub.models) != before, "a refresh sees that somebody has decided"
    assert (hub.models / FILE).stat().st_mode & 0o077 == 0
    with children(hub.models) as anew:
        deliver(anew, town, "true")
        anew.night()
        assert not is_one(anew, apart) and is_one(anew, joined)
        assert anew.con.execute("SELECT count(*) FROM identity.decision").fetchone() == (2,)
        anew.night()
        assert anew.con.execute("SELECT count(*) FROM identity.decision").fetchone() == (2,), "each decision once"


def test_a_trained_model_shows_in_what_a_version_rests_on(hub):
    assert matching_in_use(hub.models)["matching model"] == ""
    result = refresh_identity(hub.con, hub.models)
    assert result.trained and matching_in_use(hub.models)["matching model"] == result.model
    assert json.loads((hub.models / f"model-{result.model}.json").read_text())["version"] == result.model
