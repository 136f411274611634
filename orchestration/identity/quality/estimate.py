"""How often the persons are wrong, told from the clerical sample: false links and missed ones, with intervals.

Belongs here: what the answers say of all pairs, as a whole and by group of children. Does not belong here: drawing (sample.py), the
arithmetic of intervals (interval.py), which groups there are (groups.py). Misses are not random, so a rate over all hides the groups
that carry it.
"""

from collections import defaultdict
from collections.abc import Mapping

import duckdb

from orchestration.identity.quality.interval import Stratum, stratified, wilson
from orchestration.identity.quality.sample import create_sample_tables, population

_DDL = """
CREATE OR REPLACE TABLE identity_quality.sample_band (
    band VARCHAR, is_linked BOOLEAN, pairs BIGINT, sampled BIGINT, answered BIGINT, cannot_tell BIGINT, wrong BIGINT,
    wrong_share DOUBLE, low DOUBLE, high DOUBLE);
COMMENT ON TABLE identity_quality.sample_band IS
    'One row per band of weight, linked or not: pairs looked at, and how many were found wrong (linked: two children; not linked: one).';
CREATE OR REPLACE TABLE identity_quality.error_rate (
    dimension VARCHAR, group_name VARCHAR, kind VARCHAR, pairs BIGINT, answered BIGINT, rate DOUBLE, low DOUBLE, high DOUBLE, covered DOUBLE);
COMMENT ON TABLE identity_quality.error_rate IS
    'One row per group and kind. false: share of linked pairs that are two children. missed: share of pairs of one child that are not linked. NULL until the sample has answers; covered: share of the pairs in bands with answers.';
"""  # noqa: E501


def write_estimates(con: duckdb.DuckDBPyConnection, groups: str) -> None:
    """Fill identity_quality.sample_band and error_rate from the newest sample. `groups`: record_id, dimension, group_name."""
    create_sample_tables(con)
    con.execute(_DDL)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE answered_pair AS
        SELECT a, b, band, is_linked, answer, is_linked = (answer = 'cannot-link') AS is_wrong FROM identity.clerical_answer
        WHERE sample_id = (SELECT max(sample_id) FROM identity.clerical_sample)"""
    )
    _write_bands(con)
    if not con.execute("SELECT 1 FROM answered_pair WHERE answer <> 'cannot-tell' LIMIT 1").fetchone():
        return
    population(con, "pair_now")
    strata = _strata(con, groups)
    rows = [row for group in sorted(strata) for row in _rates(*group, strata[group])]
    con.executemany("INSERT INTO identity_quality.error_rate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _write_bands(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        """SELECT s.band, s.is_linked, any_value(s.stratum_size), count(*), count(p.a) FILTER (p.answer <> 'cannot-tell'),
            count(p.a) FILTER (p.answer = 'cannot-tell'), count(p.a) FILTER (p.answer <> 'cannot-tell' AND p.is_wrong)
        FROM identity.clerical_sample AS s LEFT JOIN answered_pair AS p USING (a, b)
        WHERE s.sample_id = (SELECT max(sample_id) FROM identity.clerical_sample) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    rows = [[*row, row[6] / row[4], *wilson(row[6], row[4])] if row[4] else [*row, None, None, None] for row in found]
    if rows:
        con.executemany("INSERT INTO identity_quality.sample_band VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _strata(con: duckdb.DuckDBPyConnection, groups: str) -> Mapping[tuple[str, str], dict[bool, list[Stratum]]]:
    """Strata by group, linked or not. A pair counts in every group that one of its two records is in.

    The whole counts by the sizes at the draw; groups by today's, because a draw keeps no groups.
    """
    found: dict[tuple[str, str], dict[bool, list[Stratum]]] = defaultdict(lambda: {True: [], False: []})
    for linked, pairs, answered, wrong in con.execute(
        "SELECT is_linked, pairs, answered, wrong FROM identity_quality.sample_band ORDER BY band, is_linked"
    ).fetchall():
        found["all", "all"][linked].append(Stratum(pairs, answered, wrong))
    rows = con.execute(
        f"""WITH grouped AS (
            SELECT DISTINCT p.*, g.dimension, g.group_name FROM pair_now AS p JOIN {groups} AS g ON g.record_id IN (p.a, p.b)
        ), sampled AS (
            SELECT DISTINCT p.*, g.dimension, g.group_name FROM answered_pair AS p JOIN {groups} AS g ON g.record_id IN (p.a, p.b)
            WHERE p.answer <> 'cannot-tell'
        ), sizes AS (SELECT dimension, group_name, band, is_linked, count(*) AS pairs FROM grouped GROUP BY ALL),
        answers AS (
            SELECT dimension, group_name, band, is_linked, count(*) AS answered, count(*) FILTER (is_wrong) AS wrong
            FROM sampled GROUP BY ALL
        )
        SELECT dimension, group_name, is_linked, s.pairs, coalesce(a.answered, 0), coalesce(a.wrong, 0)
        FROM sizes AS s LEFT JOIN answers AS a USING (dimension, group_name, band, is_linked) ORDER BY ALL"""
    ).fetchall()
    for dimension, group, linked, pairs, answered, wrong in rows:
        found[dimension, group][linked].append(Stratum(pairs, answered, wrong))
    return found


def _rates(dimension: str, group: str, strata: Mapping[bool, list[Stratum]]) -> list[list[object]]:
    """The two rows of one group. Missed pairs are counted against all true ones: those linked rightly and those missed."""
    linked, apart = stratified(strata[True]), stratified(strata[False])
    held, loose = (sum(s.pairs for s in strata[side]) for side in (True, False))
    looked = [sum(s.answered for s in strata[side]) for side in (True, False)]
    false_row: list[object] = [dimension, group, "false", held, looked[0]]
    missed_row: list[object] = [dimension, group, "missed", loose, looked[1]]
    false_row += [linked.value, linked.low, linked.high, linked.covered] if linked else [None, None, None, None]
    if apart:
        right = held * (1 - (linked.value if linked else 0.0))
        missed_row += [_part(loose * share, right) for share in (apart.value, apart.low, apart.high)]
        missed_row.append(apart.covered)
    else:
        missed_row += [None, None, None, None]
    return [false_row, missed_row]


def _part(missed: float, right: float) -> float | None:
    return missed / (missed + right) if missed + right else None
