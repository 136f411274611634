"""Contoso: marks as delivered, and chronic absence over the ten recorded days."""

CASES: dict[str, str] = {
    "oea-att-rows": """SELECT count(*), count(DISTINCT student_id), count(DISTINCT attendance_date),
        count(*) FILTER (attendance_status = 'absent'), count(*) FILTER (attendance_status = 'present')
        FROM raw.attendance WHERE source = 'oea-contoso'""",
    "oea-chronic-10day": """SELECT numerator, denominator, value FROM marts.indicator WHERE measure_id = 'chronic_absence_rate'
        AND variant_id = 'HUB' AND unit_type = 'district' AND unit_id = 'contoso' AND school_year = 2022 AND student_group = 'all'""",
}
