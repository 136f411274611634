"""The traps that SOURCE.md of sdp-agency-a names: codes that look missing, impossible days, ids that mean others elsewhere."""

from .warehouse import Ask

SOURCE = "source = 'sdp-agency-a'"


def rejected(ask: Ask, table: str) -> dict[tuple[str, str], int]:
    sql = f"SELECT column_name, rule, count(*) FROM governance.rejected_row WHERE {SOURCE} AND table_name = '{table}' GROUP BY ALL"
    return {(column, rule): count for column, rule, count in ask(sql)}


def test_race_code_NA_is_native_american(ask: Ask) -> None:  # noqa: N802
    sql = "SELECT count(*) FILTER (race_ethnicity = 'american_indian'), count(*) FILTER (race_ethnicity IS NULL)"
    assert ask.row(f"{sql} FROM raw.student WHERE {SOURCE}") == (1129, 0)
    children = "SELECT count(*) FROM core.dim_person JOIN core.fct_diploma USING (person_id) WHERE race_ethnicity = 'american_indian'"
    assert ask.row(children)[0] > 1000


def test_grade_13_is_a_grade_and_grade_17_is_rejected(ask: Ask) -> None:
    grades = [grade for (grade,) in ask(f"SELECT DISTINCT grade_level FROM raw.enrollment WHERE {SOURCE} ORDER BY 1")]
    assert grades == [f"{grade:02}" for grade in range(2, 14)]
    assert ask.row(f"SELECT count(*) FROM raw.enrollment WHERE {SOURCE} AND grade_level = '13'") == (27,)
    assert rejected(ask, "enrollment")["grade_level", "code"] == 6


def test_730_repeated_rows_are_rejected_as_duplicate_rows(ask: Ask) -> None:
    assert rejected(ask, "attendance_total") == {("student_id", "duplicate_row"): 730}
    sql = "SELECT count(*), count(DISTINCT (student_id, school_year)) FROM raw.attendance_total"
    assert ask.row(f"{sql} WHERE {SOURCE}") == (87_530, 87_530)


def test_impossible_days_are_loaded_and_left_to_the_measure(ask: Ask) -> None:
    """More days absent than enrolled: chronically absent beyond doubt, but no attendance rate can come of it."""
    sql = "SELECT count(*) FROM core.fct_attendance_year WHERE district_id = 'sdp-agency-a' AND days_absent > days_enrolled"
    impossible = ask.row(sql)[0]
    assert impossible == 1279
    excluded = """SELECT sum(person_count) FROM marts.indicator_exclusion
        WHERE measure_id = 'attendance_rate' AND variant_id = 'HUB' AND unit_type = 'district' AND unit_id = 'sdp-agency-a'
            AND student_group = 'all' AND exclusion_reason = 'absent_exceeds_enrolled'"""
    assert ask.row(excluded) == (impossible,)


def test_birth_dates_are_days_since_1960(ask: Ask) -> None:
    sql = f"SELECT max(birth_date)::VARCHAR, count(*) - count(birth_date) FROM raw.student WHERE {SOURCE}"
    assert ask.row(sql) == ("1995-12-31", 47)


def test_contradicting_rows_of_one_year_are_kept_for_survivorship(ask: Ask) -> None:
    sql = f"SELECT count(*) FROM (SELECT student_id FROM raw.student WHERE {SOURCE} GROUP BY student_id, school_year HAVING count(*) > 1)"
    assert ask.row(sql) == (4,)
    doubled = "SELECT count(*) FROM (SELECT person_id FROM core.dim_person GROUP BY 1 HAVING count(*) > 1)"
    assert ask.row(doubled) == (0,)


def test_diploma_dates_are_written_with_month_names(ask: Ask) -> None:
    sql = f"SELECT count(*) FILTER (has_diploma), count(*) FILTER (has_diploma AND award_date IS NULL) FROM raw.diploma WHERE {SOURCE}"
    assert ask.row(sql) == (24_428, 0)


def test_an_end_date_of_29_february_2010_is_rejected(ask: Ask) -> None:
    assert rejected(ask, "postsecondary") == {("enrollment_end", "date"): 1}


def test_no_record_found_is_not_not_enrolled(ask: Ask) -> None:
    """1,088 students have one row that says only that nothing was found: kept as such, without college or dates."""
    sql = """SELECT count(*), count(college_code), count(enrollment_begin) FROM core.fct_postsecondary
        WHERE source = 'sdp-agency-a' AND NOT record_found"""
    assert ask.row(sql) == (1088, 0, 0)


def test_degree_rows_have_no_term(ask: Ask) -> None:
    sql = "SELECT count(*), count(enrollment_begin), count(graduation_date) FROM core.fct_postsecondary"
    assert ask.row(f"{sql} WHERE {SOURCE} AND has_graduated") == (57, 0, 57)


def test_conflicting_attributes_over_the_years_are_kept_and_settled_once(ask: Ask) -> None:
    """Birth dates of 75 students, races of 74, sexes of 4 contradict each other: raw keeps all, core has one row for each child."""
    for column, students in {"birth_date": 75, "race_ethnicity": 74, "sex": 4}.items():
        changing = f"SELECT student_id FROM raw.student WHERE {SOURCE} GROUP BY 1 HAVING count(DISTINCT {column}) > 1"
        sql = f"""SELECT count(*), count(DISTINCT person_id) FROM core.dim_person WHERE person_id IN (
            SELECT person_id FROM identity.person_key WHERE student_id_issuer = 'sdp-agency-a' AND student_id IN ({changing}))"""
        assert ask.row(sql) == (students, students)


def test_more_days_enrolled_than_a_year_has_are_loaded(ask: Ask) -> None:
    """453 delivered rows, five of them repeats: the children stay in the year's facts, and the audit warns of them."""
    assert ask.row(f"SELECT count(*) FROM raw.attendance_total WHERE {SOURCE} AND days_enrolled > 366") == (448,)
    assert ask.row("SELECT count(*) FROM core.fct_attendance_year WHERE district_id = 'sdp-agency-a' AND days_enrolled > 366") == (448,)


def test_agency_ids_never_join_across_issuers(ask: Ask) -> None:
    """Agency B numbers its students from 1 too. They are other children: nothing of theirs mixes, and not even a link is suggested."""
    shared = """SELECT student_id FROM identity.person_key WHERE student_id_issuer IN ('sdp-agency-a', 'sdp-agency-b')
        GROUP BY 1 HAVING count(DISTINCT student_id_issuer) = 2"""
    sql = f"""SELECT count(*) > 10000, count(*) = 2 * count(DISTINCT student_id), count(*) = count(DISTINCT person_id)
        FROM identity.person_key WHERE student_id_issuer IN ('sdp-agency-a', 'sdp-agency-b') AND student_id IN ({shared})"""
    assert ask.row(sql) == (True, True, True)
    mixed = """SELECT count(*) FROM (SELECT person_id FROM core.fct_enrollment WHERE party_id IN ('sdp-agency-a', 'sdp-agency-b')
        GROUP BY 1 HAVING count(DISTINCT party_id) > 1)"""
    assert ask.row(mixed) == (0,)


def test_the_same_number_in_both_agencies_is_another_child(ask: Ask) -> None:
    """10,661 pairs of number and year occur in both; a quarter agree on race, which is what chance would give."""
    sql = """WITH pairs AS (
            SELECT student_id, school_year, bool_or(a.race_ethnicity = b.race_ethnicity) AS agree
            FROM raw.student AS a JOIN raw.student AS b USING (student_id, school_year)
            WHERE a.source = 'sdp-agency-a' AND b.source = 'sdp-agency-b' GROUP BY ALL
        ) SELECT count(*), count(*) FILTER (agree) FROM pairs"""
    pairs, agree = ask.row(sql)
    assert pairs == 10_661
    assert 0.2 < agree / pairs < 0.3


def test_the_answer_key_of_the_toolkit_holds(ask: Ask) -> None:
    """The toolkit's guide prints these for the same files: rows by race come to 87,534, students seen in grade 10 and in grade 12."""
    assert ask.row(f"SELECT count(*) FROM raw.student WHERE {SOURCE}") == (87_534,)
    sql = """SELECT count(DISTINCT person_id) FILTER (grade_level = '10'), count(DISTINCT person_id) FILTER (grade_level = '12')
        FROM core.fct_enrollment WHERE source = 'sdp-agency-a'"""
    assert ask.row(sql) == (15_213, 5_526)
