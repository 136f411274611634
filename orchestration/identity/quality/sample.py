"""The clerical sample: pairs of records drawn from every band of weight, linked or not, for people to look at without knowing which.

Belongs here: drawing, and which pairs of a sample still wait. Does not belong here: asking (review), decisions (decisions.py), what
the answers say (estimate.py). The answers are ordinary decisions, so an answer also mends what it finds wrong.
"""

from itertools import pairwise

import duckdb

from orchestration.identity.guard import GUARD
from orchestration.sql import one_row

PER_STRATUM = 25
# Bounds of the bands in bits: the cut of the queue and the one of links among them, so that both sides of each are looked at.
BOUNDS = (GUARD.review, 0.0, 5.0, GUARD.join, 15.0, 20.0)

_DDL = """
create schema if not exists identity;
-- One row per pair of a sample, a < b; is_linked and stratum_size as of the draw, ordinal the order in which it is shown.
create table if not exists identity.clerical_sample (
    sample_id bigint, drawn_in_run bigint, a ubigint, b ubigint, band varchar, is_linked boolean, stratum_size bigint, ordinal bigint);
-- An answer is a decision on the pair, or one that says with which other record of the same roster it belongs.
create or replace view identity.clerical_answer as
    with decided as (
        select d.a, d.b, d.kind, d.decided_at, x.roster as roster_a, y.roster as roster_b from identity.decision as d
        join identity.record as x on x.record_id = d.a join identity.record as y on y.record_id = d.b where d.withdrawn_at is null
    ), told as (
        select s.sample_id, s.a, s.b, d.kind, d.decided_at from identity.clerical_sample as s join decided as d using (a, b)
        union all
        select s.sample_id, s.a, s.b, 'cannot-link', d.decided_at from identity.clerical_sample as s
        join identity.record as x on x.record_id = s.a join identity.record as y on y.record_id = s.b
        join decided as d on d.kind = 'must-link' and (
            (d.a = s.a and d.b <> s.b and d.roster_b = y.roster) or (d.b = s.a and d.a <> s.b and d.roster_a = y.roster)
            or (d.a = s.b and d.b <> s.a and d.roster_b = x.roster) or (d.b = s.b and d.a <> s.a and d.roster_a = x.roster))
    )
    select s.*, t.answer from identity.clerical_sample as s
    join (select sample_id, a, b, arg_max(kind, decided_at) as answer from told group by sample_id, a, b) as t using (sample_id, a, b);
create or replace view identity.clerical_open as
    select s.sample_id, s.a, s.b, s.ordinal from identity.clerical_sample as s
    anti join identity.clerical_answer as t on s.sample_id = t.sample_id and s.a = t.a and s.b = t.b
    where s.a in (select record_id from identity.record) and s.b in (select record_id from identity.record);
"""


def create_sample_tables(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(_DDL)


def draw_sample(con: duckdb.DuckDBPyConnection, per_stratum: int = PER_STRATUM) -> int:
    """Draw a new sample; returns its pairs, 0 while an older one still waits for answers.

    By a hash of the pair and the run: repeatable, and nobody can choose which pairs come.
    """
    create_sample_tables(con)
    if one_row(con, "SELECT count(*) FROM identity.clerical_open")[0]:
        return 0
    population(con, "sampled_population")
    sample, run = one_row(
        con,
        """SELECT (SELECT coalesce(max(sample_id), 0) + 1 FROM identity.clerical_sample),
            (SELECT coalesce(max(run), 0) FROM identity.run)""",
    )
    con.execute(
        f"""INSERT INTO identity.clerical_sample
        WITH drawn AS (
            SELECT *, count(*) OVER stratum AS stratum_size, row_number() OVER (stratum ORDER BY hash(a, b, {run}), a, b) AS place
            FROM sampled_population WINDOW stratum AS (PARTITION BY band, is_linked)
        )
        SELECT {sample}, {run}, a, b, band, is_linked, stratum_size, row_number() OVER (ORDER BY hash(b, a), a, b) AS ordinal
        FROM drawn WHERE place <= {int(per_stratum)}"""
    )
    newest = "sample_id = (SELECT max(sample_id) FROM identity.clerical_sample)"
    return int(one_row(con, f"SELECT count(*) FROM identity.clerical_sample WHERE {newest}")[0])


def population(con: duckdb.DuckDBPyConnection, target: str) -> None:
    """Create temp table `target` (a, b, band, is_linked): all pairs of one person, and all scored pairs of two, of different rosters.

    Records without name and birth date are left out: nobody could say anything about them.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH held AS (
            SELECT k.record_id, k.person_id, r.roster FROM identity.record_link AS k JOIN identity.record AS r USING (record_id)
            WHERE k.valid_to_run IS NULL AND coalesce(r.first_name, r.last_name, r.birth) IS NOT NULL
        ), linked AS (
            SELECT x.record_id AS a, y.record_id AS b FROM held AS x JOIN held AS y
                ON x.person_id = y.person_id AND x.record_id < y.record_id AND x.roster <> y.roster
        )
        SELECT l.a, l.b, {band("p.weight")} AS band, true AS is_linked
        FROM linked AS l LEFT JOIN identity.pair AS p ON l.a = p.a AND l.b = p.b
        UNION ALL
        SELECT p.a, p.b, {band("p.weight")}, false FROM identity.pair AS p
        JOIN held AS x ON x.record_id = p.a JOIN held AS y ON y.record_id = p.b
        WHERE p.roster_a <> p.roster_b AND x.person_id <> y.person_id"""
    )


def band(weight: str) -> str:
    """SQL of the band a weight lies in; pairs held together by an id or over a third record may have none."""
    whens = [f"WHEN {weight} IS NULL THEN 'no score'", f"WHEN {weight} < {BOUNDS[0]} THEN 'below {BOUNDS[0]:g}'"]
    whens += [f"WHEN {weight} < {high} THEN '{low:g} to {high:g}'" for low, high in pairwise(BOUNDS)]
    return f"CASE {' '.join(whens)} ELSE '{BOUNDS[-1]:g} and more' END"
