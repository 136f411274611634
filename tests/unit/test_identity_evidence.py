"""What counts as evidence: how rare a name is, what chance makes likely, which rival holds a link back.

Does not belong here: how often the whole is right (tests/linkage).
"""

import duckdb
import pytest

from orchestration.identity import comparisons, guard, model, records, score

_FIRSTS = ("mary", "john", "ada", "luis", "tom", "zoe", "kim", "omar", "eva", "paul")
_LASTS = ("smith", "jones", "garcia", "lee", "brown", "diaz", "khan", "weber", "rossi", "novak")


PAIR = "(a UBIGINT, b UBIGINT, roster_a VARCHAR, roster_b VARCHAR, weight DOUBLE, name_level INT, birth_level INT, address_level INT, middle_level INT, sex_level INT, cohort_level INT, first_supports BOOL, first_contradicts BOOL, birth_supports BOOL, last_supports BOOL, last_equal BOOL, first_missing BOOL, birth_missing BOOL)"


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        yield con


def take(con, rows):
    """rows: roster, id, first, last, birth date, street."""
    con.execute(
        """CREATE OR REPLACE TABLE given (source VARCHAR, student_id VARCHAR, first_name VARCHAR, last_name VARCHAR, birth_date DATE,
            street_address VARCHAR)"""
    )
    con.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?, ?)", rows)
    con.execute(
        """CREATE OR REPLACE VIEW given_row AS SELECT *, source AS student_id_issuer, 's' AS student_id_system, source AS party_id,
            NULL::VARCHAR AS preferred_name, NULL::VARCHAR AS middle_name, NULL::VARCHAR AS sex, 'Onetown' AS city, '10001' AS zip,
            NULL::INT AS cohort, NULL::VARCHAR AS school FROM given"""
    )
    records.create_records(con, "given_row", "rec")


def test_a_child_in_two_rosters_does_not_make_its_own_name_common(con):
    take(con, [(r, f"{r}{n}", _FIRSTS[n], _LASTS[n], "2010-01-01", None) for r in "ab" for n in range(10)])
    score.frequencies(con, "rec", "f")
    once = con.execute("SELECT max(tf_full_name) FROM f").fetchone()[0]
    con.execute("INSERT INTO rec SELECT * REPLACE (record_id + 1 AS record_id) FROM rec WHERE first_name = 'mary' AND source = 'a'")
    score.frequencies(con, "rec", "f")
    namesake = con.execute("SELECT tf_full_name FROM f WHERE full_name = 'mary smith'").fetchone()[0]
    assert once == pytest.approx(0.01), "one in ten first names, one in ten surnames"
    assert namesake > 4 * once, "two of one name in one roster are two children"


def test_chance_is_counted_where_everybody_lives_in_one_town(con):
    rows = [
        ("a", str(n), _FIRSTS[n % 10], _LASTS[n // 10 % 10], f"20{n % 12:02d}-{n % 11 + 1:02d}-{n % 27 + 1:02d}", f"{n} {_LASTS[n % 7]} st")
        for n in range(300)
    ]
    take(con, rows)
    con.execute("CREATE TEMP TABLE training_record AS FROM rec")
    chance = model._chance(con, 7)
    assert chance["name"][comparisons.NAME.level_number("equal")] < 0.02
    assert chance["name"][0] > 0.5, "most pairs of children have different names, also where all share a town"


def test_a_namesake_with_nearly_the_birth_date_holds_a_link_back(con):
    """Twins of whom one carries the other's name in one roster: the pair is asked about, not linked."""
    con.execute(f"CREATE TABLE pair {PAIR}")
    con.execute("INSERT INTO pair VALUES (1, 2, 'x', 'y', 28, 12, 5, 5, -1, 1, -1, true, false, true, true, true, false, false)")
    rival = "INSERT INTO pair VALUES (1, 3, 'x', 'y', 19, 12, 3, 5, -1, 1, -1, {same}, NOT {same}, true, true, true, false, false)"
    con.execute(rival.format(same="false"))
    assert verdict(con) == "link", "a sibling of another first name is no rival at nine bits"
    con.execute("DELETE FROM pair WHERE b = 3")
    con.execute(rival.format(same="true"))
    assert verdict(con) == "review"


LONE = (
    "INSERT INTO lone VALUES (1, 2, 'x', 'y', 20, 12, -1, {address}, {middle}, -1, {cohort}, true, false, false, true, true, false, true)"
)


@pytest.mark.parametrize(
    ("address", "middle", "cohort", "expected"),
    [
        (5, 1, -1, "link"), (5, -1, 2, "link"), (2, 1, 2, "link"),
        (5, -1, -1, "review"), (-1, -1, 2, "review"), (5, -1, 1, "review"), (5, 1, 0, "review"), (5, 0, 2, "review"),
    ],
)  # fmt: skip
def test_without_a_birth_date_two_of_address_middle_initial_and_grade_must_agree_and_none_differ(con, address, middle, cohort, expected):
    con.execute(f"CREATE TABLE lone {PAIR}")
    con.execute(LONE.format(address=address, middle=middle, cohort=cohort))
    guard.judge(con, "lone", "judged")
    assert con.execute("SELECT verdict FROM judged").fetchone()[0] == expected


def verdict(con):
    guard.judge(con, "pair", "judged")
    return con.execute("SELECT verdict FROM judged WHERE b = 2").fetchone()[0]
