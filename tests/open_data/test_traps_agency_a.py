"""The traps that SOURCE.md of sdp-agency-a names: codes that look missing, impossible days, ids that mean others elsewhere."""

from . import invented
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


def test_agency_ids_never_join_across_issuers(ask: Ask) -> None:
    """Another agency numbers its students 1, 2 and 21803 too; they are other children, and nothing of theirs mixes."""
    numbers = ", ".join(f"'{student}'" for student in invented.DAYS)
    sql = f"""SELECT count(*), count(DISTINCT person_id) FROM identity.person_key
        WHERE student_id IN ({numbers}) AND student_id_issuer IN ('sdp-agency-a', '{invented.SOURCE}')"""
    assert ask.row(sql) == (2 * len(invented.DAYS), 2 * len(invented.DAYS))
    mixed = """SELECT count(*) FROM (SELECT person_id FROM core.fct_attendance_year GROUP BY 1 HAVING count(DISTINCT party_id) > 1)"""
    assert ask.row(mixed) == (0,)
    theirs = "SELECT school_year, sum(days_enrolled)::INT, sum(days_absent)::INT FROM core.fct_attendance_year"
    assert ask(f"{theirs} WHERE party_id = '{invented.SOURCE}' GROUP BY 1") == [(2008, 540, 108)]


def test_the_answer_key_of_the_toolkit_holds(ask: Ask) -> None:
    """The toolkit's guide prints these for the same files: rows by race come to 87,534, students seen in grade 10 and in grade 12."""
    assert ask.row(f"SELECT count(*) FROM raw.student WHERE {SOURCE}") == (87_534,)
    sql = """SELECT count(DISTINCT person_id) FILTER (grade_level = '10'), count(DISTINCT person_id) FILTER (grade_level = '12')
        FROM core.fct_enrollment WHERE source = 'sdp-agency-a'"""
    assert ask.row(sql) == (15_213, 5_526)
