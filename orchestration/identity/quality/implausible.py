"""Facts that one child can hardly have: signs that a person is two children, or that a file is wrong.

Belongs here: finding them through the records of each person. Does not belong here: deciding which it is (review, senders).
"""

import duckdb

from orchestration.identity.comparisons import BIRTH_SUPPORTS
from orchestration.identity.quality.groups import has_column

# A child may skip a grade or repeat one; more in one step is another child, or a mistake.
MOST_GRADES_UP, MOST_GRADES_DOWN = 2, 1


def write_implausible(con: duckdb.DuckDBPyConnection) -> None:
    """identity_quality.implausible_person (person_id, fact, times, sources) and implausible_fact, its counts.

    Needs temp table held (groups.py).
    """
    parts = [_two_ids(), _two_births()]
    if has_column(con, "staging.stg_enrollment", "grade_level"):
        parts.append(_grade_jumps())
    if has_column(con, "staging.stg_attendance", "attendance_status"):
        parts.append(_two_schools())
    con.execute(
        f"""CREATE OR REPLACE TABLE identity_quality.implausible_person AS
        SELECT * FROM ({" UNION ALL ".join(f"SELECT person_id, fact, times, sources FROM ({part})" for part in parts)})
        ORDER BY fact, person_id"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE identity_quality.implausible_fact AS
        WITH fact AS (SELECT unnest(['two ids of one system', 'two birth dates', 'grade jump', 'two schools on one day']) AS fact)
        SELECT f.fact, count(DISTINCT p.person_id) AS persons, coalesce(sum(p.times), 0)::BIGINT AS times,
            count(DISTINCT p.person_id) / greatest((SELECT count(DISTINCT person_id) FROM held), 1) AS share
        FROM fact AS f LEFT JOIN identity_quality.implausible_person AS p USING (fact) GROUP BY f.fact ORDER BY f.fact"""
    )
    con.execute(
        "COMMENT ON TABLE identity_quality.implausible_person IS 'One row per person and kind of fact that one child can hardly have; "
        "sources: where it comes from.'"
    )
    con.execute(
        "COMMENT ON TABLE identity_quality.implausible_fact IS 'One row per kind of implausible fact, with the persons that have one.'"
    )


def _two_ids() -> str:
    return """SELECT person_id, 'two ids of one system' AS fact, max(ids) - 1 AS times,
            list_sort(list_distinct(flatten(list(sources)))) AS sources
        FROM (SELECT h.person_id, count(DISTINCT i.student_id) AS ids, list(DISTINCT h.source) AS sources
            FROM identity.record_id AS i JOIN held AS h USING (record_id) WHERE i.is_shared
            GROUP BY h.person_id, i.student_id_issuer, i.student_id_system HAVING count(DISTINCT i.student_id) > 1) GROUP BY person_id"""


def _two_births() -> str:
    """Birth dates further apart than a typing error."""
    return f"""SELECT person_id, 'two birth dates' AS fact, count(*) AS times,
            list_sort(list_distinct(flatten(list([source_l, source_r])))) AS sources
        FROM (SELECT x.person_id, x.source AS source_l, y.source AS source_r, l.birth AS birth_l, r.birth AS birth_r
            FROM held AS x JOIN held AS y ON x.person_id = y.person_id AND x.record_id < y.record_id
            JOIN identity.record AS l ON l.record_id = x.record_id JOIN identity.record AS r ON r.record_id = y.record_id
            WHERE l.birth <> r.birth)
        WHERE NOT {BIRTH_SUPPORTS} GROUP BY person_id"""


def _grade_jumps() -> str:
    return f"""SELECT person_id, 'grade jump' AS fact, count(*) AS times,
            list_sort(list_distinct(flatten(list(sources || last_sources)))) AS sources
        FROM (SELECT person_id, school_year, low, high, sources,
                lag(school_year) OVER w AS last_year, lag(low) OVER w AS last_low, lag(high) OVER w AS last_high,
                coalesce(lag(sources) OVER w, []) AS last_sources
            FROM (SELECT h.person_id, e.school_year, min(e.grade) AS low, max(e.grade) AS high, list(DISTINCT h.source) AS sources
                FROM (SELECT *, CASE WHEN grade_level IN ('KG', 'TK') THEN 0 WHEN grade_level = 'PK' THEN -1
                    ELSE try_cast(grade_level AS INTEGER) END AS grade FROM staging.stg_enrollment) AS e
                JOIN identity.record AS r USING (source, student_id_issuer, student_id_system, student_id) JOIN held AS h USING (record_id)
                WHERE e.grade IS NOT NULL AND e.school_year IS NOT NULL GROUP BY h.person_id, e.school_year)
            WINDOW w AS (PARTITION BY person_id ORDER BY school_year))
        WHERE high - low > 1 OR high - last_low > (school_year - last_year) + {MOST_GRADES_UP} - 1
            OR last_high - low > {MOST_GRADES_DOWN}
        GROUP BY person_id"""


def _two_schools() -> str:
    """In attendance at two schools, of which at least one mark comes from another record: one record's own file may book so."""
    return """SELECT person_id, 'two schools on one day' AS fact, count(*) AS times,
            list_sort(list_distinct(flatten(list(sources)))) AS sources
        FROM (SELECT h.person_id, a.attendance_date, list(DISTINCT h.source) AS sources FROM staging.stg_attendance AS a
            JOIN identity.record AS r USING (source, student_id_issuer, student_id_system, student_id) JOIN held AS h USING (record_id)
            WHERE a.attendance_status IN ('present', 'tardy', 'partial') AND a.school_id IS NOT NULL
            GROUP BY h.person_id, a.attendance_date
            HAVING count(DISTINCT h.record_id) > 1 AND count(DISTINCT r.party_id || ':' || a.school_id) > 1)
        GROUP BY person_id"""
