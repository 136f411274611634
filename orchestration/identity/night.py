"""One night: only what is new, changed or gone is compared again, and only the persons it touches are settled again.

Belongs here: the order of the steps, what "touched" means, one transaction. Does not belong here: any single step.
After every night the groups equal those of `rebuild`, which compares everything again under the same model and decisions.
"""

import hashlib
from dataclasses import dataclass

import duckdb

from orchestration.identity.blocking import BLOCKING_RULES
from orchestration.identity.cluster import cluster
from orchestration.identity.comparisons import BIRTH_SUPPORTS, COMPARISONS, FIRST_CONTRADICTS
from orchestration.identity.components import label_components
from orchestration.identity.guard import GUARD, Thresholds, judge
from orchestration.identity.model import Model
from orchestration.identity.persons import settle_persons, withdraw_records
from orchestration.identity.records import KEY_COLUMNS
from orchestration.identity.score import Scorer
from orchestration.identity.tables import create_identity_tables
from orchestration.identity.trusted import id_pairs, sides
from orchestration.sql import one_row

_IDS_HASH = "bit_xor(hash(student_id_issuer, student_id_system, student_id, is_shared))"
_RECYCLED = "(SELECT record_id FROM identity.recycled_id)"


@dataclass(frozen=True)
class Night:
    """What one night did, in counts; never an id."""

    run: int
    records: int
    new: int
    changed: int
    withdrawn: int
    pairs_scored: int
    persons: int
    minted: int
    merged: int
    split: int
    moved: int
    retired: int


def run_night(
    con: duckdb.DuckDBPyConnection, incoming: str, incoming_ids: str, model: Model, frequencies: str, *,
    guard: Thresholds = GUARD, everything: bool = False,
) -> Night:  # fmt: skip
    """Take over the records of table `incoming` (records.py) and their ids (`incoming_ids`: identity.record_id's columns).

    `everything`: score and settle all records again, as a rebuild does; standing links and decisions hold either way.
    The caller owns the transaction.
    """
    create_identity_tables(con)
    last, scored_by, ruled_by = one_row(con, "SELECT coalesce(max(run), 0), arg_max(model, run), arg_max(rules, run) FROM identity.run")
    everything = everything or (scored_by, ruled_by) != (model.version, _rules(guard))
    run = int(last) + 1
    _find_differences(con, incoming, incoming_ids, everything=everything)
    if not everything and not _anything_to_do(con):
        return _summed(con, int(last))
    _forget_old_pairs(con)
    _take_over(con, incoming, incoming_ids)
    scored = _score_fresh(con, model, frequencies)
    _spread_touched(con)
    _judge_touched(con, guard)
    _renew_trusted(con)
    _settle(con, run, model.version)
    _record_run(con, run, model.version, _rules(guard))
    return _summed(con, run, scored)


def _rules(guard: Thresholds) -> str:
    """Changes where anything beside the model changes that decides about pairs."""
    blocking = [rule if isinstance(rule, str) else rule.get_blocking_rule("duckdb").blocking_rule_sql for rule in BLOCKING_RULES]
    return hashlib.sha256(repr((COMPARISONS, blocking, guard)).encode()).hexdigest()[:12]


def _anything_to_do(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(one_row(con, "SELECT (SELECT count(*) FROM difference) + (SELECT count(*) FROM identity.decision WHERE NOT settled)")[0])


def _find_differences(con: duckdb.DuckDBPyConnection, incoming: str, incoming_ids: str, *, everything: bool) -> None:
    """Temp tables fresh (new or changed) and gone (changed or withdrawn), by content of the record and the ids it carries."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE id_change AS
        WITH now AS (SELECT record_id, {_IDS_HASH} AS h FROM {incoming_ids} GROUP BY 1),
            before AS (SELECT record_id, {_IDS_HASH} AS h FROM identity.record_id GROUP BY 1)
        SELECT record_id FROM now FULL JOIN before USING (record_id) WHERE now.h IS DISTINCT FROM before.h"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE difference AS
        SELECT coalesce(n.record_id, o.record_id) AS record_id, o.record_id IS NULL AS is_new, n.record_id IS NULL AS is_gone
        FROM {incoming} AS n FULL JOIN identity.record AS o ON n.record_id = o.record_id
        WHERE {everything} OR n.content_hash IS DISTINCT FROM o.content_hash OR n.record_id IN (FROM id_change)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE other_child AS
        SELECT l.record_id FROM identity.record AS l JOIN {incoming} AS r ON l.record_id = r.record_id
        WHERE l.content_hash <> r.content_hash AND {sides(FIRST_CONTRADICTS)} AND l.birth IS NOT NULL AND r.birth IS NOT NULL
            AND NOT {sides(BIRTH_SUPPORTS)}"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE touched_id AS
        SELECT student_id_issuer, student_id_system, student_id FROM identity.record_id
        WHERE record_id IN (SELECT record_id FROM difference)"""
    )


def _forget_old_pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table touched: records that changed and those they were paired with. Standing links of changed records are remembered."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE old_pair AS
        SELECT p.a, p.b, p.standing AND p.a NOT IN (FROM other_child) AND p.b NOT IN (FROM other_child) AS standing FROM identity.pair AS p
        WHERE p.a IN (SELECT record_id FROM difference) OR p.b IN (SELECT record_id FROM difference)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE touched AS
        SELECT record_id FROM difference UNION SELECT a FROM old_pair UNION SELECT b FROM old_pair"""
    )
    con.execute("DELETE FROM identity.pair AS p USING old_pair AS o WHERE p.a = o.a AND p.b = o.b")


def _take_over(con: duckdb.DuckDBPyConnection, incoming: str, incoming_ids: str) -> None:
    for table in ("record", "record_id"):
        con.execute(f"DELETE FROM identity.{table} WHERE record_id IN (SELECT record_id FROM difference)")
    fresh = "record_id IN (SELECT record_id FROM difference WHERE NOT is_gone)"
    con.execute(f"INSERT INTO identity.record BY NAME SELECT * FROM {incoming} WHERE {fresh}")
    con.execute(f"INSERT INTO identity.record_id BY NAME SELECT * FROM {incoming_ids} WHERE {fresh}")
    con.execute(
        f"""INSERT INTO identity.record_key BY NAME SELECT record_id, {", ".join(KEY_COLUMNS)} FROM {incoming}
        WHERE {fresh} AND record_id NOT IN (SELECT record_id FROM identity.record_key)"""
    )
    con.execute(f"""INSERT INTO touched_id SELECT student_id_issuer, student_id_system, student_id FROM {incoming_ids} WHERE {fresh}""")


def _score_fresh(con: duckdb.DuckDBPyConnection, model: Model, frequencies: str) -> int:
    """Score into identity.pair all pairs of the fresh records among themselves and with the stored ones."""
    is_fresh = "record_id IN (SELECT record_id FROM difference WHERE NOT is_gone)"
    con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM identity.record WHERE {is_fresh}")
    scorer = Scorer(con, model, frequencies)
    (fresh, stored) = one_row(con, "SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM identity.record)")
    if fresh == 0:
        return 0
    if fresh == stored:
        scorer.all_pairs("fresh", "fresh_pair")
    else:
        con.execute(f"CREATE OR REPLACE TEMP VIEW stored_record AS SELECT * FROM identity.record WHERE NOT ({is_fresh})")
        scorer.new_pairs("fresh", "stored_record", "fresh_pair")
    con.execute(
        f"""INSERT INTO identity.pair BY NAME
        SELECT f.*, coalesce(o.standing, false) AS standing, '{model.version}' AS model
        FROM (SELECT least(a, b) AS a, greatest(a, b) AS b, CASE WHEN a < b THEN roster_a ELSE roster_b END AS roster_a,
            CASE WHEN a < b THEN roster_b ELSE roster_a END AS roster_b, * EXCLUDE (a, b, roster_a, roster_b) FROM fresh_pair) AS f
        LEFT JOIN old_pair AS o ON f.a = o.a AND f.b = o.b"""
    )
    return int(one_row(con, "SELECT count(*) FROM fresh_pair")[0])


def _spread_touched(con: duckdb.DuckDBPyConnection) -> None:
    """A new pair makes rivals for the pairs of both its records, so their partners are touched too."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE touched AS
        SELECT record_id FROM touched
        UNION SELECT a FROM identity.pair WHERE b IN (SELECT record_id FROM difference)
        UNION SELECT b FROM identity.pair WHERE a IN (SELECT record_id FROM difference)"""
    )


def _judge_touched(con: duckdb.DuckDBPyConnection, guard: Thresholds) -> None:
    """Judge again every pair of a touched record; its rivals are among the pairs of its two records."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE to_judge AS
        SELECT a, b FROM identity.pair WHERE a IN (FROM touched) OR b IN (FROM touched)"""
    )
    con.execute("""CREATE OR REPLACE TEMP TABLE judged_record AS SELECT a AS record_id FROM to_judge UNION SELECT b FROM to_judge""")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE judge_pair AS
        SELECT * EXCLUDE (rival, kin, verdict, why) FROM identity.pair
        WHERE a IN (FROM judged_record) OR b IN (FROM judged_record)"""
    )
    judge(con, "judge_pair", "judged_pair", guard)
    con.execute(
        f"""UPDATE identity.pair AS p SET rival = j.rival, kin = j.kin, why = j.why,
            verdict = CASE WHEN j.verdict = 'link' AND (p.a IN {_RECYCLED} OR p.b IN {_RECYCLED}) THEN 'review'
                WHEN j.verdict <> 'link' AND p.standing AND NOT j.kin AND j.weight >= {guard.keep} AND p.roster_a <> p.roster_b
                    AND p.a NOT IN {_RECYCLED} AND p.b NOT IN {_RECYCLED}
                THEN 'link' ELSE j.verdict END
        FROM judged_pair AS j JOIN to_judge AS t ON j.a = t.a AND j.b = t.b
        WHERE p.a = j.a AND p.b = j.b"""
    )
    con.execute("UPDATE identity.pair SET standing = (verdict = 'link') WHERE standing <> (verdict = 'link')")


def _renew_trusted(con: duckdb.DuckDBPyConnection) -> None:
    """What an id says depends on all that carry it, so ids that a changed record carries or carried are looked at anew."""
    key = "student_id_issuer, student_id_system, student_id"
    con.execute(f"CREATE OR REPLACE TEMP TABLE carried AS SELECT * FROM identity.record_id SEMI JOIN touched_id USING ({key})")
    id_pairs(con, "identity.record", "carried", "new_trusted")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE touched AS
        SELECT record_id FROM touched UNION SELECT a FROM new_trusted UNION SELECT b FROM new_trusted
        UNION SELECT a FROM identity.id_pair SEMI JOIN touched_id USING ({key})
        UNION SELECT b FROM identity.id_pair SEMI JOIN touched_id USING ({key})"""
    )
    con.execute(f"DELETE FROM identity.id_pair WHERE ({key}) IN (SELECT ({key}) FROM touched_id)")
    con.execute("INSERT INTO identity.id_pair BY NAME SELECT * FROM new_trusted")


def _settle(con: duckdb.DuckDBPyConnection, run: int, version: str) -> None:
    """Group and settle the touched records and everything that hangs together with them, before or now."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE accepted AS
        SELECT a, b, 9::TINYINT AS tier, NULL::DOUBLE AS weight, 'decision' AS why FROM identity.decision_in_force WHERE kind = 'must-link'
        UNION ALL SELECT a, b, 0, NULL, why FROM identity.trusted_pair WHERE verdict = 'link'
        UNION ALL SELECT a, b, CASE WHEN name_level = 12 AND birth_level = 5 THEN 1 ELSE 2 END, weight, why
        FROM identity.pair WHERE verdict = 'link'"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE kept_apart AS
        SELECT a, b, 'decision' AS why FROM identity.decision_in_force WHERE kind = 'cannot-link'
        UNION ALL SELECT a, b, 'kin' FROM identity.pair WHERE kin
        UNION ALL SELECT a, b, why FROM identity.trusted_pair WHERE verdict = 'review'"""
    )
    _component_of_touched(con)
    _find_nodes(con)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE settling_edge AS
        SELECT a, b, min(tier) AS tier, max(weight) AS weight, arg_min(why, tier) AS why
        FROM (SELECT * REPLACE (CASE tier WHEN 9 THEN -1 ELSE tier END AS tier) FROM accepted
            WHERE a IN (SELECT record_id FROM node) AND b IN (SELECT record_id FROM node)) GROUP BY a, b"""
    )
    con.execute("UPDATE settling_edge SET tier = 9 WHERE tier = -1")
    cluster(con, "node", "settling_edge", "kept_apart", "group_label", "unused_edge")
    con.execute("DELETE FROM identity.edge WHERE a IN (FROM settling) OR b IN (FROM settling)")
    con.execute("DELETE FROM identity.conflict WHERE a IN (FROM settling) OR b IN (FROM settling)")
    con.execute("INSERT INTO identity.conflict BY NAME SELECT * FROM unused_edge")
    con.execute(
        f"""INSERT INTO identity.edge BY NAME
        SELECT e.*, '{version}' AS model, {run} AS run FROM settling_edge AS e
        WHERE NOT EXISTS (FROM unused_edge AS u WHERE u.a = e.a AND u.b = e.b)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE held_by AS
        SELECT record_id, min(tier) AS tier
        FROM (SELECT a AS record_id, tier FROM identity.edge UNION ALL SELECT b, tier FROM identity.edge)
        WHERE record_id IN (FROM settling) GROUP BY record_id"""
    )
    con.execute("CREATE OR REPLACE TEMP TABLE gone AS SELECT record_id FROM difference WHERE is_gone")
    withdraw_records(con, "other_child", run)
    settle_persons(con, "group_label", "held_by", run)
    withdraw_records(con, "gone", run)


def _find_nodes(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table node: the records to settle, each with its place in its roster.

    A roster may list a child under several ids of its own where it says itself, by a second id, that they are one: one place.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE settling_record AS SELECT record_id, roster FROM identity.record WHERE record_id IN (FROM settling)"
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE certain_pair AS
        SELECT DISTINCT p.a, p.b, x.roster FROM identity.id_pair AS p JOIN settling_record AS x ON p.a = x.record_id WHERE p.certain"""
    )
    # In two steps: joined at once, DuckDB would first pair all records of a roster.
    con.execute(
        """CREATE OR REPLACE TEMP TABLE one_place AS
        SELECT p.a, p.b FROM certain_pair AS p JOIN settling_record AS y ON p.b = y.record_id AND p.roster = y.roster"""
    )
    label_components(con, edges="one_place", labels="place_label")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE node AS
        SELECT record_id, roster, coalesce(label, record_id) AS place FROM settling_record LEFT JOIN place_label ON record_id = node"""
    )


def _component_of_touched(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table settling: records reachable from the touched ones over edges accepted now, or of persons they belonged to."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE settling AS
        SELECT record_id FROM touched
        UNION SELECT a FROM identity.decision WHERE NOT settled UNION SELECT b FROM identity.decision WHERE NOT settled"""
    )
    con.execute("UPDATE identity.decision SET settled = true WHERE NOT settled")
    while True:
        con.execute(
            """CREATE OR REPLACE TEMP TABLE reached AS
            SELECT b AS record_id FROM accepted WHERE a IN (FROM settling)
            UNION SELECT a FROM accepted WHERE b IN (FROM settling)
            UNION SELECT k.record_id FROM identity.record_link AS k WHERE k.valid_to_run IS NULL AND k.person_id IN (
                SELECT person_id FROM identity.record_link WHERE valid_to_run IS NULL AND record_id IN (FROM settling))
            EXCEPT FROM settling"""
        )
        (more,) = one_row(con, "SELECT count(*) FROM reached")
        if not more:
            return
        con.execute("INSERT INTO settling FROM reached")


_DIFFERENT = "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new AND NOT is_gone), count(*) FILTER (is_gone) FROM difference"
_PERSONS = "SELECT count(DISTINCT person_id) FROM identity.record_link WHERE valid_to_run IS NULL"


def _record_run(con: duckdb.DuckDBPyConnection, run: int, version: str, rules: str) -> None:
    con.execute(
        f"""INSERT INTO identity.run BY NAME
        SELECT {run} AS run, now()::TIMESTAMP AS ran_at, '{version}' AS model, '{rules}' AS rules, d.*,
            (SELECT count(*) FROM identity.record) AS records, (SELECT count(*) FROM identity.edge) AS links, ({_PERSONS}) AS persons
        FROM ({_DIFFERENT}) AS d(new_records, changed_records, withdrawn_records)"""
    )


def _summed(con: duckdb.DuckDBPyConnection, run: int, scored: int | None = None) -> Night:
    """`scored` is None where the night found nothing to do."""
    new, changed, withdrawn = one_row(con, _DIFFERENT)
    records, persons = one_row(con, f"SELECT (SELECT count(*) FROM identity.record), ({_PERSONS})")
    happened: dict[str, int] = {}
    if scored is not None:
        happened = dict(con.execute(f"SELECT event, count(*) FROM identity.identity_event WHERE run = {run} GROUP BY event").fetchall())
    counts = [happened.get(event, 0) for event in ("mint", "merge", "split", "move", "retire")]
    return Night(run, records, new, changed, withdrawn, scored or 0, persons, *counts)
