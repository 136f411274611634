"""Connected components of a graph, inside DuckDB.

Belongs here: graphs of numbers. Does not belong here: what a node stands for.
"""

import duckdb


def label_components(con: duckdb.DuckDBPyConnection, edges: str, labels: str) -> None:
    """Create temp table `labels` (node, label): the smallest node of its component, for every node that has an edge.

    `edges` is a table (a, b). Each round a node takes the smallest label around it and then the label of that label,
    so that a chain of n nodes needs about log n rounds.
    """
    con.execute(f"""
        create or replace temp table {edges}_both as
        select a as node, b as neighbour from {edges}
        union
        select b, a from {edges}
        union
        select a, a from {edges}
        union
        select b, b from {edges}
    """)
    con.execute(f"create or replace temp table {labels} as select distinct node, node as label from {edges}_both")
    while _spread(con, f"{edges}_both", labels):
        pass
    con.execute(f"drop table {edges}_both")


def _spread(con: duckdb.DuckDBPyConnection, both: str, labels: str) -> bool:
    """One round; true while a label still changes."""
    con.execute(f"""
        create or replace temp table {labels}_next as
        with nearest as (
            select edge.node, min(around.label) as label
            from {both} as edge
            inner join {labels} as around on edge.neighbour = around.node
            group by edge.node
        )
        select nearest.node, least(nearest.label, beyond.label) as label
        from nearest
        inner join nearest as beyond on nearest.label = beyond.node
    """)
    row = con.execute(f"""
        select count(*) from {labels} as old inner join {labels}_next as new on old.node = new.node
        where old.label <> new.label
    """).fetchone()
    con.execute(f"drop table {labels}")
    con.execute(f"alter table {labels}_next rename to {labels}")
    return bool(row and row[0])
