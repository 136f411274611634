"""Agency B: rows and students as delivered, scores of children from core. The cut of 250 is the exercise's own, not the source's."""

_SOURCE = "source = 'sdp-agency-b'"


def _rows(feed: str, table: str) -> str:
    return f"SELECT count(*), count(DISTINCT student_id) FROM raw.{feed} WHERE {_SOURCE} AND _table = '{table}'"


def _scores(name: str, grade: str, subject: str, year: int) -> dict[str, str]:
    return {
        f"sdpB-{name}-{year}": f"""WITH best AS (
            SELECT person_id, max(score) AS score FROM core.fct_assessment_result
            WHERE {_SOURCE} AND grade_level = '{grade}' AND subject = '{subject}' AND school_year = {year} AND score IS NOT NULL GROUP BY 1
        ) SELECT count(*), avg(score), 250, count(*) FILTER (score >= 250), count(*) FILTER (score >= 250) / count(*) FROM best"""
    }


CASES: dict[str, str] = {
    "sdpB-Student_Attributes": _rows("student", "student"),
    "sdpB-Student_School_Enrollment": _rows("enrollment", "enrollment"),
    "sdpB-Student_School_Year": _rows("enrollment", "grade"),
    "sdpB-Student_Test_Scores": _rows("assessment_result", "score"),
    "sdpB-missing-dates": f"""SELECT count(*) - count(entry_date), count(*) - count(exit_date), count(*) - count(school_id),
        count(*) FILTER (exit_date < entry_date) FROM raw.enrollment WHERE {_SOURCE} AND _table = 'enrollment'""",
    "sdpB-zero-scores": f"SELECT count(*) FROM core.fct_assessment_result WHERE {_SOURCE} AND score_marker = '0' AND score IS NULL",
}
for _year in range(2001, 2006):
    CASES |= _scores("grade3-ela", "03", "ela", _year)
    CASES |= _scores("grade8-math", "08", "math", _year)
