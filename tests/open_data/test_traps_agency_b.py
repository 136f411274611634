"""The traps that SOURCE.md of sdp-agency-b names: dates that are none, spells that end before they begin, scores outside the scale."""

from .warehouse import Ask

SOURCE = "source = 'sdp-agency-b'"
SPELLS = f"FROM raw.enrollment WHERE {SOURCE} AND _table = 'enrollment'"
SCORES = f"FROM core.fct_assessment_result WHERE {SOURCE}"


def test_three_dots_are_a_missing_date(ask: Ask) -> None:
    """./././. in 285 + 279 cells: a spell without that date, and no rejected row."""
    assert ask.row(f"SELECT count(*) - count(entry_date), count(*) - count(exit_date), count(*) {SPELLS}") == (285, 279, 43_585)
    assert ask.row(f"SELECT count(*) FROM governance.rejected_row WHERE {SOURCE}") == (0,)


def test_withdrawal_before_enrolment_is_loaded_and_left_out_of_core(ask: Ask) -> None:
    assert ask.row(f"SELECT count(*) FILTER (exit_date < entry_date) {SPELLS}") == (957,)
    assert ask.row(f"SELECT count(*) FROM core.fct_enrollment WHERE {SOURCE} AND exit_date < entry_date") == (0,)
    assert ask.row(f"SELECT count(*) > 40000 FROM core.fct_enrollment WHERE {SOURCE}") == (True,)


def test_overlapping_spells_are_kept(ask: Ask) -> None:
    sql = f"""SELECT count(*) FROM core.fct_enrollment AS one JOIN core.fct_enrollment AS other
            ON one.person_id = other.person_id AND one.school_year = other.school_year AND one.school_id < other.school_id
                AND one.entry_date <= other.exit_date AND other.entry_date <= one.exit_date
        WHERE one.{SOURCE} AND other.{SOURCE}"""
    assert ask.row(sql)[0] > 100


def test_an_empty_school_code_is_a_child_without_a_school(ask: Ask) -> None:
    assert ask.row(f"SELECT count(*) - count(school_id) {SPELLS}") == (212,)
    assert ask.row("SELECT count(*) FROM core.dim_school WHERE party_id = 'sdp-agency-b' AND school_name = ''") == (0,)
    assert ask.row(f"SELECT count(*) > 0 FROM core.fct_enrollment WHERE {SOURCE} AND school_id IS NULL") == (True,)


def test_race_code_NA_is_native_american_again(ask: Ask) -> None:  # noqa: N802
    sql = "SELECT count(*) FILTER (race_ethnicity = 'american_indian'), count(*) FILTER (race_ethnicity IS NULL) FROM raw.student"
    assert ask.row(f"{sql} WHERE {SOURCE}") == (147, 0)


def test_a_scale_score_of_zero_is_no_score(ask: Ask) -> None:
    """565 zeros: no score, the zero kept as the marker, and no mean is drawn down by them."""
    sql = f"SELECT count(*) FILTER (score IS NULL), count(*) FILTER (score_marker = '0'), count(*) FILTER (score = 0) {SCORES}"
    assert ask.row(sql) == (565, 565, 0)


def test_two_scores_of_one_year_and_subject_both_stay(ask: Ask) -> None:
    sql = f"SELECT sum(n - 1) FROM (SELECT count(*) AS n {SCORES} GROUP BY person_id, school_year, subject)"
    assert ask.row(sql) == (19,)


def test_no_cut_for_proficiency_is_invented(ask: Ask) -> None:
    assert ask.row(f"SELECT count(is_proficient), count(performance_level), count(score) > 50000 {SCORES}") == (0, 0, True)


def test_a_race_that_changes_over_the_years_is_one_person_of_one_race(ask: Ask) -> None:
    changing = f"SELECT student_id FROM raw.student WHERE {SOURCE} GROUP BY 1 HAVING count(DISTINCT race_ethnicity) > 1"
    assert ask.row(f"SELECT count(*) FROM ({changing})") == (96,)
    sql = f"""SELECT count(*), count(DISTINCT person_id) FROM core.dim_person WHERE person_id IN (
        SELECT person_id FROM identity.person_key WHERE student_id_issuer = 'sdp-agency-b' AND student_id IN ({changing}))"""
    assert ask.row(sql) == (96, 96)


def test_no_attendance_is_made_of_enrolment_alone(ask: Ask) -> None:
    """The agency sends no marks: nobody of it is counted as present or chronically absent."""
    assert ask.row("SELECT count(*) FROM core.fct_attendance_year WHERE party_id = 'sdp-agency-b'") == (0,)
    sql = """SELECT count(*) FROM marts.indicator WHERE source_kind = 'computed' AND unit_id = 'sdp-agency-b'
        AND measure_id IN ('chronic_absence_rate', 'attendance_rate') AND numerator IS NOT NULL AND denominator > 0"""
    assert ask.row(sql) == (0,)
