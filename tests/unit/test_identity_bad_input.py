"""What files do to ids and names: each kind either changes no child or waits for somebody to look.

Does not belong here: whole-file findings (identity quality), rates (tests/linkage).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.identity.clean import filler_words, first_name, last_name
from orchestration.identity.decisions import ContradictionError, decide, withdraw
from tests.support.children import Children, children

ELM = {"street_address": "12 Elm Street", "city": "Hartford", "zip": "06103"}
NOW = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
# Eight different children.
CLASS = [
    ("Maria", "Lopez", "2010-01-02"), ("James", "Okafor", "2009-11-23"), ("Wei", "Zhang", "2010-06-30"), ("Anna", "Kowalski", "2008-03-14"),
    ("Devon", "Brown", "2010-09-09"), ("Fatima", "Haddad", "2009-02-17"), ("Liam", "Murphy", "2010-12-25"), ("Sofia", "Rossi", "2009-07-04"),
]  # fmt: skip


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Children]:
    with children(tmp_path) as made:
        yield made


@pytest.mark.parametrize("named", [True, False])
def test_one_state_id_on_every_row_joins_nobody(hub: Children, *, named: bool) -> None:
    hub.shares("d", "state")
    for number, child in enumerate(CLASS):
        hub.says("d", str(number), *(child if named else ()), linked_student_id="123", linked_student_id_system="state")
    hub.counts("agency", "123", system="state")
    assert hub.night().persons == len(CLASS) + 1


def test_the_id_on_every_row_means_something_again_once_it_is_mended(hub: Children) -> None:
    hub.shares("d", "state")
    for number, child in enumerate(CLASS):
        hub.says("d", str(number), *child, linked_student_id="123", linked_student_id_system="state")
    hub.counts("agency", "123", system="state")
    hub.night()
    for number in range(1, len(CLASS)):
        hub.forgets("d", str(number))
        hub.says("d", str(number), *CLASS[number])
    hub.night()
    assert hub.person("agency", "123", system="state") == hub.person("d", "0")


def test_the_same_child_twice_in_a_roster_is_asked_not_joined(hub: Children) -> None:
    hub.says("d", "1", *CLASS[0], **ELM)
    hub.says("d", "2", *CLASS[0], **ELM)
    hub.says("other", "9", *CLASS[0], **ELM)
    hub.night()
    assert hub.person("d", "1") != hub.person("d", "2")
    asked = hub.con.execute("SELECT why FROM identity.pair WHERE roster_a = roster_b AND verdict = 'review'").fetchall()
    assert asked == [("twice in one source",)]
    # nobody can say which of the two the other source means
    assert hub.person("other", "9") not in (hub.person("d", "1"), hub.person("d", "2"))


def test_an_id_given_to_two_children_in_one_source_links_to_neither(hub: Children) -> None:
    hub.says("d", "1", *CLASS[0], school_year=2022, **ELM)
    hub.says("d", "1", *CLASS[3], school_year=2023, **ELM)
    hub.says("other", "8", *CLASS[0], **ELM)
    hub.says("other", "9", *CLASS[3], **ELM)
    hub.counts("register", "1", issuer="d")
    result = hub.night()
    assert result.recycled_ids == 1 and result.persons == 4
    assert hub.con.execute("SELECT count(*) FROM identity.id_pair WHERE verdict = 'link'").fetchone() == (0,)


def test_a_corrected_name_or_birth_date_is_not_another_child(hub: Children) -> None:
    hub.says("d", "1", "Maria", "Lopez", "2010-01-02", school_year=2022)
    hub.says("d", "1", "Mary", "Stone", "2010-02-01", school_year=2023)
    hub.says("d", "2", "Maria", "Lopez", "2010-05-22", school_year=2022)
    hub.says("d", "2", "Maria", "Lopez", "2007-11-13", school_year=2023)
    assert hub.night().recycled_ids == 0


def test_an_id_that_next_year_is_another_child_leaves_the_person_behind(hub: Children) -> None:
    hub.says("d", "1", *CLASS[0], **ELM)
    hub.says("other", "8", *CLASS[0], **ELM)
    hub.night()
    first = hub.person("d", "1")
    assert hub.person("other", "8") == first
    hub.forgets("d")
    hub.says("d", "1", *CLASS[3], **ELM)
    hub.night()
    assert hub.person("other", "8") == first != hub.person("d", "1")


def test_an_id_alone_that_next_year_is_another_child_retires_the_person(hub: Children) -> None:
    hub.says("d", "1", *CLASS[0])
    hub.night()
    first = hub.person("d", "1")
    hub.forgets("d")
    hub.says("d", "1", *CLASS[3])
    assert hub.night().night.retired == 1
    assert hub.person("d", "1") != first


def test_a_shared_id_on_two_children_is_asked_not_joined(hub: Children) -> None:
    for source, child in {"a": CLASS[0], "b": CLASS[3]}.items():
        hub.shares(source, "state")
        hub.says(source, "1", *child, linked_student_id="S1", linked_student_id_system="state")
    hub.counts("agency", "S1", system="state")
    hub.night()
    persons = {hub.person("a", "1"), hub.person("b", "1"), hub.person("agency", "S1", system="state")}
    assert len(persons) == 3, "facts under the id are nobody's until the id is"
    verdicts = dict(hub.con.execute("SELECT verdict, count(*) FROM identity.trusted_pair GROUP BY 1").fetchall())
    assert verdicts == {"review": 3}


def test_twins_under_one_state_id_do_not_take_each_others_record(hub: Children) -> None:
    hub.shares("a", "state")
    for number, first in (("1", "Maria"), ("2", "Juan")):
        hub.says("a", number, first, "Lopez", "2010-01-02", linked_student_id="S1", linked_student_id_system="state", **ELM)
    hub.says("agency", "S1", "Juan", "Lopez", "2010-01-02", student_id_system="state", **ELM)
    hub.night()
    assert hub.person("agency", "S1", system="state") == hub.person("a", "2") != hub.person("a", "1")


def test_two_state_ids_keep_two_records_apart(hub: Children) -> None:
    for source, state_id in {"a": "S1", "b": "S2"}.items():
        hub.shares(source, "state")
        hub.says(source, "1", *CLASS[0], linked_student_id=state_id, linked_student_id_system="state", **ELM)
    result = hub.night()
    assert hub.person("a", "1") != hub.person("b", "1") and result.conflicts == 1
    assert hub.con.execute("SELECT why FROM identity.conflict").fetchall() == [("two ids of one shared system",)]


def test_a_whole_file_with_swapped_name_columns_still_finds_its_children(hub: Children) -> None:
    for number, (first, last, birth) in enumerate(CLASS):
        hub.says("a", str(number), first, last, birth, **ELM)
        hub.says("b", str(number), last, first, birth, **ELM)
    assert hub.night().persons == len(CLASS)


def test_a_file_without_birth_dates_joins_nobody_by_name_alone(hub: Children) -> None:
    for number, child in enumerate(CLASS):
        hub.says("a", str(number), *child)
        hub.says("b", str(number), *child[:2])
    hub.night()
    assert not {hub.person("a", str(n)) for n in range(8)} & {hub.person("b", str(n)) for n in range(8)}
    waiting = hub.con.execute("SELECT DISTINCT verdict FROM identity.pair WHERE name_level = 12").fetchall()
    assert waiting == [("review",)]


def test_one_name_only_joins_nobody(hub: Children) -> None:
    hub.says("a", "1", None, "Suharto", "2010-01-02")
    hub.says("b", "1", None, "Suharto", "2010-01-02")
    assert hub.night().persons == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Seán", "O\u2019Brien"), ("Sean", "O'Brien")),
        (("Anne-Marie", "Smith-Jones"), ("Anne Marie", "Smith Jones")),
        (("Robert", "King Jr."), ("Robert", "King")),
        (("José", "García Márquez"), ("Jose", "GARCIA-MARQUEZ")),
        (("李", "小龙"), ("李", "小龙")),
        (("Ольга", "Петрова"), ("ольга", "ПЕТРОВА")),
        (("محمد", "علي"), ("محمد", "علي")),
    ],
)
def test_one_name_written_two_ways_is_one_name(one: tuple[str, str], other: tuple[str, str]) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE name (f TEXT, l TEXT)")
        con.executemany("INSERT INTO name VALUES (?, ?)", [list(one), list(other)])
        names = con.execute(f"SELECT {first_name('f')}, {last_name('l')} FROM name").fetchall()
    assert names[0] == names[1] and None not in names[0]


def test_children_with_names_in_other_scripts_are_found(hub: Children) -> None:
    for source in ("a", "b"):
        hub.says(source, "1", "Ольга", "Петрова", "2010-01-02", **ELM)
        hub.says(source, "2", "小龙", "李", "2009-05-06", street_address="3 Oak Lane", city="Hartford", zip="06103")
    assert hub.night().persons == 2


def test_words_that_stand_for_no_name_are_no_name() -> None:
    with duckdb.connect() as con:
        for word in filler_words():
            assert con.execute(f"SELECT {first_name('n')} FROM (SELECT ? AS n)", [word]).fetchone() == (None,)


def test_a_decision_against_an_earlier_one_is_refused_with_both_shown(hub: Children) -> None:
    hub.says("a", "1", *CLASS[0])
    hub.says("b", "1", *CLASS[0])
    hub.says("c", "1", *CLASS[0])
    hub.night()
    a, b, c = (hub.record(source, "1") for source in "abc")
    first = decide(hub.con, "must-link", a, b, by="Kim", why="the birth certificate was seen", at=NOW)
    decide(hub.con, "must-link", b, c, by="Kim", why="same teacher", at=NOW)
    for pair in ((a, b), (a, c)):
        with pytest.raises(ContradictionError) as refused:
            decide(hub.con, "cannot-link", *pair, by="Lee", why="they met", at=NOW)
        assert "they met" in str(refused.value) and "the birth certificate was seen" in str(refused.value)
    withdraw(hub.con, first.decision_id, NOW)
    decide(hub.con, "cannot-link", a, b, by="Lee", why="they met", at=NOW)


@pytest.mark.parametrize(("kind", "together"), [("must-link", True), ("cannot-link", False)])
def test_a_decision_outranks_the_evidence_and_falls_only_with_its_withdrawal(hub: Children, kind: str, *, together: bool) -> None:
    """The evidence says the opposite of the decision, tonight, in a rebuild and under a model trained anew."""
    hub.says("a", "1", *CLASS[0], **ELM)
    hub.says("b", "1", *(CLASS[3] if together else CLASS[0]), **ELM)
    hub.night()
    decision = decide(hub.con, kind, hub.record("a", "1"), hub.record("b", "1"), by="Kim", why="seen", at=NOW)  # type: ignore[arg-type]

    def one_person() -> bool:
        return hub.person("a", "1") == hub.person("b", "1")

    hub.night()
    assert one_person() is together
    hub.rebuild()
    assert one_person() is together
    hub.con.execute("UPDATE identity.run SET model = 'an older one'")
    assert hub.night().night.changed == 2
    assert one_person() is together
    withdraw(hub.con, decision.decision_id, NOW)
    hub.night()
    assert one_person() is not together
