"""How good the persons are, told without names; nights that change too much; what senders get back about their own rows."""

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from orchestration.feeds.catalogue import FEEDS
from orchestration.identity.decisions import decide
from orchestration.identity.guard import GUARD
from orchestration.identity.quality import NightLimits, TooManyChangesError, check_night, draw_sample, night_checks, refresh_quality
from orchestration.identity.quality.interval import Stratum, stratified, wilson
from orchestration.identity.quality.sample import band
from orchestration.reports.matching import write_matching_reports
from orchestration.settings import Settings
from tests.support.children import Children, children
from tests.support.identity_rows import child, night

Row = dict[str, Any]
LIMITS = NightLimits()


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema staging; create schema governance")
        con.execute("create table governance.source (source text, party_type text)")
        con.execute("insert into governance.source values ('district-a', 'district'), ('district-c', 'district'), ('partner-b', 'partner')")
        yield con


def table(con: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    found = con.execute(f"from identity_quality.{name}")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def rates(con: duckdb.DuckDBPyConnection, dimension: str) -> dict[str, tuple[int, int]]:
    return {r["group_name"]: (r["records"], r["linked_records"]) for r in table(con, "link_rate") if r["dimension"] == dimension}


def two_lists(children: int = 60, both: int = 2) -> list[Row]:
    """All children in a district, every `both`-th with a partner too."""
    return [child(n) for n in range(children)] + [child(n, "partner-b") for n in range(0, children, both)]


def staged(con: duckdb.DuckDBPyConnection, rows: list[Row]) -> None:
    con.execute(
        """create or replace table staging.stg_student (source text, student_id_issuer text, student_id_system text, student_id text,
        school_year integer, linked_student_id text, linked_student_id_system text, first_name text, last_name text, birth_date date)"""
    )
    keys = ("source", "student_id_issuer", "student_id_system", "student_id")
    con.executemany(
        "insert into staging.stg_student values (?, ?, ?, ?, null, null, null, ?, ?, ?)",
        [[*(row[key] for key in keys), row["first_name"], row["last_name"], row["birth_date"]] for row in rows],
    )


# --- rates ---------------------------------------------------------------------------------------------------------------------------


def test_link_rates_are_told_by_sender_district_language_and_kind_of_surname(con: duckdb.DuckDBPyConnection) -> None:
    names = {0: "Ruiz-Vega", 1: "Ruiz Vega", 2: "王", 3: "O'Neil", 4: None}
    rows = [child(n, **({"last_name": names[n]} if n in names else {})) for n in range(40)] + [child(n, "partner-b") for n in range(10, 20)]
    staged(con, rows)
    con.execute(
        "create table staging.stg_student_group (source text, student_id_issuer text, student_id_system text, student_id text, student_group text)"
    )
    con.execute("insert into staging.stg_student_group values ('district-a', 'district-a', 'local', 'district-a-12', 'english_learner')")
    night(con, rows)
    refresh_quality(con, LIMITS)
    assert rates(con, "all") == {"all": (50, 20)}
    assert rates(con, "sender") == {"district-a": (40, 10), "partner-b": (10, 10)}
    assert rates(con, "district") == {"district-a": (50, 20)}, "a partner's record counts with the district of its child"
    assert rates(con, "language") == {"english_learner": (2, 2), "non_english_learner": (48, 18)}
    kinds = {kind: records for kind, (records, _) in rates(con, "surname").items()}
    assert kinds == {"hyphen": 1, "two parts": 1, "other script": 1, "none": 1, "one part": 46}


def test_no_quality_table_holds_a_personal_column_or_value(con: duckdb.DuckDBPyConnection) -> None:
    rows = two_lists()
    night(con, rows)
    draw_sample(con)
    refresh_quality(con, LIMITS)
    columns = {
        name for (name,) in con.execute("select column_name from duckdb_columns() where schema_name = 'identity_quality'").fetchall()
    }
    assert columns and not columns & {column.name for feed in FEEDS.values() for column in feed.columns if column.person}
    texts = str(
        [
            table(con, name)
            for (name,) in con.execute("select table_name from duckdb_tables() where schema_name = 'identity_quality'").fetchall()
        ]
    ).casefold()
    said = {str(row[key]).casefold() for row in rows for key in ("first_name", "last_name", "birth_date", "student_id", "street_address")}
    assert not [value for value in said if value in texts]


# --- the clerical sample -------------------------------------------------------------------------------------------------------------


def answer(con: duckdb.DuckDBPyConnection, wrong: bool = False) -> None:
    """Answer all open pairs by the truth, which the ids tell; or by its contrary."""
    pairs = con.execute(
        """select s.a, s.b, split_part(x.student_id, '-', 3) = split_part(y.student_id, '-', 3) from identity.clerical_open as s
        join identity.record as x on x.record_id = s.a join identity.record as y on y.record_id = s.b order by s.ordinal"""
    ).fetchall()
    for a, b, same in pairs:
        decide(con, "must-link" if same is not wrong else "cannot-link", a, b, by="reader", why="sample", at=datetime(2024, 1, 1))


def test_the_sample_comes_from_every_band_linked_or_not_and_shows_neither(con: duckdb.DuckDBPyConnection) -> None:
    night(con, two_lists())
    drawn = draw_sample(con, per_stratum=5)
    strata = con.execute("select band, is_linked, count(*), any_value(stratum_size) from identity.clerical_sample group by all").fetchall()
    assert drawn == sum(count for *_, count, _ in strata) and {linked for _, linked, *_ in strata} == {True, False}
    assert all(count == min(5, size) for *_, count, size in strata)
    assert [row[0] for row in con.execute("describe identity.clerical_open").fetchall()] == ["sample_id", "a", "b", "ordinal"]
    linked_first = con.execute(
        "select count(*) from (select is_linked, ordinal from identity.clerical_sample order by ordinal limit 5) where is_linked"
    ).fetchone()
    assert linked_first is not None and linked_first[0] < 5, "the order gives nothing away"


def test_nobody_is_asked_about_a_record_that_says_nothing(con: duckdb.DuckDBPyConnection) -> None:
    silent = child(1, "partner-b", first_name=None, last_name=None, birth_date=None)
    rows = [child(1), silent, child(2), child(2, "partner-b")]
    night(con, rows, [(row, "agency", "state", "S1") for row in rows[:2]])
    assert con.execute("select count(distinct person_id) from identity.record_link").fetchall() == [(2,)]
    assert draw_sample(con) == 1


def test_bands_meet_at_the_cuts_of_the_queue_and_of_links(con: duckdb.DuckDBPyConnection) -> None:
    weights = {-6.0: "below -4.25", GUARD.review: "-4.25 to 0", 9.99: "5 to 10", GUARD.join: "10 to 15", 30.0: "20 and more"}
    assert {w: con.execute(f"select {band(f'({w})')}").fetchall()[0][0] for w in weights} == weights
    assert con.execute(f"select {band('null')}").fetchall() == [("no score",)]


def test_a_new_sample_waits_for_the_answers_of_the_old_one(con: duckdb.DuckDBPyConnection) -> None:
    night(con, two_lists())
    assert draw_sample(con, per_stratum=3) > 0 and draw_sample(con) == 0
    answer(con)
    assert draw_sample(con, per_stratum=3) > 0


def test_answers_become_error_rates_with_intervals(con: duckdb.DuckDBPyConnection) -> None:
    night(con, two_lists())
    refresh_quality(con, LIMITS)
    assert table(con, "error_rate") == [], "nothing is claimed before somebody has looked"
    draw_sample(con)
    answer(con)
    refresh_quality(con, LIMITS)
    rows = {(r["dimension"], r["group_name"], r["kind"]): r for r in table(con, "error_rate")}
    false = rows["all", "all", "false"]
    assert (false["pairs"], false["rate"], false["low"]) == (30, 0, 0) and 0 < false["high"] < 0.2
    assert rows["all", "all", "missed"]["rate"] == 0
    assert {dimension for dimension, *_ in rows} == {"all", "sender", "district", "language", "surname"}


def test_a_false_link_and_a_missed_one_show_in_the_rates_of_their_group(con: duckdb.DuckDBPyConnection) -> None:
    # child 7 of the partner has another child's name and birth date: linked wrongly, and its own record is missed
    rows = [child(n) for n in range(30)] + [
        child(
            n,
            "partner-b",
            **({key: child(8)[key] for key in ("first_name", "last_name", "birth_date", "sex", "street_address")} if n == 7 else {}),
        )
        for n in range(30)
        if n != 8
    ]
    night(con, rows)
    draw_sample(con, per_stratum=1000)
    for a, b, same, linked in con.execute(
        """select s.a, s.b, split_part(x.student_id, '-', 3) = split_part(y.student_id, '-', 3), s.is_linked from identity.clerical_sample as s
        join identity.record as x on x.record_id = s.a join identity.record as y on y.record_id = s.b"""
    ).fetchall():
        if same is not linked:
            decide(con, "cannot-link" if linked else "must-link", a, b, by="reader", why="sample", at=datetime(2024, 1, 1))
    answer(con)
    refresh_quality(con, LIMITS)
    false = next(r for r in table(con, "error_rate") if (r["dimension"], r["kind"]) == ("all", "false"))
    assert false["rate"] == pytest.approx(1 / 29) and false["low"] < 1 / 29 < false["high"]
    bands = [r for r in table(con, "sample_band") if r["wrong"]]
    assert any(r["is_linked"] for r in bands)


def test_intervals_hold_the_share_and_widen_with_doubt() -> None:
    assert wilson(0, 0) == (0, 1)
    low, high = wilson(5, 100)
    assert (round(low, 4), round(high, 4)) == (0.0215, 0.1118)
    assert wilson(0, 25)[0] == 0 and wilson(25, 25)[1] == 1
    assert stratified([]) is None and stratified([Stratum(10, 0, 0)]) is None
    one = stratified([Stratum(1000, 50, 1), Stratum(10, 10, 5)])
    assert one is not None and one.low < one.value < one.high and one.value == pytest.approx((1000 / 50 + 5) / 1010)
    half = stratified([Stratum(100, 10, 0), Stratum(300, 0, 0)])
    assert half is not None and half.covered == 0.25, "what nobody looked into is said"
    for size, wrong in product((10, 40, 200), (0, 1, 5)):
        found = stratified([Stratum(5000, size, wrong)])
        assert found is not None and found.low <= wrong / size <= found.high


# --- odd files and implausible facts -------------------------------------------------------------------------------------------------


def test_a_list_with_its_name_columns_swapped_is_found_and_no_other(con: duckdb.DuckDBPyConnection) -> None:
    rows = [child(n) for n in range(60)] + [child(n, "district-c") for n in range(60, 100)]
    rows += [child(n, "partner-b") | {"first_name": child(n)["last_name"], "last_name": child(n)["first_name"]} for n in range(0, 60, 2)]
    night(con, rows)
    refresh_quality(con, LIMITS)
    assert [(r["source"], r["oddity"], r["records"], r["of_records"]) for r in table(con, "odd_file")] == [
        ("partner-b", "name columns swapped", 30, 30)
    ]


def test_one_state_id_on_every_row_is_found_and_joins_nobody(con: duckdb.DuckDBPyConnection) -> None:
    rows = two_lists(30)
    found = night(con, rows, [(row, "agency", "state", "123") for row in rows if row["source"] == "partner-b"])
    refresh_quality(con, LIMITS)
    assert found.persons == 30
    assert [(r["source"], r["oddity"], r["records"], r["of_records"]) for r in table(con, "odd_file")] == [
        ("partner-b", "one id on many children", 15, 15)
    ]


def test_facts_that_one_child_can_hardly_have_are_counted_by_person(con: duckdb.DuckDBPyConnection) -> None:
    a, b = child(1), child(1, "partner-b")
    night(con, [a, b, child(2)])
    key = "source text, student_id_issuer text, student_id_system text, student_id text"
    con.execute(f"create table staging.stg_enrollment ({key}, school_year integer, grade_level text)")
    con.execute(f"create table staging.stg_attendance ({key}, school_id text, attendance_date date, attendance_status text)")
    one, other, third = (
        ("district-a", "district-a", "local", "district-a-1"),
        ("partner-b", "partner-b", "local", "partner-b-1"),
        ("district-a", "district-a", "local", "district-a-2"),
    )
    enrolled = [
        (*one, 2023, "03"),
        (*one, 2024, "04"),
        (*other, 2025, "09"),
        (*third, 2023, "KG"),
        (*third, 2024, "KG"),
        (*third, 2025, "02"),
    ]
    con.executemany("insert into staging.stg_enrollment values (?, ?, ?, ?, ?, ?)", enrolled)
    marks = [(*one, "X", "2024-01-08", "present"), (*other, "Y", "2024-01-08", "tardy"), (*one, "X", "2024-01-09", "present"), (*other, "Y", "2024-01-09", "absent"),
             (*third, "X", "2024-01-08", "present"), (*third, "Z", "2024-01-08", "present")]  # fmt: skip
    con.executemany("insert into staging.stg_attendance values (?, ?, ?, ?, ?, ?, ?)", marks)
    refresh_quality(con, LIMITS)
    assert {r["fact"]: r["persons"] for r in table(con, "implausible_fact")} == {
        "grade jump": 1, "two birth dates": 0, "two ids of one system": 0, "two schools on one day": 1,
    }  # fmt: skip
    assert [(r["fact"], r["times"], r["sources"]) for r in table(con, "implausible_person")] == [
        ("grade jump", 1, ["district-a", "partner-b"]), ("two schools on one day", 1, ["district-a", "partner-b"]),
    ]  # fmt: skip


# --- the gate ------------------------------------------------------------------------------------------------------------------------


def apart(con: duckdb.DuckDBPyConnection, children: int = 120) -> list[Row]:
    """A first night in which the partner's rows say too little to be linked."""
    rows = [child(n) for n in range(children)]
    night(
        con,
        rows
        + [child(n, "partner-b", first_name=None, birth_date=None, last_name=None, street_address=None) for n in range(0, children, 2)],
    )
    return rows + [child(n, "partner-b") for n in range(0, children, 2)]


def test_a_night_that_merges_too_many_stops_with_one_sentence(con: duckdb.DuckDBPyConnection) -> None:
    rows = apart(con)
    check_night(con, 1, LIMITS)
    found = night(con, rows)
    assert found.merged == 60
    with pytest.raises(TooManyChangesError, match=r"would merge 60 of 180 children \(33\.3%; at most 5\.0% may be\)") as error:
        check_night(con, found.run, LIMITS)
    assert "\n" not in str(error.value) and "partner-b" in str(error.value)


def test_a_night_that_splits_too_many_stops_too(con: duckdb.DuckDBPyConnection) -> None:
    rows = two_lists(120)
    night(con, rows)
    other = [
        row
        | {
            key: child(int(row["student_id"].rsplit("-", 1)[1]) + 61)[key]
            for key in ("first_name", "last_name", "birth_date", "street_address")
        }
        if row["source"] == "partner-b"
        else row
        for row in rows
    ]
    found = night(con, other)
    with pytest.raises(TooManyChangesError, match=r"split 60 of 120 children"):
        check_night(con, found.run, NightLimits(merged=1))


def test_a_night_somebody_has_looked_at_goes_through_and_stays_through(con: duckdb.DuckDBPyConnection) -> None:
    found = night(con, apart(con))
    check_night(con, found.run, NightLimits(accepted=True))
    check_night(con, found.run, LIMITS)  # the next run without news, the setting gone again
    refresh_quality(con, LIMITS)
    (last,) = [r for r in table(con, "night") if r["is_last"]]
    assert (last["is_checked"], last["merged"], last["persons_before"]) == (True, 60, 180)


def test_a_handful_of_children_stops_no_night(con: duckdb.DuckDBPyConnection) -> None:
    found = night(con, apart(con, children=20))
    assert found.merged == 10
    check_night(con, found.run, LIMITS)


# --- what senders get ----------------------------------------------------------------------------------------------------------------


def contract(source: str, kind: str) -> Any:
    return SimpleNamespace(
        source=source, name=f"List of {source}", feeds=("student",), party=SimpleNamespace(name=source.title(), type=kind)
    )


def sent_back(folder: Path, source: str) -> list[tuple[str, str]]:
    file = folder / source / "matching" / "children-to-look-at.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [(row["student_id"], row["reason"]) for row in csv.DictReader(stream)]


def test_senders_get_their_own_unmatched_and_conflicting_rows_only(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [child(n) for n in range(10)] + [child(n, "partner-b") for n in range(8, 14)]
    rows.append(child(5, student_id="district-a-5x"))
    thief = child(70, "partner-b")
    rows.append(thief)
    staged(con, rows)
    night(con, rows, [(child(0), "agency", "state", "S1"), (thief, "agency", "state", "S1")])
    refresh_quality(con, LIMITS)
    contracts = {name: contract(name, kind) for name, kind in (("district-a", "district"), ("partner-b", "partner"))}
    assert write_matching_reports(con, contracts, tmp_path) == 2
    wrong_id = "this id also stands on a child with another name and birth date"
    twice, nowhere = "this child seems to stand in your list twice", "we did not find this child in the list of any school district"
    assert sorted(sent_back(tmp_path, "district-a")) == [("district-a-0", wrong_id), ("district-a-5", twice), ("district-a-5x", twice)]
    assert sorted(sent_back(tmp_path, "partner-b")) == [
        *((f"partner-b-{n}", nowhere) for n in range(10, 14)), ("partner-b-70", wrong_id), ("partner-b-70", nowhere),
    ]  # fmt: skip
    given = "".join(file.read_text(encoding="utf-8-sig") for file in (tmp_path / "partner-b").rglob("*.*"))
    assert "district-a" not in given and child(0)["birth_date"] not in given
    page = (tmp_path / "partner-b" / "matching" / "matching.html").read_text()
    assert not [row for row in rows if row["last_name"] in page or row["birth_date"] in page], "counts only"
    assert "(6 rows)" in page and "nothing that others have sent" in page, "others' rows are not even counted"
    assert {file.stat().st_mode & 0o077 for file in tmp_path.rglob("*")} == {0}


def test_a_mended_list_leaves_nothing_of_the_old_report(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    contracts = {"partner-b": contract("partner-b", "partner")}
    for rows, expected in (([child(1), child(2, "partner-b")], 1), ([child(1), child(2), child(2, "partner-b")], 0)):
        staged(con, rows)
        night(con, rows)
        refresh_quality(con, LIMITS)
        assert write_matching_reports(con, contracts, tmp_path) == len(sent_back(tmp_path, "partner-b")) == expected
    assert [file.name for file in (tmp_path / "partner-b" / "matching").iterdir()] == ["matching.html"]
    assert "nothing to look at" in (tmp_path / "partner-b" / "matching" / "matching.html").read_text()


def test_a_stopped_night_leaves_everything_as_it_was(tmp_path: Path) -> None:
    rows = two_lists(120)

    def say(hub: Children, told: list[Row]) -> None:
        for row in told:
            hub.says(
                row["source"],
                row["student_id"],
                row["first_name"],
                row["last_name"],
                row["birth_date"],
                street_address=row["street_address"],
                zip=row["zip"],
            )

    with children(tmp_path) as hub:
        say(hub, rows)
        hub.con.execute("create table governance.source (source text, party_type text)")
        hub.night(checks=night_checks(Settings()))
        before = hub.persons(), hub.con.execute("from identity_quality.night").fetchall()
        hub.forgets("partner-b")
        say(
            hub,
            [
                child(int(row["student_id"].rsplit("-", 1)[1]) + 61) | {key: row[key] for key in ("source", "student_id")}
                for row in rows
                if row["source"] == "partner-b"
            ],
        )
        for _ in range(2):
            with pytest.raises(TooManyChangesError, match="nothing was changed and nothing is published"):
                hub.night(checks=night_checks(Settings()))
            assert (hub.persons(), hub.con.execute("from identity_quality.night").fetchall()) == before
        hub.night(checks=night_checks(Settings(identity_accept_changes=True)))
        after = hub.persons()
        assert after != before[0]
        hub.night(checks=night_checks(Settings()))
        assert hub.persons() == after
