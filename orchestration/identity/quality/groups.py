"""Groups of records whose rates are told apart: sender, district, language group, kind of surname; and their link and queue rates.

Belongs here: which group a record is in, shares that need no sample. Does not belong here: error rates (estimate.py).
No name leaves: the kind of a surname is kept, never the surname.
"""

import duckdb

from orchestration.identity.review.queue import review_pairs, review_tasks
from orchestration.sql import one_row

UNKNOWN = "unknown"


def find_groups(con: duckdb.DuckDBPyConnection, target: str) -> None:
    """Create temp table `target` (record_id, dimension, group_name) and temp table held (record_id, person_id, source, party_id)."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE held AS
        SELECT r.record_id, k.person_id, r.source, r.party_id FROM identity.record AS r
        JOIN identity.record_link AS k ON k.record_id = r.record_id AND k.valid_to_run IS NULL"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH district AS ({_districts(con)}), language AS ({_languages(con)}), surname AS ({_surnames(con)})
        SELECT record_id, 'sender' AS dimension, coalesce(party_id, '{UNKNOWN}') AS group_name FROM held
        UNION ALL SELECT h.record_id, 'district', coalesce(d.district, '{UNKNOWN}') FROM held AS h LEFT JOIN district AS d USING (person_id)
        UNION ALL SELECT h.record_id, 'language', coalesce(l.language, '{UNKNOWN}') FROM held AS h LEFT JOIN language AS l USING (person_id)
        UNION ALL SELECT record_id, 'surname', kind FROM surname"""
    )


def write_link_rates(con: duckdb.DuckDBPyConnection, groups: str) -> None:
    """identity_quality.link_rate: records of each group, those linked to another source, those that wait for a person to look."""
    review_pairs(con, "asked_pair")
    review_tasks(con, "asked_pair", "asked_task")
    con.execute(
        f"""CREATE OR REPLACE TABLE identity_quality.link_rate AS
        WITH waiting AS (SELECT DISTINCT owner AS record_id FROM asked_task WHERE reason NOT IN ('sample', 'again')), linked AS (
            SELECT record_id, count(DISTINCT source) OVER (PARTITION BY person_id) > 1 AS is_linked FROM held
        ), grouped AS (SELECT * FROM {groups} UNION ALL SELECT record_id, 'all', 'all' FROM held)
        SELECT g.dimension, g.group_name, count(*) AS records, count(*) FILTER (l.is_linked) AS linked_records,
            count(*) FILTER (l.is_linked) / count(*) AS link_rate, count(w.record_id) AS waiting_records,
            count(w.record_id) / count(*) AS waiting_share
        FROM grouped AS g JOIN linked AS l USING (record_id) LEFT JOIN waiting AS w USING (record_id)
        GROUP BY g.dimension, g.group_name ORDER BY g.dimension, g.group_name"""
    )
    con.execute(
        "COMMENT ON TABLE identity_quality.link_rate IS 'One row per group of records: how many are linked to a record of another source, "
        "and how many wait in the review queue.'"
    )


def _districts(con: duckdb.DuckDBPyConnection) -> str:
    """A child's district is the one that sends it; a child that two send is counted with the first by name."""
    if not has_column(con, "governance.source", "party_type"):
        return f"SELECT NULL::VARCHAR AS person_id, '{UNKNOWN}' AS district WHERE false"
    return """SELECT h.person_id, min(h.party_id) AS district FROM held AS h JOIN governance.source AS s ON s.source = h.source
        WHERE s.party_type = 'district' GROUP BY h.person_id"""


def _languages(con: duckdb.DuckDBPyConnection) -> str:
    """Most sources name the learners only: a child that such a source has and does not name is none."""
    if not has_column(con, "staging.stg_student_group", "student_group"):
        return f"SELECT NULL::VARCHAR AS person_id, '{UNKNOWN}' AS language WHERE false"
    return """WITH told AS (
            SELECT h.person_id, h.source, g.student_group FROM staging.stg_student_group AS g
            JOIN identity.record AS r USING (source, student_id_issuer, student_id_system, student_id) JOIN held AS h USING (record_id)
            WHERE g.student_group IN ('english_learner', 'non_english_learner')
        )
        SELECT h.person_id, CASE WHEN bool_or(t.student_group = 'english_learner') THEN 'english_learner' ELSE 'non_english_learner' END
            AS language
        FROM held AS h LEFT JOIN told AS t USING (person_id) WHERE h.source IN (SELECT source FROM told) OR t.person_id IS NOT NULL
        GROUP BY h.person_id"""


def _surnames(con: duckdb.DuckDBPyConnection) -> str:
    """A hyphen is gone from the compared name, so it is looked for in the name as sent."""
    hyphen = "false"
    if has_column(con, "staging.stg_student", "last_name"):
        hyphen = """EXISTS (FROM staging.stg_student AS s WHERE s.source = r.source AND s.student_id_issuer = r.student_id_issuer
            AND s.student_id_system = r.student_id_system AND s.student_id = r.student_id AND s.last_name LIKE '%-%')"""
    return f"""SELECT r.record_id, CASE WHEN r.last_name IS NULL THEN 'none'
            WHEN regexp_matches(r.last_name, '[^\\p{{Latin}}\\p{{M}}\\p{{N}} ]') THEN 'other script'
            WHEN contains(r.last_name, ' ') AND {hyphen} THEN 'hyphen'
            WHEN contains(r.last_name, ' ') THEN 'two parts' ELSE 'one part' END AS kind
        FROM identity.record AS r"""


def has_column(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    schema, name = table.split(".")
    (found,) = one_row(
        con,
        f"SELECT count(*) FROM duckdb_columns() WHERE schema_name = '{schema}' AND table_name = '{name}' AND column_name = '{column}'",
    )
    return bool(found)
