"""Contoso: marks as delivered, chronic absence over the ten recorded days, log-ins, and results of the newest diagnostic."""

_RESULTS = "FROM core.fct_assessment_result WHERE source = 'oea-contoso' AND assessment_id"


def _on_grade(grade: str) -> str:
    return f"SELECT count(*) FILTER (is_proficient), count(*) {_RESULTS} = 'i-ready-ela' AND grade_level = '{grade}'"


CASES: dict[str, str] = {
    "oea-att-rows": """SELECT count(*), count(DISTINCT student_id), count(DISTINCT attendance_date),
        count(*) FILTER (attendance_status = 'absent'), count(*) FILTER (attendance_status = 'present')
        FROM raw.attendance WHERE source = 'oea-contoso'""",
    "oea-chronic-10day": """SELECT numerator, denominator, value FROM marts.indicator WHERE measure_id = 'chronic_absence_rate'
        AND variant_id = 'HUB' AND unit_type = 'district' AND unit_id = 'contoso' AND school_year = 2022 AND student_group = 'all'""",
    "oea-clever": """SELECT count(*), count(DISTINCT person_id), count(DISTINCT session_date), count(*) FILTER (is_attended),
        sum(quantity) FILTER (unit = 'logins') FROM core.fct_program_attendance WHERE source = 'oea-contoso'""",
    "oea-iready-ela-gr3": _on_grade("03"),
    "oea-iready-ela-gr8": _on_grade("08"),
    "oea-iready-ela-rows": f"""SELECT count(*), count(DISTINCT person_id), count(*) FILTER (assessment_id = 'i-ready-ela'),
        count(*) FILTER (assessment_id = 'i-ready-ela' AND is_proficient) {_RESULTS} IN ('i-ready-ela', 'i-ready-ela-earlier')""",
}
