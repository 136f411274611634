"""The traps that SOURCE.md of oea-contoso names: no headers, GUID codes, two student keys, weekends, several diagnostics a student."""

from .warehouse import Ask


def test_headerless_files_lose_no_first_row(ask: Ask) -> None:
    sql = "SELECT table_name, rows_accepted FROM governance.delivery_table WHERE source = 'oea-contoso'"
    rows = dict(ask(sql))
    assert rows["organization"] == 6
    assert {rows[name] for name in ("student_link", "person", "person_demographic", "person_race", "person_role")} == {600}


def test_guid_codes_are_resolved_through_the_code_table_of_the_delivery(ask: Ask) -> None:
    sql = """SELECT count(*) FILTER (organization_type = 'school'), count(*) FILTER (organization_type = 'district')
        FROM raw.school WHERE source = 'oea-contoso'"""
    assert ask.row(sql) == (5, 1)
    grades = "SELECT grade_level, count(*) FROM core.fct_enrollment WHERE source = 'oea-contoso' GROUP BY 1 ORDER BY 1"
    assert ask(grades) == [("09", 153), ("10", 156), ("11", 135), ("12", 156)]


def test_two_student_keys_are_one_person(ask: Ask) -> None:
    """Attendance knows the account id, the roster the person id: 1,200 ids, 600 children, each with marks, grade, sex and a birth date."""
    sql = "SELECT count(*), count(DISTINCT person_id) FROM identity.person_key WHERE student_id_issuer = 'contoso' AND student_id_system <> 'iready'"
    assert ask.row(sql) == (1200, 600)
    whole = """SELECT count(*) FROM core.fct_attendance_year JOIN core.dim_person USING (person_id)
        WHERE district_id = 'contoso' AND grade_level IS NOT NULL AND sex IN ('female', 'male') AND person_id IN (
            SELECT person_id FROM identity.record_link JOIN identity.record USING (record_id) WHERE valid_to_run IS NULL AND birth IS NOT NULL)"""
    assert ask.row(whole) == (600,)


def test_a_blank_ethnicity_says_nothing(ask: Ask) -> None:
    sql = "SELECT count(*) FILTER (is_hispanic), count(*) FILTER (NOT is_hispanic) FROM raw.student WHERE source = 'oea-contoso'"
    assert ask.row(sql) == (141, 0)


def test_hispanic_wins_although_ethnicity_comes_in_a_file_of_its_own(ask: Ask) -> None:
    sql = """SELECT race_ethnicity, count(*) FROM core.dim_person WHERE person_id IN (
        SELECT person_id FROM core.fct_enrollment WHERE source = 'oea-contoso') AND race_ethnicity IN ('hispanic', 'unknown') GROUP BY 1"""
    # 19 have no race; 8 of them are Hispanic all the same
    assert dict(ask(sql)) == {"hispanic": 141, "unknown": 11}


def test_a_positive_register_counts_marked_days_only(ask: Ask) -> None:
    """Ten days were marked; the rest of the five months of enrolment is unknown, not present."""
    sql = """SELECT DISTINCT days_enrolled::INT, basis, period_status FROM core.fct_attendance_year WHERE district_id = 'contoso'"""
    assert ask(sql) == [(10, "recorded", "to_date")]


def test_dates_month_first_and_year_first_come_in_one_delivery(ask: Ask) -> None:
    """Diagnostics and the directory write 12/02/2021, roster and marks 2021-12-02; nothing of either is rejected or turned round."""
    sql = """SELECT count(*), count(administration_date), count(*) FILTER (day(administration_date) > 12),
        min(administration_date)::VARCHAR, max(administration_date)::VARCHAR
        FROM raw.assessment_result WHERE source = 'oea-contoso' AND assessment_id LIKE 'i-ready-ela%'"""
    rows, dated, beyond_doubt, first, last = ask.row(sql)
    assert (rows, dated) == (2522, 2522)
    assert beyond_doubt > 800
    assert (first > "2021-07-01") and (last < "2022-07-01")
    assert ask.row("SELECT count(*) FROM governance.rejected_row WHERE source = 'oea-contoso'") == (0,)


def test_log_ins_come_on_weekends_and_marks_do_not(ask: Ask) -> None:
    sql = "SELECT count(DISTINCT {0}) FILTER (dayofweek({0}) IN (0, 6)), count(DISTINCT {0}) FROM raw.{1} WHERE source = 'oea-contoso'"
    assert ask.row(sql.format("session_date", "program_session_attendance")) == (2, 12)
    assert ask.row(sql.format("attendance_date", "attendance")) == (0, 10)
    years = "SELECT DISTINCT days_enrolled::INT FROM core.fct_attendance_year WHERE district_id = 'contoso'"
    assert ask(years) == [(10,)], "a weekend log-in is no school day"


def test_log_ins_and_marks_are_of_the_same_children(ask: Ask) -> None:
    sql = """SELECT count(DISTINCT person_id) FROM core.fct_program_attendance WHERE source = 'oea-contoso'
        AND person_id IN (SELECT person_id FROM core.fct_attendance_year WHERE district_id = 'contoso')"""
    assert ask.row(sql) == (600,)


def test_of_several_diagnostics_the_most_recent_is_the_result(ask: Ask) -> None:
    """480 of 500 students have earlier ones, two of them two on one day: kept under another name."""
    sql = """SELECT assessment_id, count(*), count(DISTINCT person_id) FROM core.fct_assessment_result
        WHERE source = 'oea-contoso' AND assessment_id IN ('i-ready-ela', 'i-ready-ela-earlier') GROUP BY 1 ORDER BY 1"""
    assert ask(sql) == [("i-ready-ela", 500, 500), ("i-ready-ela-earlier", 522, 480)]
    older = """SELECT count(*) FROM core.fct_assessment_result AS earlier JOIN core.fct_assessment_result AS newest USING (person_id)
        WHERE earlier.assessment_id = 'i-ready-ela-earlier' AND newest.assessment_id = 'i-ready-ela'
            AND earlier.administration_date > newest.administration_date"""
    assert ask.row(older) == (0,)


def test_tested_out_stands_beside_an_empty_score(ask: Ask) -> None:
    """No score below is missing without the words that stood in its place."""
    sql = """SELECT assessment_id, count(score), count(score_marker), count(*) FILTER (score IS NULL AND score_marker IS NULL),
            list(DISTINCT score_marker) FILTER (score_marker IS NOT NULL)
        FROM core.fct_assessment_result WHERE source = 'oea-contoso' AND assessment_id LIKE 'i-ready-ela-p%' GROUP BY 1 ORDER BY 1"""
    assert ask(sql) == [
        ("i-ready-ela-phonics", 300, 200, 0, ["Tested Out"]),
        ("i-ready-ela-phonological-awareness", 117, 383, 0, ["Tested Out"]),
    ]


def test_students_of_the_vendor_file_are_other_children(ask: Ask) -> None:
    sql = """SELECT count(DISTINCT person_id), count(DISTINCT person_id) FILTER (
            person_id IN (SELECT person_id FROM core.fct_enrollment WHERE source = 'oea-contoso'))
        FROM core.fct_assessment_result WHERE source = 'oea-contoso'"""
    assert ask.row(sql) == (500, 0)
