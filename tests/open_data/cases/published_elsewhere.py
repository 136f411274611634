"""Published figures of other states: Massachusetts' school profiles, Baltimore's kindergarten readiness."""

_FIGURES = "FROM core.fct_published_indicator WHERE source ="
_MASSACHUSETTS, _BALTIMORE = f"{_FIGURES} 'ma-school-profile-2017'", f"{_FIGURES} 'baltimore-kra-2019'"
_BOTH = "FILTER (numerator IS NOT NULL AND denominator IS NOT NULL)"


def _counts(measure: str) -> str:
    return f"""SELECT sum(numerator) {_BOTH}, sum(denominator) {_BOTH}, sum(numerator) {_BOTH} / sum(denominator) {_BOTH},
        count(*) {_BOTH} {_MASSACHUSETTS} AND measure_id = '{measure}'"""


CASES: dict[str, str] = {
    "ma": f"SELECT count(*), count(DISTINCT parent_unit_id), sum(value) {_MASSACHUSETTS} AND measure_id = 'enrollment_count'",
    "ma-college": _counts("college_enrollment_first_fall"),
    "ma-read": _counts("grade3_reading"),
    "ma-math8": _counts("grade8_math"),
    "ma-grad": f"""SELECT 100 * sum(denominator * value) / sum(denominator), count(*), sum(denominator) {_MASSACHUSETTS}
        AND measure_id = 'graduation_4_year' AND denominator IS NOT NULL AND value IS NOT NULL""",
    "bkra": f"""SELECT count(*), count(*) FILTER (denominator_marker = '*'),
        sum(denominator) FILTER (unit_type = 'district' AND student_group = 'all'),
        sum(value) FILTER (unit_type = 'district' AND student_group = 'all') {_BALTIMORE}""",
    "bkra-schools": f"""SELECT count(*), sum(denominator), sum(denominator * value) / sum(denominator) {_BALTIMORE}
        AND unit_type = 'school' AND student_group = 'all' AND value IS NOT NULL""",
}
