"""Staging → records: one record per source and student id, whatever feed the id stands in.

Belongs here: reading names and ids out of staging, and finding ids that one source gave to two children. Does not belong here:
making values comparable (clean.py), comparing records of different ids (night.py).
"""

import duckdb

from orchestration.feeds import FEEDS
from orchestration.identity.comparisons import BIRTH_SUPPORTS, FIRST_CONTRADICTS, sides
from orchestration.identity.records import KEY_COLUMNS, RECORD_ID, create_records

RECYCLED = "recycled_now"
_KEY = ", ".join(KEY_COLUMNS)
_NAMES = ("first_name", "preferred_name", "middle_name", "last_name", "birth_date", "sex")
_ADDRESS = ("street_address", "city", "zip")
# The school year in which a child of this grade turns about five, or less: what two sources can agree on over the years.
_GRADE = "CASE grade_level WHEN 'PK' THEN -1 WHEN 'TK' THEN -1 WHEN 'KG' THEN 0 ELSE try_cast(grade_level AS INTEGER) END"
_YEAR_OF_DATES = "year(coalesce(entry_date, exit_date, as_of) + INTERVAL 6 MONTH)"
_YEAR = f"coalesce(school_year, {_YEAR_OF_DATES})"


def feeds_with_students() -> list[str]:
    """Names of the feeds whose rows are about one student."""
    return [feed.name for feed in FEEDS.values() if "student_id" in feed.by_name]


def create_staged(con: duckdb.DuckDBPyConnection, records: str, ids: str) -> None:
    """Create temp tables `records` (records.py), `ids` (columns of identity.record_id) and RECYCLED (those of identity.recycled_id).

    Of each attribute the newest value a source has sent stands. An id that occurs in facts only becomes a record without a name.
    """
    seen = " UNION ALL ".join(f"SELECT DISTINCT {_KEY}, party_id FROM staging.stg_{feed}" for feed in feeds_with_students())
    # Everything of a row takes part in the order, so that rows of one date come out the same way every night.
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE student_row AS
        SELECT {_KEY}, party_id, {", ".join(_NAMES + _ADDRESS)}, row_number() OVER (PARTITION BY {_KEY}
            ORDER BY as_of NULLS FIRST, school_year NULLS FIRST, delivery_id, {", ".join(_NAMES + _ADDRESS)}) AS recency
        FROM staging.stg_student"""
    )
    newest = ", ".join(f"arg_max({column}, recency) AS {column}" for column in _NAMES)
    address = f"struct_pack({', '.join(f'{column} := {column}' for column in _ADDRESS)})"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE staged_row AS
        WITH seen AS (SELECT {_KEY}, min(party_id) AS party_id FROM ({seen}) WHERE student_id IS NOT NULL GROUP BY {_KEY}),
        student AS (
            SELECT {_KEY}, {newest}, arg_max(CASE WHEN street_address IS NOT NULL OR zip IS NOT NULL THEN {address} END, recency) AS place
            FROM student_row GROUP BY {_KEY}
        ), entered AS (
            SELECT {_KEY}, grade_level, {_YEAR} AS year, entry_date, party_id || ':' || school_id AS school
            FROM staging.stg_enrollment
            UNION ALL
            SELECT {_KEY}, grade_level, {_YEAR_OF_DATES}, entry_date, NULL FROM staging.stg_program_enrollment
        ), enrolled AS (
            SELECT {_KEY}, arg_max(year - grade, (year, grade)) AS cohort,
                arg_max(school, (year, coalesce(entry_date, DATE '1900-01-01'), school)) AS school
            FROM (SELECT *, {_GRADE} AS grade FROM entered) GROUP BY {_KEY}
        )
        SELECT seen.*, {", ".join(_NAMES)}, place.street_address, place.city, place.zip, cohort::INTEGER AS cohort, school
        FROM seen LEFT JOIN student USING ({_KEY}) LEFT JOIN enrolled USING ({_KEY})"""
    )
    create_records(con, "staged_row", records)
    _find_recycled(con, records)
    _collect_ids(con, records, ids)


def _find_recycled(con: duckdb.DuckDBPyConnection, records: str) -> None:
    """An id is recycled where rows of one source under it differ in first name and in birth date."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE variant_row AS
        SELECT DISTINCT {_KEY}, party_id, {", ".join(_NAMES + _ADDRESS)}, NULL::INTEGER AS cohort, NULL::VARCHAR AS school FROM student_row
        SEMI JOIN (SELECT {_KEY} FROM student_row GROUP BY {_KEY}
            HAVING count(DISTINCT birth_date) > 1 AND count(DISTINCT lower(first_name)) > 1) USING ({_KEY})"""
    )
    create_records(con, "variant_row", "variant")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {RECYCLED} AS
        SELECT DISTINCT record_id, l.{_KEY.replace(", ", ", l.")} FROM variant AS l JOIN variant AS r USING (record_id)
        WHERE l.birth IS NOT NULL AND r.birth IS NOT NULL AND ({sides(FIRST_CONTRADICTS)}) AND NOT {sides(BIRTH_SUPPORTS)}"""
    )
    # What is known of the id now is another content, so the night looks at the record again.
    con.execute(f"UPDATE {records} SET content_hash = xor(content_hash, 1) WHERE record_id IN (SELECT record_id FROM {RECYCLED})")


def _collect_ids(con: duckdb.DuckDBPyConnection, records: str, ids: str) -> None:
    """A record carries its own id and those its source links to it; the second id has its own system, and so its own issuer.

    Of several ids of one shared system only the newest counts as the child's own; the others are evidence still.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {ids} AS
        WITH linked AS (
            SELECT {RECORD_ID} AS record_id, coalesce(systems.issuer, party_id) AS student_id_issuer,
                linked_student_id_system AS student_id_system, linked_student_id AS student_id,
                coalesce(systems.is_shared, false) AS is_shared,
                max((as_of, coalesce(school_year, 0))) AS recency
            FROM (SELECT {_KEY}, party_id, linked_student_id, linked_student_id_system, as_of, school_year
                FROM staging.stg_student) AS student
            LEFT JOIN (SELECT source AS system_source, student_id_system AS system_name, issuer, is_shared
                FROM governance.id_system) AS systems ON source = system_source AND linked_student_id_system = system_name
            WHERE linked_student_id IS NOT NULL AND linked_student_id_system IS NOT NULL
            GROUP BY ALL
        ), every AS (
            SELECT record_id, student_id_issuer, student_id_system, student_id,
                coalesce((SELECT bool_or(s.is_shared) FROM governance.id_system AS s
                    WHERE s.source = r.source AND s.student_id_system = r.student_id_system), false) AS is_shared
            FROM {records} AS r
            UNION ALL
            SELECT * EXCLUDE (recency, is_shared), is_shared AND row_number() OVER (
                PARTITION BY record_id, student_id_issuer, student_id_system ORDER BY recency DESC, student_id) = 1 FROM linked
        )
        SELECT record_id, student_id_issuer, student_id_system, student_id, bool_or(is_shared) AS is_shared FROM every GROUP BY ALL"""
    )
