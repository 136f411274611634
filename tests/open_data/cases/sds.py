"""School Data Sync: every row of a file is taken, set aside or rejected."""

_SOURCE = "source = 'sds-v2_1'"


def _rows(table: str) -> str:
    return (
        f"(SELECT rows_accepted + rows_rejected + rows_excluded FROM governance.delivery_table WHERE {_SOURCE} AND table_name = '{table}')"
    )


CASES: dict[str, str] = {
    # classes are known by the enrolments in them
    "sds21": f"""SELECT {_rows("students")}, {_rows("roles")}, {_rows("demographics")}, {_rows("enrollments")},
        (SELECT count(DISTINCT class_id) FROM raw.enrollment WHERE {_SOURCE}), {_rows("orgs")}, {_rows("flags")}""",
}
