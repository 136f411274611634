"""OneRoster bundles: what was taken in, what was set aside, what was rejected."""

_GRAND_BEND, _GENERATED = "oneroster-grandbend-1_1", "oneroster-generated-district"


def _rows(source: str, table: str, column: str) -> str:
    return f"(SELECT {column} FROM governance.delivery_table WHERE source = '{source}' AND table_name = '{table}')"


_EVERY = "rows_accepted + rows_rejected + rows_excluded"


def _left_out(source: str, role: str) -> str:
    """Users that the profile counts apart by their role and does not take."""
    return f"(SELECT rows FROM governance.delivery_excluded WHERE source = '{source}' AND table_name = 'students' AND text = '{role}')"


CASES: dict[str, str] = {
    "or11-rows": f"""SELECT {_rows(_GRAND_BEND, "students", _EVERY)}, {_rows(_GRAND_BEND, "students", "rows_accepted")},
        {_rows(_GRAND_BEND, "students", "rows_excluded")}, {_rows(_GRAND_BEND, "enrollments", "rows_accepted")},
        {_rows(_GRAND_BEND, "enrollments", "rows_excluded")}, {_rows(_GRAND_BEND, "orgs", "rows_accepted")}""",
    # The rows with a field too many are those of the two teachers; the field is empty, nothing of them is lost or shifted.
    "or11-ragged": f"SELECT {_left_out(_GRAND_BEND, 'teacher')}",
    # by id; the names agree, the birth dates only in month and day
    "or11-edfi-link": f"""WITH roster AS (
        SELECT student_id, max(first_name) AS first_name, max(last_name) AS last_name, max(birth_date) AS birth_date
        FROM raw.student WHERE source = '{_GRAND_BEND}' GROUP BY 1
    ), both_sets AS (
        SELECT roster.*, other.first_name AS other_first, other.last_name AS other_last, other.birth_date AS other_birth
        FROM roster INNER JOIN raw.student AS other ON roster.student_id = other.student_id
        WHERE other.source = 'edfi-grandbend-xml' AND other._table = 'students'
    ) SELECT count(*), count(*) FILTER (first_name = other_first AND last_name = other_last), count(*) FILTER (birth_date = other_birth),
        count(*) FILTER (month(birth_date) = month(other_birth) AND day(birth_date) = day(other_birth)) FROM both_sets""",
    "or-gen": f"""SELECT {_rows(_GENERATED, "orgs", "rows_accepted")}, {_rows(_GENERATED, "students", _EVERY)},
        {_rows(_GENERATED, "students", "rows_accepted")}, {_left_out(_GENERATED, "teacher")}, {_left_out(_GENERATED, "administrator")},
        (SELECT count(DISTINCT class_id) FROM raw.enrollment WHERE source = '{_GENERATED}'),
        {_rows(_GENERATED, "enrollments", "rows_accepted")}, {_rows(_GENERATED, "enrollments", "rows_excluded")}""",
    # the same number in every grade of a band
    "or-gen-grades": f"""WITH grades AS (
        SELECT grade_level, grade_level IN ('KG', '01', '02', '03', '04', '05') AS is_early, count(DISTINCT person_id) AS children
        FROM core.fct_enrollment WHERE source = '{_GENERATED}' GROUP BY 1
    ), bands AS (
        SELECT is_early, CASE WHEN min(children) = max(children) THEN min(children) END AS children, count(*) AS grades
        FROM grades GROUP BY 1
    ) SELECT max(children) FILTER (is_early AND grades = 6), max(children) FILTER (NOT is_early AND grades = 7) FROM bands""",
}
