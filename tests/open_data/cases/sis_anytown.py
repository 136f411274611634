"""Anytown: 1,199 children, each known by a local and a state id."""

CASES: dict[str, str] = {
    "any": """SELECT count(*), count(DISTINCT student_id), count(DISTINCT linked_student_id), (
        SELECT count(*) FROM core.fct_enrollment AS enrolled JOIN core.dim_school AS school USING (school_id)
        WHERE enrolled.source = 'sis-anytown' AND NOT enrolled.grade_level BETWEEN school.low_grade AND school.high_grade
    ) FROM raw.student WHERE source = 'sis-anytown'""",
}
