"""What follows from new pairs for the pairs around them: verdicts that must be found anew, by likeness and by shared ids.

Belongs here: which pairs and ids a night touches. Does not belong here: the rules (guard.py, trusted.py), persons (night.py).
Only temp tables are written, outside any transaction, for the reason given in compare.py.
"""

import duckdb

from orchestration.identity.guard import Thresholds, judge
from orchestration.identity.trusted import ID, id_pairs


def judge_touched(con: duckdb.DuckDBPyConnection, recycled: str, model: str, guard: Thresholds) -> None:
    """Temp tables old_pair (pairs that end), new_pair, touched (records) and verdict (a, b, rival, kin, why, verdict, standing).

    A new pair makes rivals for the pairs of both its records, so their partners are touched too. Every pair of a touched record is judged
    again; its rivals are among the pairs of its two records. Standing links of changed records are remembered.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE old_pair AS
        SELECT p.a, p.b, p.standing AND p.a NOT IN (FROM other_child) AND p.b NOT IN (FROM other_child) AS standing FROM identity.pair AS p
        WHERE p.a IN (SELECT record_id FROM difference) OR p.b IN (SELECT record_id FROM difference)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE new_pair AS
        SELECT f.*, coalesce(o.standing, false) AS standing, '{model}' AS model
        FROM (SELECT least(a, b) AS a, greatest(a, b) AS b, CASE WHEN a < b THEN roster_a ELSE roster_b END AS roster_a,
            CASE WHEN a < b THEN roster_b ELSE roster_a END AS roster_b, * EXCLUDE (a, b, roster_a, roster_b) FROM fresh_pair) AS f
        LEFT JOIN old_pair AS o ON f.a = o.a AND f.b = o.b"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE touched AS
        SELECT record_id FROM difference UNION SELECT a FROM old_pair UNION SELECT b FROM old_pair
        UNION SELECT a FROM new_pair UNION SELECT b FROM new_pair"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP VIEW pair_as_of_tonight AS
        SELECT * EXCLUDE (rival, kin, verdict, why) FROM identity.pair ANTI JOIN old_pair USING (a, b) UNION ALL BY NAME FROM new_pair"""
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE to_judge AS SELECT a, b FROM pair_as_of_tonight WHERE a IN (FROM touched) OR b IN (FROM touched)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE judged_record AS SELECT a AS record_id FROM to_judge UNION SELECT b FROM to_judge")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE judge_pair AS FROM pair_as_of_tonight WHERE a IN (FROM judged_record) OR b IN (FROM judged_record)"
    )
    judge(con, "judge_pair", "judged_pair", guard)
    stays = f"standing AND NOT kin AND weight >= {guard.keep} AND roster_a <> roster_b"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE verdict AS
        WITH marked AS (
            SELECT *, a IN (SELECT record_id FROM {recycled}) OR b IN (SELECT record_id FROM {recycled}) AS of_two_children
            FROM judged_pair SEMI JOIN to_judge USING (a, b)
        ), final AS (
            SELECT a, b, rival, kin, why, CASE WHEN of_two_children THEN if(verdict = 'link', 'review', verdict)
                WHEN {stays} THEN 'link' ELSE verdict END AS verdict
            FROM marked
        )
        SELECT *, verdict = 'link' AS standing FROM final"""
    )


def renew_trusted(con: duckdb.DuckDBPyConnection, incoming: str, incoming_ids: str, recycled: str) -> None:
    """Temp tables touched_id, new_trusted (columns of identity.id_pair); more of touched.

    What an id says depends on all that carry it, so ids that a changed record carries or carried are looked at anew.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE touched_id AS
        SELECT {ID} FROM identity.record_id WHERE record_id IN (SELECT record_id FROM difference) UNION SELECT {ID} FROM fresh_id"""
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE carried AS SELECT * FROM {incoming_ids} SEMI JOIN touched_id USING ({ID})")
    id_pairs(con, incoming, "carried", "new_trusted", recycled)
    con.execute(
        f"""INSERT INTO touched
        SELECT a FROM new_trusted UNION SELECT b FROM new_trusted
        UNION SELECT a FROM identity.id_pair SEMI JOIN touched_id USING ({ID})
        UNION SELECT b FROM identity.id_pair SEMI JOIN touched_id USING ({ID})
        EXCEPT FROM touched"""
    )
