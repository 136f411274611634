"""Which pairs people are asked about, what their answers become, and how far two readers agree."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.identity.decisions import ContradictionError
from orchestration.identity.model import Model
from orchestration.identity.review import agreement, give, open_tasks, take_back
from orchestration.identity.review.agreement import cohens_kappa
from orchestration.identity.review.answers import NotAskedError
from orchestration.identity.review.queue import is_chosen, review_pairs, second_readings
from orchestration.identity.review.state import review_state
from tests.support.review import ROWS, ReviewHub, review_hub

NOW = datetime(2026, 1, 5, 12)


@pytest.fixture
def hub(tmp_path: Path) -> ReviewHub:
    return review_hub(tmp_path)


def asked(hub: ReviewHub) -> dict[frozenset[str], str]:
    with hub.open() as con:
        review_pairs(con, "asked")
        rows = con.execute(
            """SELECT l.student_id, r.student_id, reason FROM asked
            JOIN identity.record AS l ON l.record_id = a JOIN identity.record AS r ON r.record_id = b"""
        ).fetchall()
    return {frozenset((left, right)): reason for left, right, reason in rows}


def answer(hub: ReviewHub, outcome: str, left: tuple[str, str], right: tuple[str, str], by: str = "first") -> str:
    with hub.open() as con:
        return give(con, outcome, hub.record_in(con, *left), hub.record_in(con, *right), by=by, why="seen", at=NOW).result


def choose_second_reader(hub: ReviewHub, chosen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.identity.review.queue.SECOND_READER_ONE_IN", 1 if chosen else 2**62)


def test_each_kind_of_doubt_is_asked_and_a_sure_link_is_not(hub: ReviewHub) -> None:
    assert asked(hub) == {
        frozenset(("2", "902")): "unsure",
        frozenset(("3", "903")): "kin",
        frozenset(("4", "904")): "unsure",
        frozenset(("4", "905")): "unsure",
        frozenset(("904", "905")): "twice",
        frozenset(("6", "906")): "unsure",
    }


def test_rivals_for_one_record_are_one_task_and_every_pair_is_asked_once(hub: ReviewHub) -> None:
    with hub.open() as con:
        tasks = open_tasks(con, hub.model)
    held = {task.record.student_id: {c.record.student_id for c in task.candidates} for task in tasks}
    assert held["local 4"] == {"local 904", "local 905"}
    pairs = Counter(c.pair for task in tasks for c in task.candidates)
    assert set(pairs.values()) == {1} and len(pairs) == 6


def test_kin_is_not_asked_once_either_has_found_its_record(tmp_path: Path) -> None:
    twin = ("birch", "907", "Ottoline", "", "Vandersloot", "2012-01-30", "female", "88 Quarry Court", "Elmsford", "10002")
    assert frozenset(("3", "903")) not in asked(review_hub(tmp_path, (*ROWS, twin)))


def test_weights_of_the_fields_and_the_prior_add_up_to_the_whole(hub: ReviewHub) -> None:
    with hub.open() as con:
        tasks = open_tasks(con, hub.model)
    import math

    prior = math.log2(hub.model.prior / (1 - hub.model.prior))
    for candidate in (c for task in tasks for c in task.candidates):
        assert candidate.weight == pytest.approx(prior + sum(item.weight or 0 for item in candidate.evidence), abs=0.06)


def test_every_level_and_every_reason_of_the_guard_has_words() -> None:
    from orchestration.identity.comparisons import COMPARISONS
    from orchestration.identity.review.words import level_words

    for comparison in COMPARISONS:
        told = [level_words(comparison.name, level.label, 1) for level in comparison.levels]
        assert all(words[0].isupper() and ":" not in words for words in told), (comparison.name, told)
        assert len(set(told)) == len(told), told


def test_same_joins_two_records_and_survives_a_rebuild_under_another_model(hub: ReviewHub) -> None:
    assert not hub.is_one_person(("alder", "2"), ("birch", "902"))
    assert answer(hub, "same", ("alder", "2"), ("birch", "902")) == "new"
    hub.night()
    assert hub.is_one_person(("alder", "2"), ("birch", "902"))
    weights = {name: dict.fromkeys(levels, (0.5, 0.5)) for name, levels in hub.model.weights.items()}
    hub.night(everything=True, model=Model(weights, hub.model.prior, 0, "never"))
    assert hub.is_one_person(("alder", "2"), ("birch", "902"))
    assert not hub.is_one_person(("alder", "3"), ("birch", "903"))


def test_different_parts_a_sure_link_for_good(hub: ReviewHub) -> None:
    assert hub.is_one_person(("alder", "1"), ("birch", "901"))
    answer(hub, "different", ("alder", "1"), ("birch", "901"))
    hub.night()
    hub.night(everything=True)
    assert not hub.is_one_person(("alder", "1"), ("birch", "901"))


def test_an_answer_closes_the_question_and_a_match_closes_its_rivals(hub: ReviewHub) -> None:
    answer(hub, "same", ("alder", "4"), ("birch", "904"))
    answer(hub, "cannot tell", ("alder", "6"), ("birch", "906"))
    left = asked(hub)
    assert frozenset(("4", "904")) not in left and frozenset(("6", "906")) not in left
    assert frozenset(("4", "905")) not in left, "a child stands once in a list"


def test_a_match_over_a_third_list_closes_rivals_too(tmp_path: Path) -> None:
    between = ("cedar", "7", "Zebulon", "", "Underhill", "2008-08-08", "male", "1 Far Road", "Westport", "10009")
    hub = review_hub(tmp_path, (*ROWS, between))
    answer(hub, "same", ("alder", "4"), ("cedar", "7"))
    answer(hub, "same", ("cedar", "7"), ("birch", "904"))
    assert frozenset(("4", "905")) in asked(hub)
    hub.night((*ROWS, between))
    assert frozenset(("4", "905")) not in asked(hub)


def test_cannot_tell_gives_way_to_a_definite_answer_but_not_the_other_way(hub: ReviewHub) -> None:
    pair = ("alder", "6"), ("birch", "906")
    answer(hub, "cannot tell", *pair)
    assert answer(hub, "same", *pair) == "new"
    with pytest.raises(ContradictionError):
        answer(hub, "cannot tell", *pair)
    with hub.open() as con:
        assert con.execute("SELECT kind FROM identity.decision WHERE withdrawn_at IS NULL").fetchall() == [("must-link",)]


def test_a_contradiction_is_refused_with_both_decisions(hub: ReviewHub) -> None:
    answer(hub, "same", ("alder", "4"), ("birch", "904"))
    answer(hub, "same", ("birch", "904"), ("birch", "905"))
    with pytest.raises(ContradictionError) as refused:
        answer(hub, "different", ("alder", "4"), ("birch", "905"))
    assert refused.value.wanted.kind == "cannot-link"
    assert [d.kind for d in refused.value.earlier] == ["must-link", "must-link"]


def test_answers_about_records_that_are_gone_are_refused(hub: ReviewHub) -> None:
    with hub.open() as con, pytest.raises(NotAskedError):
        give(con, "same", 1, hub.record_in(con, "alder", "1"), by="first", why="", at=NOW)


def test_the_same_answer_twice_is_one_decision(hub: ReviewHub, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_second_reader(hub, False, monkeypatch)
    pair = ("alder", "2"), ("birch", "902")
    assert [answer(hub, "same", *pair), answer(hub, "same", *pair), answer(hub, "same", *pair, by="second")] == ["new", "known", "known"]


def test_a_second_reader_is_asked_blindly_and_never_the_first_again(hub: ReviewHub, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_second_reader(hub, True, monkeypatch)
    answer(hub, "same", ("alder", "2"), ("birch", "902"), by="First ")
    hub.night()
    with hub.open() as con:
        again = [c for t in open_tasks(con, hub.model, reader="second") for c in t.candidates if c.reason == "again"]
        assert [(c.record.lists, c.record.elsewhere) for c in again] == [((), {})], "what it belongs to would give the first answer away"
        assert not [c for t in open_tasks(con, hub.model, reader="first") for c in t.candidates if c.reason == "again"]
    assert answer(hub, "same", ("alder", "2"), ("birch", "902"), by="second") == "second"
    with hub.open() as con:
        assert agreement(con).pairs == agreement(con).agreed == 1
        second_readings(con, "third", "due")
        assert con.execute("SELECT count(*) FROM due").fetchone() == (0,)


def test_readers_who_disagree_leave_no_decision_and_a_third_answer_stands(hub: ReviewHub, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_second_reader(hub, True, monkeypatch)
    pair = ("alder", "2"), ("birch", "902")
    answer(hub, "same", *pair)
    hub.night()
    assert answer(hub, "different", *pair, by="second") == "split"
    hub.night()
    assert not hub.is_one_person(*pair)
    assert asked(hub)[frozenset(("2", "902"))] == "disagree"
    assert answer(hub, "same", *pair, by="third") == "new"
    hub.night()
    assert hub.is_one_person(*pair)
    with hub.open() as con:
        second_readings(con, "second", "due")
        assert con.execute("SELECT count(*) FROM due").fetchone() == (0,), "nobody is asked without end"
        assert (agreement(con).pairs, agreement(con).agreed) == (1, 0)


@pytest.mark.parametrize("second", [None, "same", "different"])
def test_taking_an_answer_back_leaves_what_was_before(hub: ReviewHub, second: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_second_reader(hub, True, monkeypatch)
    look = "SELECT kind, second_reader, second_outcome, withdrawn_at IS NULL FROM identity.decision"
    with hub.open() as con:
        a, b = hub.record_in(con, "alder", "2"), hub.record_in(con, "birch", "902")
        given = give(con, "same", a, b, by="first", why="", at=NOW)
        if second is not None:
            given = give(con, second, a, b, by="second", why="", at=NOW)
        take_back(con, given, NOW)
        assert con.execute(look).fetchall() == [("must-link", None, None, second is not None)]


def test_about_one_pair_in_ten_gets_a_second_reader(hub: ReviewHub) -> None:
    with hub.open() as con:
        row = con.execute(f"SELECT count(*) FILTER ({is_chosen('hash(i)', 'hash(i + 1)')}) FROM range(20000) AS t(i)").fetchone()
    assert row is not None and 1800 < row[0] < 2200


def test_cohens_kappa_by_hand() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreement 0.7, by chance 0.5.
    told = cohens_kappa(Counter({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}))
    assert (told.pairs, told.agreed, told.kappa) == (50, 35, pytest.approx(0.4))
    assert cohens_kappa(Counter({("y", "y"): 9})).kappa is None
    assert cohens_kappa(Counter()).kappa is None


def test_state_is_counts_only(hub: ReviewHub) -> None:
    answer(hub, "different", ("alder", "3"), ("birch", "903"))
    with hub.open() as con:
        state = review_state(con)
    assert (state["pairs"], state["decisions"], state["unsettled"]) == (5, {"cannot-link": 1}, 1)
    assert state["reasons"] == {"unsure": 4, "twice": 1}
