"""The nonprofit's records: participants, programs, deliveries and their units."""

_SOURCE = "source = 'partner-pmm'"
_RAW = f"FROM raw.program_session_attendance WHERE {_SOURCE}"
_SESSIONS = f"FROM core.fct_program_attendance WHERE {_SOURCE}"

CASES: dict[str, str] = {
    "pmm": f"""SELECT (SELECT count(*) FROM raw.student WHERE {_SOURCE}),
        (SELECT count(*) FROM core.dim_program WHERE party_id = 'pmm-partner'), count(DISTINCT service_name),
        (SELECT count(*) FROM core.fct_program_enrollment WHERE {_SOURCE}), count(*), count(DISTINCT person_id),
        (SELECT count(birth_date) FROM raw.student WHERE {_SOURCE}) {_SESSIONS}""",
    # the unit Session of one service (19) is the unit Sessions of another (165): both are sessions here
    "pmm-qty": f"""SELECT sum(quantity) FILTER (unit = 'hours'),
        sum(quantity) FILTER (unit = 'sessions' AND service_name <> '12 Step Recovery Program'), sum(quantity) FILTER (unit = 'meals'),
        sum(quantity) FILTER (unit = 'dollars'), count(*) FILTER (quantity IS NULL) {_SESSIONS}""",
    "pmm-status": f"""SELECT (SELECT count(*) {_RAW} AND _table = 'deliveries_unmarked'),
        (SELECT count(*) {_RAW} AND _table = 'deliveries' AND session_status = 'present'),
        count(*) FILTER (session_status = 'absent_excused'), count(*) FILTER (session_status = 'absent_unexcused'),
        (SELECT sum(n - 1) FROM (SELECT count(*) AS n {_SESSIONS} GROUP BY person_id, session_date, service_name)) {_SESSIONS}""",
    "pmm-reading": f"""SELECT sum(hours), count(DISTINCT person_id) {_SESSIONS} AND program_id = 'pmm-partner:1'""",
}
