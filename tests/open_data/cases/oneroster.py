"""OneRoster bundles: what was taken in, what was set aside, what was rejected."""

_GRAND_BEND, _GENERATED = "oneroster-grandbend-1_1", "oneroster-generated-district"


def _rows(source: str, table: str, column: str) -> str:
    return f"(SELECT {column} FROM governance.delivery_table WHERE source = '{source}' AND table_name = '{table}')"


_EVERY = "rows_accepted + rows_rejected + rows_excluded"

CASES: dict[str, str] = {
    "or11-rows": f"""SELECT {_rows(_GRAND_BEND, "students", _EVERY)}, {_rows(_GRAND_BEND, "students", "rows_accepted")},
        {_rows(_GRAND_BEND, "students", "rows_excluded")}, {_rows(_GRAND_BEND, "enrollments", "rows_accepted")},
        {_rows(_GRAND_BEND, "enrollments", "rows_excluded")}, {_rows(_GRAND_BEND, "orgs", "rows_accepted")}""",
    "or-gen": f"""SELECT {_rows(_GENERATED, "orgs", "rows_accepted")}, {_rows(_GENERATED, "students", _EVERY)},
        {_rows(_GENERATED, "students", "rows_accepted")}, NULL, NULL,
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

NOT_TOLD = {"or-gen": "teachers and administrators are set aside together (59 rows): no measure needs to tell them apart"}
