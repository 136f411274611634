"""Sequences of nights end where a rebuild ends: adds, changes, deliveries taken back, decisions made and withdrawn.

Does not belong here: what one night does to one child (test_identity.py).
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.identity.decisions import ContradictionError, decide, withdraw
from orchestration.identity.guard import GUARD, Thresholds
from tests.support.children import Children, children

NOW = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
SOURCES, NUMBERS = st.sampled_from("abc"), st.sampled_from("1234")
# Two families whose children resemble each other; a row picks anything of anyone, so half-agreements are common.
ROW = st.fixed_dictionaries({
    "first": st.sampled_from(["Maria", "Mariah", "Juan", "Ana", None]),
    "last": st.sampled_from(["Lopez", "Lopes", "Okafor"]),
    "birth": st.sampled_from(["2010-01-02", "2010-01-03", "2008-07-19", None]),
    "street_address": st.sampled_from(["12 Elm Street", "9 Oak Lane"]), "city": st.just("Hartford"), "zip": st.just("06103"),
    "linked_student_id": st.sampled_from([None, None, "S1", "S2"]), "linked_student_id_system": st.just("state"),
})  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("says"), SOURCES, NUMBERS, ROW),
    st.tuples(st.just("says"), SOURCES, NUMBERS, ROW),
    st.tuples(st.just("forgets"), SOURCES, st.one_of(NUMBERS, st.none())),
    st.tuples(st.just("counts"), SOURCES, NUMBERS, SOURCES),
    st.tuples(st.just("decide"), st.sampled_from(["must-link", "cannot-link"]), st.integers(0, 20), st.integers(0, 20)),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
)
NIGHTS = st.lists(st.lists(STEP, min_size=1, max_size=6), min_size=2, max_size=4)
SLOW = settings(max_examples=int(os.environ.get("NIGHTS_EXAMPLES", "15")), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(NIGHTS)
def test_every_night_ends_where_a_rebuild_ends(nights: list[list[tuple]]) -> None:  # type: ignore[type-arg]
    """A rebuild moves nobody: standing links hold in both."""
    with tempfile.TemporaryDirectory() as folder, hub_of(Path(folder)) as hub:
        for steps in nights:
            for step in steps:
                take(hub, step)
            hub.night()
            check_whole(hub)
            before, persons = hub.groups(), hub.persons()
            hub.rebuild()
            assert hub.groups() == before
            assert hub.persons() == persons


@SLOW
@given(NIGHTS)
def test_without_hysteresis_nights_end_where_a_hub_that_starts_today_ends(nights: list[list[tuple]]) -> None:  # type: ignore[type-arg]
    thresholds = replace(GUARD, keep=GUARD.join)
    with tempfile.TemporaryDirectory() as folder, hub_of(Path(folder)) as hub:
        for steps in nights:
            for step in steps:
                take(hub, step)
            hub.night(thresholds=thresholds)
        check_from_nothing(hub, thresholds)


def hub_of(folder: Path):  # type: ignore[no-untyped-def]
    return children(folder)


def check_from_nothing(hub: Children, thresholds: Thresholds) -> None:
    with tempfile.TemporaryDirectory() as folder:
        other = hub.copy_of_staging(Path(folder))
        try:
            other.night(thresholds=thresholds)
            assert hub.groups() == other.groups()
            sql = "SELECT a, b, verdict, why FROM identity.{} ORDER BY ALL"
            for table in ("pair", "id_pair"):
                assert hub.con.execute(sql.format(table)).fetchall() == other.con.execute(sql.format(table)).fetchall()
        finally:
            other.con.close()


def check_whole(hub: Children) -> None:
    """Every record has one active person, every active person has records, and nothing points to nowhere."""
    for what in (
        "SELECT record_id FROM identity.record ANTI JOIN (FROM identity.record_link WHERE valid_to_run IS NULL) USING (record_id)",
        "SELECT record_id FROM identity.record_link WHERE valid_to_run IS NULL GROUP BY 1 HAVING count(*) > 1",
        "SELECT person_id FROM identity.record_link SEMI JOIN (FROM identity.person WHERE status <> 'active') USING (person_id) WHERE valid_to_run IS NULL",
        "SELECT person_id FROM identity.person WHERE status = 'active' AND person_id NOT IN (SELECT person_id FROM identity.person_key)",
        "SELECT p.person_id FROM identity.person AS p ANTI JOIN (FROM identity.person WHERE status <> 'merged') AS q ON p.merged_into = q.person_id WHERE p.status = 'merged'",
    ):
        assert hub.con.execute(what).fetchall() == [], what


def take(hub: Children, step: tuple) -> None:  # type: ignore[type-arg]
    match step:
        case "says", source, number, row:
            hub.con.execute("DELETE FROM staging.stg_student WHERE source = ? AND student_id = ?", [source, number])
            shared = hub.con.execute("SELECT 1 FROM governance.id_system WHERE source = ?", [source]).fetchone()
            if not shared:
                hub.shares(source, "state")
            row = dict(row)
            hub.says(source, number, row.pop("first"), row.pop("last"), row.pop("birth"), **row)
        case "forgets", source, number:
            hub.forgets(source, number)
        case "counts", source, number, issuer:
            hub.counts(source, number, issuer=issuer)
        case "decide", kind, one, other:
            records = _known(hub)
            if len({one, other}) == 2 and max(one, other) < len(records):
                with suppress(ContradictionError):
                    decide(hub.con, kind, records[one], records[other], by="Kim", why="seen", at=NOW)
        case "withdraw", number:
            if _known(hub):
                made = hub.con.execute(
                    "SELECT decision_id FROM identity.decision WHERE withdrawn_at IS NULL ORDER BY a, b, kind"
                ).fetchall()
                if number < len(made):
                    withdraw(hub.con, made[number][0], NOW)


def _known(hub: Children) -> list[int]:
    exists = hub.con.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'identity' AND table_name = 'record'").fetchone()
    return [row[0] for row in hub.con.execute("SELECT record_id FROM identity.record ORDER BY 1").fetchall()] if exists else []
