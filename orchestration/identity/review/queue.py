"""Which pairs of records a person should look at, and which record each of them is a question about.

Belongs here: SQL over schema identity. Does not belong here: names, dates or words (tasks.py, words.py).
A pair is asked while it is open: its records are two persons, neither has found its record in the other's roster, nobody has decided.
"""

import duckdb

from orchestration.identity.asked import asked_pairs

# Every so many-th decided pair, by a hash of the pair, is read by a second person.
SECOND_READER_ONE_IN = 10
# Two records of one roster are asked about from here on (bits), and only where first name and birth date both support it: without,
# they are brothers and sisters.
TWICE_BITS = 0.0
# Drawn by chance, decided before: both are asked blindly.
SAMPLE, AGAIN = "sample", "again"
# Where a pair is asked for several reasons, the first of these is told. A sampled pair looks like any other of the sample.
_REASONS = (SAMPLE, "disagree", "trusted", "conflict", "unsure", "twice", "kin")


def review_pairs(con: duckdb.DuckDBPyConnection, target: str) -> None:
    """Create temp table `target` (a, b, reason, weight, why): one row per pair that is asked."""
    asked_pairs(con, "identity.pair", "asked_pair")
    sample = f"UNION ALL SELECT a, b, '{SAMPLE}', NULL, '{SAMPLE}' FROM identity.clerical_open"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH holder AS (
            SELECT k.record_id, k.person_id, r.roster FROM identity.record_link AS k JOIN identity.record AS r USING (record_id)
            WHERE k.valid_to_run IS NULL
        ), held AS (
            SELECT DISTINCT person_id, roster FROM holder
        ), taken AS (
            SELECT d.a AS record_id, r.roster FROM identity.decision_in_force AS d JOIN identity.record AS r ON r.record_id = d.b
            WHERE d.kind = 'must-link'
            UNION SELECT d.b, r.roster FROM identity.decision_in_force AS d JOIN identity.record AS r ON r.record_id = d.a
            WHERE d.kind = 'must-link'
        ), candidate AS (
            SELECT p.a, p.b, CASE WHEN p.verdict = 'kin' THEN 'kin' WHEN p.roster_a = p.roster_b THEN 'twice' ELSE 'unsure' END AS reason,
                p.weight, p.why
            FROM asked_pair AS p
            JOIN holder AS x ON x.record_id = p.a JOIN holder AS y ON y.record_id = p.b
            LEFT JOIN held AS there ON there.person_id = x.person_id AND there.roster = p.roster_b
            LEFT JOIN held AS here ON here.person_id = y.person_id AND here.roster = p.roster_a
            WHERE CASE WHEN p.roster_a = p.roster_b THEN p.first_supports AND p.birth_supports AND p.weight >= {TWICE_BITS}
                ELSE there.person_id IS NULL AND here.person_id IS NULL END
            UNION ALL SELECT a, b, 'trusted', NULL, why FROM identity.trusted_pair WHERE verdict = 'review'
            UNION ALL SELECT a, b, 'conflict', weight, why FROM identity.conflict
            UNION ALL SELECT a, b, 'disagree', NULL, 'disagree' FROM identity.decision
            WHERE withdrawn_at IS NOT NULL AND second_outcome <> kind
            {sample if _exists(con, "clerical_open") else ""}
        )
        SELECT a, b, arg_min(s.reason, {_rank("s.reason")}) AS reason, max(coalesce(s.weight, p.weight)) AS weight,
            arg_min(s.why, {_rank("s.reason")}) AS why
        FROM candidate AS s JOIN holder AS x ON x.record_id = s.a JOIN holder AS y ON y.record_id = s.b
        LEFT JOIN identity.pair AS p USING (a, b)
        WHERE (x.person_id <> y.person_id OR s.reason IN ('{SAMPLE}', 'disagree'))
            AND NOT EXISTS (FROM identity.decision AS d WHERE d.a = s.a AND d.b = s.b AND d.withdrawn_at IS NULL)
            AND (s.a, y.roster) NOT IN (FROM taken) AND (s.b, x.roster) NOT IN (FROM taken)
        GROUP BY a, b"""
    )


def second_readings(con: duckdb.DuckDBPyConnection, reader: str | None, target: str) -> None:
    """Create temp table `target` (columns of review_pairs): decided pairs that wait for a second reader other than the first.

    `reader` None: all of them.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        SELECT d.a, d.b, '{AGAIN}' AS reason, p.weight, coalesce(p.why, '{AGAIN}') AS why
        FROM identity.decision AS d
        JOIN identity.record AS x ON x.record_id = d.a JOIN identity.record AS y ON y.record_id = d.b
        LEFT JOIN identity.pair AS p ON p.a = d.a AND p.b = d.b
        WHERE d.withdrawn_at IS NULL AND {is_chosen("d.a", "d.b")}
            AND ($reader IS NULL OR lower(trim(d.decided_by)) <> lower(trim($reader)))
            AND NOT EXISTS (FROM identity.decision AS e WHERE e.a = d.a AND e.b = d.b AND e.second_outcome IS NOT NULL)""",
        {"reader": reader},
    )


def is_chosen(a: str, b: str) -> str:
    """SQL: this pair gets a second reader. By hash, so that nobody, and no order of work, chooses."""
    return f"md5_number_lower({a}::VARCHAR || '-' || {b}::VARCHAR) % {SECOND_READER_ONE_IN} = 0"


def review_tasks(con: duckdb.DuckDBPyConnection, pairs: str, target: str) -> None:
    """Create temp table `target`: `pairs` with `owner`, the record the question is about, and `task`, one value a task.

    The owner is the record with more pairs in other lists, so that tasks are few. A sampled pair is a task of its own.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH side AS (SELECT a AS record_id, reason FROM {pairs} UNION ALL SELECT b, reason FROM {pairs}),
            degree AS (SELECT record_id, count(*) FILTER (reason <> 'twice') AS n FROM side GROUP BY 1)
        SELECT p.*, CASE WHEN x.n > y.n OR (x.n = y.n AND p.a < p.b) THEN p.a ELSE p.b END AS owner,
            CASE WHEN p.reason = '{SAMPLE}' THEN p.a || '-' || p.b ELSE owner::VARCHAR END AS task
        FROM {pairs} AS p JOIN degree AS x ON x.record_id = p.a JOIN degree AS y ON y.record_id = p.b"""
    )


def _rank(reason: str) -> str:
    return f"CASE {reason} {' '.join(f'WHEN {chr(39)}{name}{chr(39)} THEN {place}' for place, name in enumerate(_REASONS))} END"


def is_ready(con: duckdb.DuckDBPyConnection) -> bool:
    """False before the first refresh has made records."""
    return _exists(con, "record_link") and _exists(con, "decision")


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Table or view."""
    query = "SELECT 1 FROM information_schema.tables WHERE table_schema = 'identity' AND table_name = $table"
    return con.execute(query, {"table": table}).fetchone() is not None
