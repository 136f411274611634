"""Whole files that are odd in a way no single row shows: name columns swapped, one id on everybody.

Belongs here: finding them by counts over all rows of a sender. Does not belong here: mending (the sender does), telling the sender
(reports/matching.py).
"""

import duckdb

from orchestration.identity.records import load_nicknames
from orchestration.identity.trusted import CHILDREN_PER_ID

# Names that say anything must be so many, and so large a share of them must stand the wrong way round.
FEWEST_TELLING = 20
SWAPPED_SHARE = 0.7


def write_odd_files(con: duckdb.DuckDBPyConnection) -> None:
    """identity_quality.odd_file: one row per sender's list and oddity, in counts only."""
    load_nicknames(con)
    con.execute(
        f"""CREATE OR REPLACE TABLE identity_quality.odd_file AS
        WITH {_names_sql()}, telling AS (
            SELECT r.roster, r.source, f.is_last > 0 AS swapped FROM identity.record AS r
            JOIN usual AS f ON f.name = r.first_name JOIN usual AS l ON l.name = r.last_name WHERE f.is_last * l.is_last < 0
        )
        SELECT source, roster, 'name columns swapped' AS oddity, count(*) FILTER (swapped) AS records, count(*) AS of_records
        FROM telling GROUP BY source, roster
        HAVING count(*) >= {FEWEST_TELLING} AND count(*) FILTER (swapped) >= {SWAPPED_SHARE} * count(*)
        UNION ALL
        SELECT source, roster, 'one id on many children', sum(children), any_value(all_records) FROM (
            SELECT r.source, r.roster, count(DISTINCT r.record_id) AS children,
                (SELECT count(*) FROM identity.record AS x WHERE x.roster = r.roster) AS all_records
            FROM identity.record_id AS i JOIN identity.record AS r USING (record_id)
            GROUP BY r.source, r.roster, i.student_id_issuer, i.student_id_system, i.student_id
            HAVING count(DISTINCT coalesce(r.first_name, '') || '|' || coalesce(r.birth, '')) > {CHILDREN_PER_ID}
        ) GROUP BY source, roster
        ORDER BY source, roster, oddity"""
    )
    con.execute(
        "COMMENT ON TABLE identity_quality.odd_file IS 'One row per list of a sender and oddity of the list as a whole: "
        "name columns swapped, or one id on many children.'"
    )


def _names_sql() -> str:
    """CTE usual(name, is_last): above 0 for a name that is a last name more often than a first one, in all lists together.

    A list of common first names weighs as much as all lists: where only two lists share names, nothing else says which one is right.
    """
    return """
        counted AS (
            SELECT name, count(*) FILTER (is_first) AS as_first, count(*) FILTER (NOT is_first) AS as_last FROM (
                SELECT first_name AS name, true AS is_first FROM identity.record WHERE first_name IS NOT NULL
                UNION ALL SELECT last_name, false FROM identity.record WHERE last_name IS NOT NULL
            ) GROUP BY name
        ), usual AS (
            SELECT c.name, as_last - as_first - CASE WHEN k.first_name IS NULL THEN 0 ELSE as_first + as_last END AS is_last
            FROM counted AS c LEFT JOIN nickname_of AS k ON k.first_name = c.name
        )"""
