"""Which judged pairs are worth a person's time: those that no link has answered yet.

Belongs here: the choice of pairs, for the review queue and for measuring it. Does not belong here: tasks and pages (review/).
"""

import duckdb


def asked_pairs(con: duckdb.DuckDBPyConnection, judged: str, target: str) -> None:
    """Create temp table `target`: pairs of `judged` to ask about, with column `question`: 'same' or 'kin or same'.

    Asked are pairs with verdict review, and kin born on one day whose sex and middle initial do not differ and of whom neither has
    a better partner (a twin, or a child whose first name one side has wrong); each only while neither record is linked into the
    other's roster.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH linked AS (
            SELECT a AS record_id, roster_b AS side FROM {judged} WHERE verdict = 'link'
            UNION SELECT b, roster_a FROM {judged} WHERE verdict = 'link'
        )
        SELECT p.*, CASE p.verdict WHEN 'kin' THEN 'kin or same' ELSE 'same' END AS question
        FROM {judged} AS p
        WHERE (p.verdict = 'review'
            OR (p.verdict = 'kin' AND p.roster_a <> p.roster_b AND p.birth_level = 5 AND p.sex_level <> 0 AND p.middle_level <> 0
                AND p.weight > p.rival))
        AND NOT EXISTS (FROM linked AS l WHERE l.record_id = p.a AND l.side = p.roster_b)
        AND NOT EXISTS (FROM linked AS l WHERE l.record_id = p.b AND l.side = p.roster_a)"""
    )
