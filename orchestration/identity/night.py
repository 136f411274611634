"""One night: only what is new, changed or gone is compared again, and only the persons it touches are settled again.

Belongs here: what is written after comparing (compare.py), in one transaction. Does not belong here: any single step.
After every night the groups equal those of a rebuild, which compares everything again under the same model and decisions.
"""

from dataclasses import dataclass

import duckdb

from orchestration.identity.cluster import cluster
from orchestration.identity.compare import Compared
from orchestration.identity.components import label_components
from orchestration.identity.persons import settle_persons, withdraw_records
from orchestration.identity.records import KEPT, KEY_COLUMNS
from orchestration.identity.trusted import ID
from orchestration.sql import one_row


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


def run_night(con: duckdb.DuckDBPyConnection, compared: Compared) -> Night:
    """Take over what was compared and settle persons by it; standing links and decisions hold. The caller owns the transaction."""
    if compared.pairs is None:
        return _summed(con, compared.last_run)
    run = compared.last_run + 1
    _take_over(con)
    _settle(con, run, compared.model)
    _record_run(con, run, compared)
    return _summed(con, run, compared.pairs)


def _take_over(con: duckdb.DuckDBPyConnection) -> None:
    """Write what was compared. Pairs change only where their verdict does: what is written goes through the log of the database."""
    for table in ("record", "record_id"):
        con.execute(f"DELETE FROM identity.{table} WHERE record_id IN (SELECT record_id FROM difference)")
    con.execute(
        f"INSERT INTO identity.record BY NAME SELECT {', '.join(KEPT)} FROM fresh; INSERT INTO identity.record_id BY NAME FROM fresh_id"
    )
    con.execute(
        f"""INSERT INTO identity.record_key BY NAME SELECT record_id, {", ".join(KEY_COLUMNS)} FROM fresh
        WHERE record_id NOT IN (SELECT record_id FROM identity.record_key)"""
    )
    con.execute("DELETE FROM identity.pair AS p USING old_pair AS o WHERE p.a = o.a AND p.b = o.b")
    con.execute(
        """UPDATE identity.pair AS p SET rival = v.rival, kin = v.kin, why = v.why, verdict = v.verdict, standing = v.standing
        FROM verdict AS v WHERE p.a = v.a AND p.b = v.b
            AND (p.rival, p.kin, p.why, p.verdict, p.standing) IS DISTINCT FROM (v.rival, v.kin, v.why, v.verdict, v.standing)"""
    )
    con.execute(
        """INSERT INTO identity.pair BY NAME
        SELECT n.* REPLACE (v.standing AS standing), v.rival, v.kin, v.why, v.verdict FROM new_pair AS n JOIN verdict AS v USING (a, b)"""
    )
    con.execute(f"DELETE FROM identity.id_pair WHERE ({ID}) IN (SELECT ({ID}) FROM touched_id)")
    con.execute("INSERT INTO identity.id_pair BY NAME FROM new_trusted")


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
_PERSONS = "SELECT count(*) FROM identity.person WHERE status = 'active'"


def _record_run(con: duckdb.DuckDBPyConnection, run: int, compared: Compared) -> None:
    con.execute(
        f"""INSERT INTO identity.run BY NAME
        SELECT {run} AS run, now()::TIMESTAMP AS ran_at, '{compared.model}' AS model, '{compared.rules}' AS rules, d.*,
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
