"""The person behind every id.

Belongs here: giving each group of linked ids one `person_id` that never changes its meaning.
Does not belong here: finding links (ids.py reads those of contracts; matching across sources adds its own).
"""

from dataclasses import dataclass

import duckdb

from orchestration.identity.components import label_components
from orchestration.identity.ids import collect_ids, refresh_contract_links
from orchestration.identity.tables import ID_COLUMNS, create_identity_tables

_SAME_ID = " and ".join(f"known.{column} = {{other}}.{column}" for column in ID_COLUMNS)
_SAME_LINKED_ID = " and ".join(f"linked.{column} = crosswalk.linked_{column}" for column in ID_COLUMNS)


@dataclass(frozen=True)
class IdentityResult:
    """What one run did, in counts; never an id."""

    ids: int
    new_ids: int
    links: int
    persons: int
    new_persons: int
    merged_persons: int


def assign_person_keys(con: duckdb.DuckDBPyConnection) -> IdentityResult:
    """Bring `identity.person_key` up to date with staging, all in one transaction.

    A person_id is minted once, at random, and kept: a second run changes nothing. Where new links join two persons the
    older one stays and the younger is redirected to it. Where a link is withdrawn, the larger part keeps the person.
    """
    con.begin()
    try:
        create_identity_tables(con)
        before = _count(con, "identity.person_key"), _count(con, "identity.person"), _count(con, "identity.person_redirect")
        links = refresh_contract_links(con)
        collect_ids(con)
        _group_ids(con)
        _choose_persons(con)
        _redirect_merged(con)
        _write_keys(con)
        row = con.execute("select count(*), count(distinct person_id) from identity.person_key").fetchone()
        ids, persons = (int(row[0]), int(row[1])) if row else (0, 0)
        result = IdentityResult(
            ids=ids,
            new_ids=ids - before[0],
            links=links,
            persons=persons,
            new_persons=_count(con, "identity.person") - before[1],
            merged_persons=_count(con, "identity.person_redirect") - before[2],
        )
        con.commit()
    except BaseException:
        con.rollback()
        raise
    return result


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def _group_ids(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table `grouped`: every known id, its group of linked ids and the person it had so far."""
    con.execute(f"""
        create or replace temp table id_link as
        select known.node as a, linked.node as b
        from identity.crosswalk as crosswalk
        inner join known_id as known on {_SAME_ID.format(other="crosswalk")}
        inner join known_id as linked on {_SAME_LINKED_ID}
    """)
    label_components(con, edges="id_link", labels="id_label")
    con.execute(f"""
        create or replace temp table grouped as
        select known.*, coalesce(id_label.label, known.node) as id_group, held.person_id
        from known_id as known
        left join id_label on known.node = id_label.node
        left join identity.person_key as held on {_SAME_ID.format(other="held")}
    """)


def _choose_persons(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table `chosen`: one person per group, the oldest it holds or a new one."""
    con.execute("""
        create or replace temp table chosen as
        with holding as (
            -- A person whose ids now stand in several groups stays with the group that has most of them.
            select
                id_group, person_id,
                row_number() over (partition by person_id order by count(*) desc, id_group) as place
            from grouped
            where person_id is not null
            group by id_group, person_id
        ),

        oldest as (
            select
                holding.id_group, holding.person_id,
                row_number() over (partition by holding.id_group order by person.minted_in, person.person_id) as place
            from holding
            inner join identity.person as person on holding.person_id = person.person_id
            where holding.place = 1
        ),

        id_groups as (select distinct id_group from grouped)

        select
            id_groups.id_group,
            coalesce(oldest.person_id, cast(uuid() as varchar)) as person_id,
            oldest.person_id is null as is_new
        from id_groups
        left join oldest on id_groups.id_group = oldest.id_group and oldest.place = 1
    """)
    con.execute("""
        insert into identity.person
        select person_id, (select coalesce(max(minted_in), 0) + 1 from identity.person)
        from chosen
        where is_new
    """)


def _redirect_merged(con: duckdb.DuckDBPyConnection) -> None:
    """Persons that no group kept now lead to the person that their ids went to; so do those that led to them."""
    con.execute("""
        create or replace temp table merged as
        select grouped.person_id, min(chosen.person_id) as merged_into
        from grouped
        inner join chosen on grouped.id_group = chosen.id_group
        where grouped.person_id is not null and grouped.person_id not in (select person_id from chosen)
        group by grouped.person_id
    """)
    con.execute("""
        update identity.person_redirect as redirect set merged_into = merged.merged_into
        from merged
        where redirect.merged_into = merged.person_id
    """)
    con.execute("insert into identity.person_redirect select person_id, merged_into from merged")


def _write_keys(con: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"grouped.{column}" for column in ID_COLUMNS)
    con.execute(f"""
        create or replace table identity.person_key as
        select {columns}, chosen.person_id
        from grouped
        inner join chosen on grouped.id_group = chosen.id_group
    """)
