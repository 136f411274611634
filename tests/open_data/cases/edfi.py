"""Ed-Fi sample district: students, attendance events, two tests; there are no enrolments, so nothing is a rate."""

_SOURCE = "source = 'edfi-grandbend-xml'"
_STUDENTS, _EVENTS = f"FROM raw.student WHERE {_SOURCE} AND _table = 'students'", f"FROM raw.attendance WHERE {_SOURCE}"
_IS_ABSENCE = "attendance_status IN ('absent_excused', 'absent_unexcused')"


def _sittings(tests: str) -> str:
    """A sitting has a row per score."""
    return f"""SELECT count(*), count(DISTINCT student_id) FROM (
        SELECT DISTINCT student_id, assessment_id, administration_date FROM raw.assessment_result WHERE {_SOURCE} AND {tests})"""


CASES: dict[str, str] = {
    "edfi-students": f"SELECT count(*), count(preferred_name) {_STUDENTS}",
    "edfi-att": f"""SELECT count(*), count(DISTINCT student_id), count(*) FILTER (attendance_status = 'absent_excused'),
        count(*) FILTER (attendance_status = 'absent_unexcused'), count(*) FILTER (attendance_status = 'tardy'),
        count(*) FILTER (attendance_status = 'partial') {_EVENTS}""",
    "edfi-att-18": f"""SELECT count(*) FROM (
        SELECT student_id {_EVENTS} AND {_IS_ABSENCE} GROUP BY 1 HAVING count(DISTINCT attendance_date) >= 18)""",
    "edfi-gr3": _sittings("subject = 'ela' AND grade_level = '03'"),
    "edfi-state": _sittings("assessment_id LIKE 'SA-%'"),
}
