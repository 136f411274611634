"""Agency A: rows from the ledger and raw, children from core, chronic absence from what the roll-up made."""

_SOURCE = "source = 'sdp-agency-a'"
# The row a sender repeated is kept with the rejected rows, under its own headers.
_REPEATED = f"""SELECT (row_text::JSON->>'total_days_enrolled')::DECIMAL(18,6) AS days_enrolled,
        (row_text::JSON->>'total_days_absent')::DECIMAL(18,6) AS days_absent
    FROM raw.rejected_row WHERE {_SOURCE} AND table_name = 'attendance_total'"""
_DELIVERED = f"""(SELECT days_enrolled, days_absent FROM raw.attendance_total WHERE {_SOURCE} UNION ALL {_REPEATED})"""


def _rows(table: str) -> str:
    return f"SELECT rows_accepted + rows_rejected FROM governance.delivery_table WHERE {_SOURCE} AND table_name = '{table}'"


def _chronic(year: int) -> dict[str, str]:
    def under(variant: str) -> str:
        return f"""SELECT numerator, denominator, value FROM marts.indicator
            WHERE measure_id = 'chronic_absence_rate' AND variant_id = '{variant}' AND unit_type = 'district'
                AND unit_id = 'sdp-agency-a' AND school_year = {year} AND student_group = 'all'"""

    return {f"sdpA-chronic-{year}-min0": under("HUB_MIN0"), f"sdpA-chronic-{year}-min10": under("HUB")}


def _conflict(column: str) -> str:
    return f"""SELECT count(*) FROM (SELECT student_id FROM raw.student WHERE {_SOURCE} GROUP BY 1 HAVING count(DISTINCT {column}) > 1)"""


def _graduation(cohort: int) -> dict[str, str]:
    return {
        f"sdpA-grad4-{cohort}": f"""WITH children AS (
            SELECT person_id, min(first_grade9_school_year) AS cohort, bool_or(has_diploma) AS has_diploma, min(award_date) AS award_date
            FROM core.fct_diploma WHERE {_SOURCE} GROUP BY 1
        ), on_time AS (
            SELECT count(*) FILTER (has_diploma AND award_date <= make_date({cohort + 3}, 8, 31)) AS graduates, count(*) AS children
            FROM children WHERE cohort = {cohort}
        ) SELECT graduates, children, graduates / children FROM on_time"""
    }


def _seamless(year: int) -> dict[str, str]:
    return {
        f"sdpA-seamless-{year}": f"""WITH graduates AS (
            -- one child has two diploma dates a year apart: the first counts
            SELECT person_id FROM core.fct_diploma WHERE {_SOURCE} GROUP BY 1
            HAVING min(award_date) BETWEEN make_date({year - 1}, 9, 1) AND make_date({year}, 8, 31)
        ), fall AS (
            SELECT person_id, bool_or(college_level = '4_year') AS at_4_year FROM core.fct_postsecondary
            WHERE record_found AND enrollment_begin <= make_date({year}, 10, 31) AND enrollment_end >= make_date({year}, 8, 15) GROUP BY 1
        ) SELECT count(fall.person_id), count(*), count(fall.person_id) / count(*), count(*) FILTER (at_4_year)
        FROM graduates LEFT JOIN fall USING (person_id)"""
    }


def _race(code: str, race: str) -> dict[str, str]:
    return {f"sdpA-race-{code}": f"SELECT count(*) FROM raw.student WHERE {_SOURCE} AND race_ethnicity = '{race}'"}


CASES: dict[str, str] = {
    "sdpA-rows": _rows("attendance_total"),
    "sdpA-students": "SELECT count(DISTINCT person_id) FROM core.fct_attendance_year WHERE district_id = 'sdp-agency-a'",
    "sdpA-student-years": "SELECT count(*) FROM core.fct_attendance_year WHERE district_id = 'sdp-agency-a'",
    "sdpA-absent-gt-enrolled": f"SELECT count(*) FROM {_DELIVERED} WHERE days_absent > days_enrolled",
    "sdpA-enrolled-gt-366": f"SELECT count(*) FROM {_DELIVERED} WHERE days_enrolled > 366",
    "sdpA-race-conflict-students": _conflict("race_ethnicity"),
    "sdpA-gender-conflict-students": _conflict("sex"),
    "sdpA-dob-conflict-students": _conflict("birth_date"),
    "sdpA-race-consistent-rows": f"""SELECT sum(n) FROM (
        SELECT count(*) AS n FROM raw.student WHERE {_SOURCE} GROUP BY student_id HAVING count(DISTINCT race_ethnicity) = 1)""",
    "sdpA-diploma-students": f"SELECT count(DISTINCT person_id) FROM core.fct_diploma WHERE {_SOURCE} AND has_diploma",
    "sdpA-nsc-rows": _rows("postsecondary"),
    "sdpA-nsc-students": f"SELECT count(DISTINCT person_id) FROM core.fct_postsecondary WHERE {_SOURCE}",
    "sdpA-nsc-found": f"SELECT count(DISTINCT person_id) FROM core.fct_postsecondary WHERE {_SOURCE} AND record_found",
    "sdpA-nsc-bad-date": f"""SELECT count(*) FROM governance.rejected_row
        WHERE {_SOURCE} AND table_name = 'postsecondary' AND column_name = 'enrollment_end' AND rule = 'date'""",
}
for _code, _name in {
    "H": "hispanic", "B": "black", "W": "white", "A": "asian", "M/O": "two_or_more", "NA": "american_indian",
}.items():  # fmt: skip
    CASES |= _race(_code, _name)
for _year in range(2004, 2010):
    CASES |= _chronic(_year)
for _year in (2005, 2006):
    CASES |= _graduation(_year)
for _year in (2008, 2009):
    CASES |= _seamless(_year)
