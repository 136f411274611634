"""What may follow from a scored pair: a link, a look by a person, kinship, or nothing.

Belongs here: the rule that keeps siblings and twins apart, as one SQL expression over a table of pairs. Does not belong here: the
weights (model.py) or whole persons (cluster.py).
A threshold alone does not tell siblings apart: they share surname, address and often the birth date. Each side of the evidence must
speak for the pair by itself, and no other record of the same source may come close.
"""

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Thresholds:
    """In bits of match weight. `join`: a new link needs it; `keep`: a standing link falls only below it (hysteresis).
    `margin`: how far every rival must lie behind; `lone_margin`: the same where a first name or a birth date is missing.
    `namesake`: what is added to a rival that first name and birth date support too, as in twins of whom one carries the other's name.
    `review`: below it nobody needs to look (p = 0.05)."""

    join: float = 10.0
    keep: float = 4.0
    margin: float = 3.0
    lone_margin: float = 10.0
    namesake: float = 10.0
    review: float = -4.25


GUARD = Thresholds()
_NO_RIVAL = -99.0


def judge(con: duckdb.DuckDBPyConnection, pairs: str, target: str, guard: Thresholds = GUARD, *, on: bool = True) -> None:
    """Create temp table `target`: each pair of `pairs` with `rival`, `kin`, `verdict` and `why`; rival is the weight of its strongest one.

    verdict: link, review, kin, none. A rival of (a, b) is a pair of a with another record of b's roster, or of b with another of a's.
    `on` exists to show what happens without the guard: then weight alone decides.
    """
    speaks = "first_supports AND birth_supports"
    # Where a name or date is missing it says nothing; two others must then agree, none disagree, and nobody else may be near.
    others = "(address_level = 5)::INT + (middle_level = 1)::INT + (cohort_level = 2)::INT"
    corroborated = (
        f"last_equal AND {others} >= 2 AND middle_level <> 0 AND sex_level <> 0 AND cohort_level <> 0 AND NOT first_contradicts AND "
        "(first_missing <> birth_missing) AND (name_equal_enough OR birth_level = 5)"
    )
    near = f"weight + CASE WHEN {speaks} THEN {guard.namesake} ELSE 0 END"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH sides AS (
            SELECT a AS record_id, b AS other, roster_b AS side, {near} AS weight FROM {pairs}
            UNION ALL SELECT b, a, roster_a, {near} FROM {pairs}
        ), best AS (
            SELECT record_id, side, arg_max(other, weight) AS first_other, max(weight) AS first_weight
            FROM sides GROUP BY record_id, side
        ), second AS (
            SELECT s.record_id, s.side, max(s.weight) AS second_weight
            FROM sides AS s JOIN best AS t ON s.record_id = t.record_id AND s.side = t.side AND s.other <> t.first_other
            GROUP BY s.record_id, s.side
        ), rivalled AS (
            SELECT p.*,
                first_contradicts AND last_supports AND (birth_level = 5 OR address_level >= 4) AS kin,
                NOT first_missing AND first_supports AS name_equal_enough,
                greatest(
                    CASE WHEN ba.first_other = p.b THEN coalesce(sa.second_weight, {_NO_RIVAL}) ELSE ba.first_weight END,
                    CASE WHEN bb.first_other = p.a THEN coalesce(sb.second_weight, {_NO_RIVAL}) ELSE bb.first_weight END
                ) AS rival
            FROM {pairs} AS p
            JOIN best AS ba ON ba.record_id = p.a AND ba.side = p.roster_b
            JOIN best AS bb ON bb.record_id = p.b AND bb.side = p.roster_a
            LEFT JOIN second AS sa ON sa.record_id = p.a AND sa.side = p.roster_b
            LEFT JOIN second AS sb ON sb.record_id = p.b AND sb.side = p.roster_a
        )
        SELECT * EXCLUDE (name_equal_enough),
            CASE
                WHEN NOT {on} THEN CASE WHEN weight >= {guard.join} AND roster_a <> roster_b THEN 'link' ELSE 'none' END
                WHEN kin THEN 'kin'
                WHEN weight < {guard.review} THEN 'none'
                WHEN roster_a = roster_b THEN 'review'
                WHEN weight >= {guard.join} AND {speaks} AND weight - rival >= {guard.margin} THEN 'link'
                WHEN weight >= {guard.join} AND {corroborated} AND weight - rival >= {guard.lone_margin} THEN 'link'
                ELSE 'review'
            END AS verdict,
            CASE
                WHEN kin THEN 'same family, another first name'
                WHEN roster_a = roster_b THEN 'twice in one source'
                WHEN weight < {guard.join} THEN 'agreement is not strong enough'
                WHEN first_missing THEN 'a first name is missing'
                WHEN NOT first_supports THEN 'first names do not agree'
                WHEN birth_missing THEN 'a birth date is missing'
                WHEN NOT birth_supports THEN 'birth dates do not agree'
                WHEN weight - rival < {guard.margin} THEN 'another record comes close'
                ELSE 'name and birth date agree'
            END AS why
        FROM rivalled"""
    )
