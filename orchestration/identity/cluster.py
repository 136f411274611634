"""From accepted edges to groups of records that are one person each.

Belongs here: which groups cannot be one person, and what is left when the weakest edges of such a group go.
Does not belong here: accepting an edge (guard.py, trusted.py), keys of persons (persons.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from orchestration.identity.components import label_components

# Strength of tiers when a group has to fall apart: decisions first, then ids, equal records, scores.
_TIER_ORDER = {9: 0, 0: 1, 1: 2, 2: 3}


@dataclass
class _Group:
    """Records joined so far, with what may stand in one person only once."""

    records: set[int]
    rosters: dict[str, int]
    ids: dict[tuple[str, str], set[str]] = field(default_factory=dict)


def cluster(con: duckdb.DuckDBPyConnection, nodes: str, edges: str, apart: str, target: str, unused: str) -> None:
    """Create temp tables `target` (record_id, label) and `unused` (a, b, tier, weight, why).

    `nodes`: record_id, roster, place in it (records that one source itself calls one child share a place); `edges`: a, b, tier, weight;
    `apart`: a, b, why of records that may not be one person (cannot-link, kin, id in conflict). Groups that hold together are taken as
    they are, inside DuckDB; only the others are taken apart here.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE cluster_edge AS SELECT a, b FROM {edges}")
    label_components(con, edges="cluster_edge", labels="cluster_label")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        SELECT n.record_id, coalesce(c.label, n.record_id) AS label
        FROM {nodes} AS n LEFT JOIN cluster_label AS c ON n.record_id = c.node"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE broken_label AS
        SELECT label FROM {target} JOIN {nodes} USING (record_id)
            GROUP BY label HAVING count(DISTINCT (roster, place)) > count(DISTINCT roster)
        UNION SELECT x.label FROM {apart} AS t JOIN {target} AS x ON t.a = x.record_id JOIN {target} AS y ON t.b = y.record_id
            WHERE x.label = y.label
        UNION SELECT label FROM {target} JOIN identity.record_id AS i USING (record_id) WHERE i.is_shared
            GROUP BY label, i.student_id_issuer, i.student_id_system HAVING count(DISTINCT i.student_id) > 1"""
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {unused} (a UBIGINT, b UBIGINT, tier TINYINT, weight DOUBLE, why VARCHAR)")
    _take_apart(con, nodes, edges, apart, target, unused)


def _take_apart(con: duckdb.DuckDBPyConnection, nodes: str, edges: str, apart: str, target: str, unused: str) -> None:
    """Join the edges of broken groups one by one, strongest first, as long as the result can be one person."""
    rows = con.execute(
        f"""SELECT t.label, e.a, e.b, e.tier, e.weight FROM {edges} AS e JOIN {target} AS t ON e.a = t.record_id
        WHERE t.label IN (SELECT label FROM broken_label)"""
    ).fetchall()
    if not rows:
        return
    members = con.execute(
        f"""SELECT t.record_id, n.roster, n.place FROM {target} AS t JOIN {nodes} AS n USING (record_id)
        WHERE t.label IN (SELECT label FROM broken_label)"""
    ).fetchall()
    ids = con.execute(
        f"""SELECT t.record_id, i.student_id_issuer, i.student_id_system, i.student_id FROM {target} AS t
        JOIN identity.record_id AS i USING (record_id) WHERE i.is_shared AND t.label IN (SELECT label FROM broken_label)"""
    ).fetchall()
    forbidden = {
        frozenset((a, b)): why
        for a, b, why in con.execute(
            f"""SELECT p.a, p.b, p.why FROM {apart} AS p JOIN {target} AS t ON p.a = t.record_id
            WHERE t.label IN (SELECT label FROM broken_label)"""
        ).fetchall()
    }
    groups = {record: _Group({record}, {roster: place}) for record, roster, place in members}
    for record, issuer, system, value in ids:
        groups[record].ids.setdefault((issuer, system), set()).add(value)
    dropped: list[tuple[int, int, int, float, str]] = []
    for _, a, b, tier, weight in sorted(rows, key=lambda row: (_TIER_ORDER[row[3]], -(row[4] or 0), row[1], row[2])):
        left, right = groups[a], groups[b]
        if left is right:
            continue
        why = None if tier == 9 else _against(left, right, forbidden)
        if why is not None:
            dropped.append((a, b, tier, weight, why))
            continue
        _join(groups, left, right)
    labels = {record: min(group.records) for record, group in groups.items()}
    _write(con, target, unused, labels, dropped)


def _against(left: _Group, right: _Group, forbidden: dict[frozenset[int], str]) -> str | None:
    """Why the two groups cannot be one person; None where they can."""
    if any(right.rosters.get(roster, place) != place for roster, place in left.rosters.items()):
        return "two records of one source"
    for system, values in left.ids.items():
        if len(values | right.ids.get(system, values)) > 1:
            return "two ids of one shared system"
    small, large = sorted((left.records, right.records), key=len)
    pairs: Iterable[frozenset[int]] = (frozenset((x, y)) for x in small for y in large)
    return next((forbidden[pair] for pair in pairs if pair in forbidden), None)


def _join(groups: dict[int, _Group], left: _Group, right: _Group) -> None:
    left.records |= right.records
    left.rosters |= right.rosters
    for system, values in right.ids.items():
        left.ids.setdefault(system, set()).update(values)
    for record in right.records:
        groups[record] = left


def _write(
    con: duckdb.DuckDBPyConnection, target: str, unused: str, labels: dict[int, int], dropped: list[tuple[int, int, int, float, str]]
) -> None:
    for start in range(0, len(dropped), 1000):
        con.executemany(f"INSERT INTO {unused} VALUES (?, ?, ?, ?, ?)", dropped[start : start + 1000])
    con.execute("CREATE OR REPLACE TEMP TABLE new_label (record_id UBIGINT, label UBIGINT)")
    con.execute(
        "INSERT INTO new_label SELECT unnest(CAST($records AS UBIGINT[])), unnest(CAST($labels AS UBIGINT[]))",
        {"records": list(labels), "labels": list(labels.values())},
    )
    con.execute(f"UPDATE {target} AS t SET label = n.label FROM new_label AS n WHERE t.record_id = n.record_id")
