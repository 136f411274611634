"""The traps that SOURCE.md of assessment-layouts names: wide rows, dates in many formats, code systems for race, repeated headers."""

import duckdb

from .warehouse import Ask, Hub

SOURCE = "source = 'assessment-layouts'"
RESULTS, STUDENTS = f"FROM raw.assessment_result WHERE {SOURCE}", f"FROM raw.student WHERE {SOURCE}"


def test_hundreds_of_columns_become_the_few_that_are_named(hub: Hub) -> None:
    """860 columns of one file, 2,612 of all nine: what is written is the feeds' own columns."""
    folder = hub.home / "raw" / "assessment_result" / "source=assessment-layouts"
    widths = [len(duckdb.execute(f"SELECT name FROM parquet_schema('{path}')").fetchall()) for path in folder.rglob("*.parquet")]
    assert len(widths) == 10
    assert max(widths) < 20


def test_several_scores_on_one_row_become_rows(ask: Ask) -> None:
    rows = dict(ask(f"SELECT _table, count(*) {RESULTS} GROUP BY 1"))
    assert rows == {
        "kra": 10, "kra_domain": 40, "gold": 28, "dibels": 30, "staar": 20, "cmas": 5, "map_growth": 6, "act": 38, "sat": 15, "ap": 13,
    }  # fmt: skip
    # areas that were not rated make no row
    assert ask.row(f"SELECT count(*) {RESULTS} AND _table = 'gold' AND subject = 'Literacy'") == (3,)


def test_a_score_and_its_level_stay_together(ask: Ask) -> None:
    sql = f"SELECT count(*), count(score), count(performance_level) {RESULTS} AND _table"
    assert ask.row(f"{sql} = 'gold'") == (28, 28, 28)
    assert ask.row(f"{sql} = 'staar'") == (20, 20, 20)
    level = f"SELECT DISTINCT performance_level {RESULTS} AND _table = 'gold' AND subject = 'Social-Emotional' AND score = 478"
    assert ask(level) == [("Below",)]


def test_several_code_systems_for_race_become_one(ask: Ask) -> None:
    """Words, one letter, the vendor's numbers, yes and no for each race: every student has a standard code."""
    coded = dict(
        ask(f"SELECT _table, list(DISTINCT race_ethnicity ORDER BY race_ethnicity) {STUDENTS} AND race_ethnicity IS NOT NULL GROUP BY 1")
    )
    assert coded == {
        "dibels_student": ["hispanic"], "staar_student": ["black", "hispanic"], "act_student": ["hispanic", "white"],
        "sat_student": ["black", "hispanic", "two_or_more"], "ap_student": ["white"],
    }  # fmt: skip
    flagged = f"SELECT count(*), count(is_hispanic), count(*) FILTER (is_hispanic AND is_white) {STUDENTS}"
    assert ask.row(f"{flagged} AND _table IN ('gold_student', 'cmas_student')") == (10, 10, 4)


def test_scores_written_as_text_are_numbers_or_markers(ask: Ask) -> None:
    sql = f"SELECT _table, count(*) FILTER (score IS NULL AND score_marker IS NULL), count(score_marker) {RESULTS} GROUP BY 1"
    found = {table: (bare, marked) for table, bare, marked in ask(sql)}
    # a discontinued skill and an unreleased grade are empty in the files themselves
    assert found == {
        "kra": (0, 0), "kra_domain": (0, 0), "gold": (0, 0), "dibels": (3, 0), "staar": (0, 0), "cmas": (0, 1), "map_growth": (0, 0),
        "act": (0, 2), "sat": (0, 0), "ap": (1, 0),
    }  # fmt: skip


def test_dates_in_many_formats_are_the_same_calendar(ask: Ask) -> None:
    """8/15/2022, 2023-10-05, 0523, 2023-04-20T20:25:06Z, 09/16/2021, 092024, and two of them in one column."""
    sql = f"""SELECT _table, min(administration_date)::VARCHAR, max(administration_date)::VARCHAR,
        count(*) - count(administration_date) {RESULTS} GROUP BY 1"""
    assert {table: rest for table, *rest in ask(sql)} == {
        "kra": ["2022-08-15", "2022-08-15", 0],
        "kra_domain": ["2022-08-15", "2022-08-15", 0],
        "gold": [None, None, 28],
        "dibels": ["2023-10-03", "2023-10-09", 0],
        "staar": ["2023-05-01", "2023-05-01", 0],
        "cmas": ["2023-04-13", "2023-04-20", 1],
        "map_growth": ["2021-09-16", "2021-09-16", 0],
        "act": ["2024-09-01", "2025-04-01", 0],
        "sat": ["2015-10-12", "2024-10-12", 0],
        "ap": [None, None, 13],
    }
    births = ask.row(f"SELECT count(birth_date), min(year(birth_date)), max(year(birth_date)) {STUDENTS}")
    assert births == (51, 2004, 2018)


def test_school_years_come_from_what_each_layout_has(ask: Ask) -> None:
    sql = f"SELECT _table, list(DISTINCT school_year ORDER BY school_year) {RESULTS} AND school_year IS NOT NULL GROUP BY 1"
    assert dict(ask(sql)) == {
        "kra": [2023], "kra_domain": [2023], "gold": [2023], "dibels": [2024], "cmas": [2023], "map_growth": [2022],
        "ap": [2022, 2023, 2024],
    }  # fmt: skip
    core = """SELECT count(*) - count(school_year), max(school_year) FILTER (assessment_id = 'staar-summative')
        FROM core.fct_assessment_result WHERE source = 'assessment-layouts'"""
    assert ask.row(core) == (0, 2023)


def test_repeated_headers_disturb_no_named_column(ask: Ask) -> None:
    """Five columns without a name in one file, a dozen called Filler in another."""
    sql = "SELECT table_name, rows_rejected FROM governance.delivery_table WHERE source = 'assessment-layouts' AND rows_rejected > 0"
    assert ask(sql) == [("map_growth", 1)]
    assert ask.row(f"SELECT sum(score)::INT {RESULTS} AND _table = 'ap'") == (34,)


def test_a_row_without_its_last_field_is_rejected_and_counted(ask: Ask) -> None:
    sql = f"SELECT file, line, rule FROM governance.rejected_row WHERE {SOURCE}"
    assert ask(sql) == [("MAP_Growth__sample_anonymized_file.csv", 8, "too_few_fields")]


def test_the_same_local_id_in_nine_samples_is_nine_children(ask: Ask) -> None:
    sql = """SELECT count(*), count(DISTINCT person_id) FROM identity.person_key
        WHERE student_id_issuer = 'assessment-samples' AND student_id = '605000'"""
    assert ask.row(sql) == (6, 6)
