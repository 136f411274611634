"""Which ids exist and which of them a contract says belong together.

Belongs here: reading ids out of staging. Does not belong here: what follows from them (components.py, keys.py).
"""

import duckdb

from orchestration.feeds import FEEDS
from orchestration.identity.tables import ID_COLUMNS

_IDS = ", ".join(ID_COLUMNS)

# The second id of a student row has its own system, and so its own issuer.
_LINKS = """
    select distinct
        students.student_id_issuer, students.student_id_system, students.student_id,
        coalesce(systems.issuer, students.party_id) as linked_student_id_issuer,
        students.linked_student_id_system,
        students.linked_student_id,
        'contract' as why,
        students.source
    from staging.stg_student as students
    left join governance.id_system as systems
        on students.source = systems.source and students.linked_student_id_system = systems.student_id_system
    where students.linked_student_id is not null and students.linked_student_id_system is not null
"""


def feeds_with_students() -> list[str]:
    """Names of the feeds whose rows are about one student."""
    return [feed.name for feed in FEEDS.values() if "student_id" in feed.by_name]


def refresh_contract_links(con: duckdb.DuckDBPyConnection) -> int:
    """Replace the links that come from contracts; links found in other ways stay. Returns how many there are."""
    con.execute("delete from identity.crosswalk where why = 'contract'")
    con.execute(f"insert into identity.crosswalk by name {_LINKS}")
    row = con.execute("select count(*) from identity.crosswalk where why = 'contract'").fetchone()
    return int(row[0]) if row else 0


def collect_ids(con: duckdb.DuckDBPyConnection) -> None:
    """Fill temp table `known_id`: every id of staging, of the crosswalk and of earlier refreshes, numbered."""
    seen = [f"select distinct {_IDS} from staging.stg_{feed}" for feed in feeds_with_students()]
    linked = ", ".join(f"linked_{column} as {column}" for column in ID_COLUMNS)
    kept = [
        f"select {_IDS} from identity.person_key",
        f"select {_IDS} from identity.crosswalk",
        f"select {linked} from identity.crosswalk",
    ]
    con.execute(f"""
        create or replace temp table known_id as
        select row_number() over (order by {_IDS}) as node, {_IDS}
        from ({" union ".join(seen + kept)}) as ids
    """)
