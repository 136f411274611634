"""The traps that SOURCE.md of edfi-grandbend-xml names: a namespace, exceptions without a denominator, several scores, preferred names."""

from .warehouse import Ask

SOURCE = "source = 'edfi-grandbend-xml'"


def test_the_namespace_of_the_elements_hides_nothing(ask: Ask) -> None:
    rows = dict(ask(f"SELECT table_name, rows_accepted FROM governance.delivery_table WHERE {SOURCE}"))
    assert (rows["students"], rows["schools"], rows["districts"], rows["attendance"]) == (960, 3, 1, 1917)


def test_gzipped_files_are_read_as_the_files_inside(ask: Ask) -> None:
    files = {row[0] for row in ask(f"SELECT DISTINCT _file FROM raw.student WHERE {SOURCE}")}
    assert files == {"Student.xml"}


def test_exceptions_without_a_denominator_make_no_rate(ask: Ask) -> None:
    """Nobody is enrolled and the sessions name no days: absences are known, days enrolled are not."""
    assert ask.row(f"SELECT count(*), min(attendance_date)::VARCHAR, max(attendance_date)::VARCHAR FROM raw.attendance WHERE {SOURCE}") == (
        1917, "2021-08-23", "2022-05-27",
    )  # fmt: skip
    assert ask.row("SELECT count(*) FROM core.fct_attendance_year WHERE district_id = 'grand-bend' AND school_year = 2022") == (0,)
    measured = """SELECT count(*) FROM marts.indicator WHERE measure_id = 'chronic_absence_rate' AND school_year = 2022
        AND unit_type = 'district' AND unit_id = 'grand-bend' AND value IS NOT NULL"""
    assert ask.row(measured) == (0,)


def test_two_dates_of_a_calendar_are_not_taken_for_the_whole(ask: Ask) -> None:
    """81 and 88 days of instruction are said of the sessions; the calendar lists the first and the last day, under a student's own code."""
    sql = f"SELECT calendar_date::VARCHAR, is_instructional, track FROM raw.calendar_day WHERE {SOURCE} ORDER BY 1"
    assert ask(sql) == [("2021-08-23", True, "2010605675"), ("2021-12-17", True, "2010605675")]


def test_tardy_and_partial_are_no_absences(ask: Ask) -> None:
    sql = f"SELECT attendance_status, count(*), sum(absence_fraction) FROM raw.attendance WHERE {SOURCE} GROUP BY 1 ORDER BY 1"
    assert ask(sql) == [("absent_excused", 1077, 1077), ("absent_unexcused", 773, 773), ("partial", 1, None), ("tardy", 66, None)]


def test_two_categories_on_one_day_are_one_day_absent(ask: Ask) -> None:
    """An excused absence and a partial day on 15 December: the precedence of the contract makes it the absence."""
    sql = f"""SELECT student_id, attendance_date FROM raw.attendance WHERE {SOURCE} GROUP BY ALL HAVING count(*) > 1"""
    [(student, day)] = ask(sql)
    folded = f"SELECT attendance_status FROM staging.int_attendance_mark WHERE {SOURCE} AND student_id = '{student}' AND attendance_date = DATE '{day}'"
    assert ask(folded) == [("absent_excused",)]


def test_two_administrations_of_a_test_stay_two(ask: Ask) -> None:
    sql = f"""SELECT administration_date::VARCHAR, count(*), count(DISTINCT student_id), list(DISTINCT score_type) FROM raw.assessment_result
        WHERE {SOURCE} AND grade_level = '03' GROUP BY 1 ORDER BY 1"""
    assert ask(sql) == [("2021-09-28", 80, 80, ["Raw score"]), ("2021-10-29", 80, 80, ["Raw score"])]


def test_scores_of_several_kinds_stay_apart_and_carry_the_performance_level(ask: Ask) -> None:
    sql = f"""SELECT score_type, count(*), count(performance_level) FROM raw.assessment_result
        WHERE {SOURCE} AND assessment_id LIKE 'SA-%' GROUP BY 1 ORDER BY 1 NULLS LAST"""
    # two students were not scored: their sitting is a row all the same
    assert ask(sql) == [("Lexile Measure", 16, 16), ("Raw score", 32, 32), ("Vertical score", 32, 32), (None, 2, 0)]


def test_preferred_names_stand_beside_the_legal_name(ask: Ask) -> None:
    sql = f"""SELECT count(*) FILTER (preferred_name IS NOT NULL), count(*) FILTER (preferred_name = first_name), count(first_name)
        FROM raw.student WHERE {SOURCE} AND _table = 'students'"""
    assert ask.row(sql) == (18, 0, 960)


def test_programs_become_student_groups(ask: Ask) -> None:
    sql = f"SELECT student_group, count(*) FROM raw.student_group WHERE {SOURCE} GROUP BY 1 ORDER BY 1"
    assert dict(ask(sql)) == {
        "english_learner": 40 + 38, "free_meals": 41, "gifted": 86, "homeless": 11, "migrant": 275, "reduced_price_meals": 41,
        "section_504": 3, "students_with_disabilities": 97,
    }  # fmt: skip
