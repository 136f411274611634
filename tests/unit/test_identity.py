"""Persons behind ids: keys that stay, links that contracts name, issuers that never mix.

Does not belong here: graphs without meaning (test_identity_components.py).
"""

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.feeds import FEEDS
from orchestration.identity import IdentityResult, assign_person_keys
from orchestration.identity.ids import feeds_with_students
from orchestration.identity.tables import ID_COLUMNS

Id = tuple[str, str, str]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty staging schema with all it takes to know an id."""
    with duckdb.connect() as con:
        con.execute("create schema staging; create schema governance")
        con.execute("create table governance.id_system (source text, student_id_system text, issuer text, is_shared boolean)")
        for feed in feeds_with_students():
            linked = ", linked_student_id text, linked_student_id_system text, party_id text, source text" if feed == "student" else ""
            con.execute(f"create table staging.stg_{feed} (student_id_issuer text, student_id_system text, student_id text{linked})")
        yield con


def see(con: duckdb.DuckDBPyConnection, *ids: Id, feed: str = "attendance") -> None:
    con.executemany(f"insert into staging.stg_{feed} values (?, ?, ?)", [list(one) for one in ids])


def link(con: duckdb.DuckDBPyConnection, one: Id, other_system: str, other_id: str) -> None:
    con.execute("insert into staging.stg_student values (?, ?, ?, ?, ?, ?, ?)", [*one, other_id, other_system, one[0], "roster"])


def persons(con: duckdb.DuckDBPyConnection) -> dict[Id, str]:
    rows = con.execute(f"select {', '.join(ID_COLUMNS)}, person_id from identity.person_key").fetchall()
    assert len({row[:3] for row in rows}) == len(rows), "an id has two rows"
    return {row[:3]: row[3] for row in rows}


def test_every_feed_with_students_is_read(con: duckdb.DuckDBPyConnection) -> None:
    feeds = feeds_with_students()
    assert "enrollment" in feeds and "published_indicator" not in feeds
    for number, feed in enumerate(feeds):
        if feed != "student":
            see(con, ("d", "local", str(number)), feed=feed)
    assert assign_person_keys(con).ids == len(feeds) - 1


def test_one_number_of_two_issuers_is_two_children(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("agency-a", "local", "1"), ("agency-b", "local", "1"))
    assert assign_person_keys(con).persons == 2


def test_one_shared_number_in_two_files_is_one_child(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("agency", "state", "1"))
    see(con, ("agency", "state", "1"), feed="enrollment")
    assert assign_person_keys(con).persons == 1


def test_a_link_of_a_contract_joins_two_ids(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into governance.id_system values ('roster', 'state', 'agency', true)")
    see(con, ("agency", "state", "S7"), ("d", "local", "7"), ("d", "state", "S7"))
    link(con, ("d", "local", "7"), "state", "S7")
    result = assign_person_keys(con)
    who = persons(con)
    # the linked system is the agency's, so the district's own system of that name stays apart
    assert who["d", "local", "7"] == who["agency", "state", "S7"] != who["d", "state", "S7"]
    assert (result.ids, result.links, result.persons) == (3, 1, 2)
    assert con.execute("select why, source, linked_student_id_issuer from identity.crosswalk").fetchall() == [
        ("contract", "roster", "agency")
    ]


def test_a_second_run_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("d", "local", "1"), ("d", "local", "2"))
    link(con, ("d", "local", "1"), "old", "11")
    first = assign_person_keys(con)
    before = persons(con)
    assert assign_person_keys(con) == IdentityResult(ids=3, new_ids=0, links=1, persons=2, new_persons=0, merged_persons=0)
    assert persons(con) == before and first.new_persons == 2


def test_an_id_that_is_sent_no_more_keeps_its_person(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("d", "local", "1"))
    assign_person_keys(con)
    before = persons(con)
    con.execute("delete from staging.stg_attendance")
    assign_person_keys(con)
    assert persons(con) == before


def test_a_merge_keeps_the_older_person_and_redirects_the_younger(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("d", "local", "9"))
    assign_person_keys(con)
    older = persons(con)["d", "local", "9"]
    see(con, ("d", "local", "1"))
    assign_person_keys(con)
    younger = persons(con)["d", "local", "1"]
    link(con, ("d", "local", "1"), "local", "9")
    assert assign_person_keys(con).merged_persons == 1
    assert set(persons(con).values()) == {older}
    assert con.execute("select person_id, merged_into from identity.person_redirect").fetchall() == [(younger, older)]


def test_redirects_lead_to_the_person_that_is_left(con: duckdb.DuckDBPyConnection) -> None:
    held = []
    for number in ("1", "2", "3"):
        see(con, ("d", "local", number))
        assign_person_keys(con)
        held.append(persons(con)["d", "local", number])
    link(con, ("d", "local", "3"), "local", "2")
    assign_person_keys(con)
    link(con, ("d", "local", "2"), "local", "1")
    assign_person_keys(con)
    assert dict(con.execute("select person_id, merged_into from identity.person_redirect").fetchall()) == {
        held[2]: held[0],
        held[1]: held[0],
    }


def test_a_withdrawn_link_parts_what_it_joined(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("d", "local", "1"), ("d", "local", "2"))
    link(con, ("d", "local", "1"), "local", "2")
    assign_person_keys(con)
    joined = persons(con)["d", "local", "1"]
    con.execute("delete from staging.stg_student")
    assert assign_person_keys(con).persons == 2
    assert joined in persons(con).values()


def test_a_failure_leaves_everything_as_it_was(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("d", "local", "1"))
    assign_person_keys(con)
    before = persons(con)
    see(con, ("d", "local", "2"))
    con.execute("drop table staging.stg_consent")
    with pytest.raises(duckdb.Error):
        assign_person_keys(con)
    assert persons(con) == before


def test_a_person_id_says_nothing_about_the_child(con: duckdb.DuckDBPyConnection) -> None:
    see(con, ("d", "local", "1"))
    assign_person_keys(con)
    (first,) = persons(con).values()
    con.execute("drop schema identity cascade")
    assign_person_keys(con)
    (second,) = persons(con).values()
    assert first != second and len(first) == 36
    assert FEEDS["attendance"].by_name["student_id"].person
