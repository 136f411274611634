"""Components of arbitrary graphs, against a union-find; and the same through identity, run after run.

Does not belong here: what an id is (test_identity.py).
"""

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.identity import assign_person_keys
from orchestration.identity.components import label_components
from orchestration.identity.ids import feeds_with_students

Edges = list[tuple[int, int]]
NODES = st.integers(0, 25)
EDGES = st.lists(st.tuples(NODES, NODES), max_size=40)
ISSUERS = ("district-a", "district-b")


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


@settings(max_examples=25, deadline=None)
@given(st.lists(EDGES, min_size=1, max_size=3))
def test_persons_are_the_components_in_every_run(runs: list[Edges]) -> None:
    """Both issuers send the same numbers and links: each has its own persons, and known ids keep theirs unless linked anew."""
    with duckdb.connect() as con:
        con.execute("create schema staging; create schema governance")
        con.execute("create table governance.id_system (source text, student_id_system text, issuer text, is_shared boolean)")
        for feed in feeds_with_students():
            linked = ", linked_student_id text, linked_student_id_system text, party_id text, source text" if feed == "student" else ""
            con.execute(f"create table staging.stg_{feed} (student_id_issuer text, student_id_system text, student_id text{linked})")
        sent: Edges = []
        before: dict[tuple[str, int], str] = {}
        for edges in runs:
            sent += edges
            for issuer in ISSUERS:
                rows = [[issuer, "local", str(a), str(b), "local", issuer, issuer] for a, b in edges]
                if rows:
                    con.executemany("insert into staging.stg_student values (?, ?, ?, ?, ?, ?, ?)", rows)
            assign_person_keys(con)
            found = con.execute("select student_id_issuer, cast(student_id as int), person_id from identity.person_key").fetchall()
            who = {(issuer, number): person for issuer, number, person in found}
            component = smallest_of_component(sent)
            groups = {(issuer, component[number]): person for (issuer, number), person in who.items()}
            assert all(who[issuer, number] == groups[issuer, low] for issuer in ISSUERS for number, low in component.items())
            assert len(set(groups.values())) == len(groups) == 2 * len(set(component.values()))
            redirect = dict(con.execute("select person_id, merged_into from identity.person_redirect").fetchall())
            assert all(who[key] == redirect.get(person, person) for key, person in before.items())
            before = who
