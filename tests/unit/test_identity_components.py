"""Components of arbitrary graphs, against a union-find.

Does not belong here: persons (test_identity_nights.py).
"""

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.identity.components import label_components

Edges = list[tuple[int, int]]
NODES = st.integers(0, 25)
EDGES = st.lists(st.tuples(NODES, NODES), max_size=40)


def smallest_of_component(edges: Edges) -> dict[int, int]:
    """Union-find: the smallest node of the component of every node that has an edge."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for a, b in edges:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {node: root(node) for node in parent}


@settings(max_examples=60, deadline=None)
@given(EDGES)
def test_labels_are_those_of_a_union_find(edges: Edges) -> None:
    with duckdb.connect() as con:
        con.execute("create temp table edge (a bigint, b bigint)")
        if edges:
            con.executemany("insert into edge values (?, ?)", [list(edge) for edge in edges])
        label_components(con, edges="edge", labels="label")
        assert dict(con.execute("select node, label from label").fetchall()) == smallest_of_component(edges)


def test_a_long_chain_takes_few_rounds() -> None:
    with duckdb.connect() as con:
        con.execute("create temp table edge as select range as a, range + 1 as b from range(5000)")
        label_components(con, edges="edge", labels="label")
        assert con.execute("select min(label), max(label), count(*) from label").fetchone() == (0, 0, 5001)
