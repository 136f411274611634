"""What a night has to look at: records that are new, changed or gone, how the fresh ones compare with all others, what follows for pairs.

Belongs here: the order of finding differences, scoring and judging, in temp tables alone. Does not belong here: persons (night.py).
No transaction may be open: what a transaction has written itself DuckDB reads with one core, and comparing is most of a night's work.
"""

import hashlib
from dataclasses import dataclass

import duckdb

from orchestration.identity.blocking import BLOCKING_RULES
from orchestration.identity.comparisons import BIRTH_SUPPORTS, COMPARISONS, FIRST_CONTRADICTS, sides
from orchestration.identity.guard import GUARD, Thresholds
from orchestration.identity.model import Model
from orchestration.identity.score import Scorer
from orchestration.identity.tables import create_identity_tables
from orchestration.identity.verdicts import judge_touched, renew_trusted
from orchestration.sql import one_row

_CARRIED = "SELECT record_id, hash(student_id_issuer, student_id_system, student_id, is_shared) AS id"


@dataclass(frozen=True)
class Compared:
    """`rules` stands for all beside the model that decides about pairs. `pairs`: how many were scored; None where nothing differs and no
    decision waits.

    Temp tables hold the rest: difference (record_id, is_new, is_gone), other_child (records that became another child's), fresh and
    fresh_id (new and changed records and their ids), and those of verdicts.py."""

    last_run: int
    model: str
    rules: str
    pairs: int | None


def compare_records(
    con: duckdb.DuckDBPyConnection, incoming: str, incoming_ids: str, model: Model, frequencies: str, *,
    recycled: str = "identity.recycled_id", guard: Thresholds = GUARD, everything: bool = False,
) -> Compared:  # fmt: skip
    """Compare the records of table `incoming` (records.py) and their ids (`incoming_ids`: identity.record_id's columns) with those held.

    `recycled`: records whose rows speak of two children. `everything`: score all records again, as a rebuild does; so does another model
    or another rule.
    """
    create_identity_tables(con)
    last, scored_by, ruled_by = one_row(con, "SELECT coalesce(max(run), 0), arg_max(model, run), arg_max(rules, run) FROM identity.run")
    rules = hashlib.sha256(repr((COMPARISONS, BLOCKING_RULES, guard)).encode()).hexdigest()[:12]
    everything = everything or (scored_by, ruled_by) != (model.version, rules)
    _find_differences(con, incoming, incoming_ids, everything=everything)
    pairs: int | None = None
    if everything or _anything_to_do(con):
        pairs = _score_fresh(con, incoming, incoming_ids, Scorer(con, model, frequencies))
        judge_touched(con, recycled, model.version, guard)
        renew_trusted(con, incoming, incoming_ids, recycled)
    return Compared(int(last), model.version, rules, pairs)


def _anything_to_do(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(one_row(con, "SELECT (SELECT count(*) FROM difference) + (SELECT count(*) FROM identity.decision WHERE NOT settled)")[0])


def _find_differences(con: duckdb.DuckDBPyConnection, incoming: str, incoming_ids: str, *, everything: bool) -> None:
    """By content of the record and the ids it carries."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE id_change AS
        WITH now AS ({_CARRIED} FROM {incoming_ids}), before AS ({_CARRIED} FROM identity.record_id)
        SELECT record_id FROM now ANTI JOIN before USING (record_id, id)
        UNION SELECT record_id FROM before ANTI JOIN now USING (record_id, id)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE difference AS
        SELECT coalesce(n.record_id, o.record_id) AS record_id, o.record_id IS NULL AS is_new, n.record_id IS NULL AS is_gone
        FROM {incoming} AS n FULL JOIN identity.record AS o ON n.record_id = o.record_id
        WHERE {everything} OR n.content_hash IS DISTINCT FROM o.content_hash OR n.record_id IN (FROM id_change)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE other_child AS
        SELECT record_id FROM (FROM difference WHERE NOT is_new AND NOT is_gone)
        JOIN identity.record AS l USING (record_id) JOIN {incoming} AS r USING (record_id)
        WHERE l.content_hash <> r.content_hash AND {sides(FIRST_CONTRADICTS)} AND l.birth IS NOT NULL AND r.birth IS NOT NULL
            AND NOT {sides(BIRTH_SUPPORTS)}"""
    )


def _score_fresh(con: duckdb.DuckDBPyConnection, incoming: str, incoming_ids: str, scorer: Scorer) -> int:
    """Temp tables fresh, fresh_id and fresh_pair: all pairs of the fresh records among themselves and with the others."""
    fresh, every = one_row(con, f"SELECT (SELECT count(*) FROM difference WHERE NOT is_gone), (SELECT count(*) FROM {incoming})")
    where = "record_id IN (SELECT record_id FROM difference WHERE NOT is_gone)"
    con.execute(f"CREATE OR REPLACE TEMP TABLE fresh_id AS SELECT * FROM {incoming_ids} WHERE {where}")
    if fresh == 0:
        # Only withdrawals or decisions: nothing to compare.
        con.execute(f"CREATE OR REPLACE TEMP VIEW fresh AS FROM {incoming} LIMIT 0")
        scored = "SELECT * EXCLUDE (rival, kin, verdict, why, standing, model) FROM identity.pair LIMIT 0"
        con.execute(f"CREATE OR REPLACE TEMP TABLE fresh_pair AS {scored}")
    elif fresh == every:
        con.execute(f"CREATE OR REPLACE TEMP VIEW fresh AS FROM {incoming}")
        scorer.all_pairs(incoming, "fresh_pair")
    else:
        con.execute(f"CREATE OR REPLACE TEMP TABLE fresh_record AS SELECT * FROM {incoming} WHERE {where}")
        con.execute("CREATE OR REPLACE TEMP VIEW fresh AS FROM fresh_record")
        scorer.new_pairs("fresh_record", incoming, "fresh_pair")
    return int(one_row(con, "SELECT count(*) FROM fresh_pair")[0])
