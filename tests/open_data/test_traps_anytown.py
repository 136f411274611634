"""The traps that SOURCE.md of sis-anytown names: grades a school does not offer, a misspelt name, birth dates loose from grades."""

from .warehouse import Ask


def test_grades_outside_the_span_of_the_school_are_kept(ask: Ask) -> None:
    sql = """SELECT count(*) FROM core.fct_enrollment WHERE source = 'sis-anytown' AND grade_level = '08'"""
    assert ask.row(sql) == (242,)


def test_a_snapshot_without_dates_belongs_to_the_year_of_its_delivery(ask: Ask) -> None:
    assert ask("SELECT DISTINCT school_year FROM core.fct_enrollment WHERE source = 'sis-anytown'") == [(2023,)]


def test_month_first_dates_are_read_as_the_contract_says(ask: Ask) -> None:
    sql = "SELECT count(*) - count(birth_date), count(*) FILTER (day(birth_date) > 12) FROM raw.student WHERE source = 'sis-anytown'"
    missing, beyond_doubt = ask.row(sql)
    assert missing == 0
    assert beyond_doubt > 600


def test_a_misspelt_school_keeps_its_name(ask: Ask) -> None:
    assert ask.row("SELECT count(*) FROM core.dim_school WHERE school_name = 'Someville Prepatory Academy'") == (1,)


def test_birth_dates_are_not_held_against_grades(ask: Ask) -> None:
    """Children of one grade are up to several years apart; nobody is rejected for it, and the grade stays as sent."""
    sql = """SELECT enrolled.grade_level, max(year(student.birth_date)) - min(year(student.birth_date)) AS apart
        FROM raw.student AS student JOIN raw.enrollment AS enrolled USING (source, student_id)
        WHERE source = 'sis-anytown' GROUP BY 1"""
    apart = dict(ask(sql))
    assert len(apart) == 5
    assert max(apart.values()) >= 2
    assert ask.row("SELECT count(*) FROM governance.rejected_row WHERE source = 'sis-anytown'") == (0,)
