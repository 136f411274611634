"""Persons behind ids: keys that stay, ids that sources share, issuers that never mix, one transaction.

Does not belong here: bad input (test_identity_bad_input.py), sequences of nights (test_identity_nights.py), how often it is right
(tests/linkage).
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.feeds import FEEDS
from orchestration.identity.night import Night
from orchestration.identity.staged import feeds_with_students
from tests.support.children import Children, children

ELM = {"street_address": "12 Elm Street", "city": "Hartford", "zip": "06103"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Children]:
    with children(tmp_path) as made:
        yield made


def test_every_feed_with_students_is_read(hub: Children) -> None:
    feeds = feeds_with_students()
    assert "enrollment" in feeds and "published_indicator" not in feeds
    for number, feed in enumerate(feeds):
        hub.counts("d", str(number), feed=feed)
    assert hub.night().ids == len(feeds)


def test_one_number_of_two_issuers_is_two_children(hub: Children) -> None:
    hub.counts("a", "1")
    hub.counts("b", "1")
    assert hub.night().persons == 2


def test_an_id_of_facts_alone_belongs_to_the_child_another_source_knows_by_it(hub: Children) -> None:
    hub.says("roster", "1", "Maria", "Lopez", "2010-01-02")
    hub.counts("register", "1", issuer="roster")
    hub.counts("register", "2", issuer="roster")
    hub.night()
    assert hub.person("register", "1", issuer="roster") == hub.person("roster", "1") != hub.person("register", "2", issuer="roster")


@pytest.mark.parametrize(("told", "together"), [("Maria", True), ("Quentin", False)])
def test_a_name_without_date_and_a_date_without_name_under_one_id_have_nothing_to_compare(
    hub: Children, told: str, *, together: bool
) -> None:
    """A sign-in sheet and a state file: they are one child unless somebody else under that id says otherwise."""
    hub.shares("sheet", "state", issuer="agency")
    hub.shares("roster", "state", issuer="agency")
    hub.says("roster", "7", "Maria", "Lopez", "2010-01-02", linked_student_id="S7", linked_student_id_system="state")
    hub.says("sheet", "1", told, "Lopez", None, linked_student_id="S7", linked_student_id_system="state")
    hub.says("agency", "S7", None, None, "2010-01-02", student_id_system="state")
    hub.night()
    assert hub.person("roster", "7") == hub.person("agency", "S7", system="state")
    assert (hub.person("sheet", "1") == hub.person("roster", "7")) is together


def test_facts_that_came_first_keep_their_person_when_the_roster_comes(hub: Children) -> None:
    hub.counts("register", "1", issuer="roster")
    hub.night()
    before = hub.person("register", "1", issuer="roster")
    hub.says("roster", "1", "Maria", "Lopez", "2010-01-02")
    hub.night()
    assert hub.person("roster", "1") == hub.person("register", "1", issuer="roster") == before


def test_a_second_id_that_a_source_names_is_the_same_child(hub: Children) -> None:
    hub.shares("roster", "state")
    hub.says("roster", "7", "Maria", "Lopez", "2010-01-02", linked_student_id="S7", linked_student_id_system="state")
    hub.counts("agency", "S7", system="state")
    hub.counts("roster", "S7", system="state")
    hub.night()
    # the linked system is the agency's, so the roster's own system of that name stays apart
    assert hub.person("roster", "7") == hub.person("agency", "S7", system="state")
    assert hub.person("roster", "7") != hub.person("roster", "S7", system="state")
    assert hub.person("roster", "S7", issuer="agency", system="state") == hub.person("roster", "7")


def test_a_child_listed_once_per_school_is_one_child_where_the_source_says_so(hub: Children) -> None:
    """Numbers of the schools, with the district's number beside them; without it the list names two children."""
    for number in ("10-3", "20-4"):
        hub.says("d", number, "Fenna", "Aldous", "2010-12-01", linked_student_id="70003", linked_student_id_system="district")
        hub.says("e", number, "Wanda", "Bloom", "2009-12-01")
    hub.night()
    assert hub.person("d", "10-3") == hub.person("d", "20-4")
    assert hub.person("e", "10-3") != hub.person("e", "20-4")
    assert hub.con.execute("SELECT count(*) FROM identity.conflict").fetchone() == (0,)


def test_equal_name_birth_date_and_address_in_two_rosters_are_one_child(hub: Children) -> None:
    hub.says("a", "1", "Maria", "Lopez", "2010-01-02", **ELM)
    hub.says("b", "9", "María", "López", "2010-01-02", **ELM)
    hub.night()
    assert hub.person("a", "1") == hub.person("b", "9")


def test_twins_stay_two_children_and_are_kept_as_kin(hub: Children) -> None:
    for source, numbers in {"a": ("1", "2"), "b": ("8", "9")}.items():
        for number, first in zip(numbers, ("Maria", "Juan"), strict=True):
            hub.says(source, number, first, "Lopez", "2010-01-02", **ELM)
    hub.night()
    assert hub.person("a", "1") != hub.person("a", "2")
    kin = hub.con.execute("SELECT count(*) FROM identity.pair WHERE kin AND verdict = 'kin' AND roster_a <> roster_b").fetchone()
    assert kin == (2,)
    linked = hub.con.execute("SELECT count(*) FROM identity.edge").fetchone()
    assert linked == (2,) and hub.person("a", "1") == hub.person("b", "8")


def test_a_second_night_changes_nothing_and_is_no_run(hub: Children) -> None:
    hub.says("a", "1", "Maria", "Lopez", "2010-01-02")
    hub.counts("a", "2")
    first = hub.night().night
    before = hub.persons()
    second = hub.night().night
    assert hub.persons() == before and first.minted == 2
    assert second == Night(first.run, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0)


def test_a_merge_keeps_the_older_person_and_redirects_the_younger(hub: Children) -> None:
    hub.says("b", "9", "Maria", "Lopez", "2010-01-02")
    hub.night()
    older = hub.person("b", "9")
    hub.says("a", "1", "Bea", "Stone", "2009-05-05")
    hub.night()
    younger = hub.person("a", "1")
    hub.forgets("a")
    hub.shares("a", "local", "b")
    hub.says("a", "1", "Maria", "Lopez", "2010-01-02", linked_student_id="9", linked_student_id_system="local")
    hub.night()
    assert older != younger and hub.person("a", "1") == older


def test_redirects_lead_to_the_person_that_is_left(hub: Children) -> None:
    held = []
    for source in "abc":
        hub.counts(source, "1")
        hub.night()
        held.append(hub.person(source, "1"))
    for source, other in (("c", "b"), ("b", "a")):
        hub.shares(source, "local", other)
        hub.says(source, "1", linked_student_id="1", linked_student_id_system="local")
        hub.night()
    redirect = dict(hub.con.execute("SELECT person_id, merged_into FROM identity.person_redirect").fetchall())
    assert redirect == {held[1]: held[0], held[2]: held[0]}


def test_an_id_taken_back_parts_what_it_joined_and_the_larger_part_stays(hub: Children) -> None:
    hub.shares("roster", "state")
    hub.says("roster", "7", linked_student_id="S7", linked_student_id_system="state")
    hub.counts("agency", "S7", system="state")
    hub.counts("register", "7", issuer="roster")
    hub.night()
    joined = hub.person("roster", "7")
    hub.forgets("roster")
    hub.says("roster", "7")
    result = hub.night().night
    assert hub.person("roster", "7") == hub.person("register", "7", issuer="roster") == joined
    assert hub.person("agency", "S7", system="state") != joined and result.split == 1


def test_a_retired_person_never_returns(hub: Children) -> None:
    hub.counts("d", "1")
    hub.night()
    before = hub.person("d", "1")
    hub.forgets("d")
    assert hub.night().night.retired == 1
    hub.counts("d", "1")
    hub.night()
    assert hub.person("d", "1") != before
    assert hub.con.execute("SELECT status FROM identity.person WHERE person_id = ?", [before]).fetchone() == ("retired",)


def test_any_past_crosswalk_can_be_read(hub: Children) -> None:
    hub.counts("d", "1")
    first = hub.night().night.run
    then = hub.persons()
    hub.forgets("d", "1")
    hub.counts("d", "2")
    second = hub.night().night.run
    now = hub.persons()
    assert dict(_as_of(hub.con, first)) == then != now
    assert dict(_as_of(hub.con, second)) == now
    assert _as_of(hub.con, 0) == []


def test_a_failure_leaves_everything_as_it_was(hub: Children) -> None:
    hub.counts("d", "1")
    hub.night()
    before = hub.persons()
    hub.counts("d", "2")

    def refuse(_: duckdb.DuckDBPyConnection, night: Night) -> None:
        assert night.new == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        hub.night(checks=refuse)
    assert hub.persons() == before and hub.con.execute("SELECT max(run) FROM identity.run").fetchone() == (1,)


def test_no_table_of_a_comparison_is_left_behind(hub: Children) -> None:
    hub.says("a", "1", "Maria", "Lopez", "2010-01-02")
    hub.says("b", "1", "Maria", "Lopez", "2010-01-02")
    assert hub.night().night.pairs_scored == 1
    left = hub.con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary").fetchall()
    assert left == []


def test_a_person_id_says_nothing_about_the_child(hub: Children) -> None:
    hub.counts("d", "1")
    hub.night()
    first = hub.person("d", "1")
    hub.con.execute("DROP SCHEMA identity CASCADE")
    hub.night()
    assert hub.person("d", "1") != first and len(first) == 36
    assert FEEDS["attendance"].by_name["student_id"].person


def _as_of(con: duckdb.DuckDBPyConnection, run: int) -> list[tuple[tuple[str, str, str, str], str]]:
    return [(row[:4], row[4]) for row in con.execute(f"FROM identity.crosswalk_at({run})").fetchall()]


def test_a_night_after_which_nothing_is_left(hub: Children) -> None:
    hub.says("a", "1", "Maria", "Lopez", "2010-01-02")
    hub.says("b", "9", "Maria", "Lopez", "2010-01-02")
    hub.night()
    hub.forgets("a")
    hub.forgets("b")
    night = hub.night().night
    assert (night.withdrawn, night.pairs_scored, night.records, night.persons) == (2, 0, 0, 0)
    assert hub.groups() == set()
