"""Ids that several sources share: strong evidence, never trusted blindly.

Belongs here: which records share an id, and whether their names or birth dates let that mean one child.
Does not belong here: likeness of names (comparisons.py).
An id gets mistyped, handed to the next child, or stands on everybody: two records that share it are linked when first name or birth
date supports it, or when they have nothing to compare and nobody else claims the id; otherwise a person looks.
"""

import duckdb

from orchestration.identity.comparisons import BIRTH_SUPPORTS, FIRST_SUPPORTS, LAST_SUPPORTS, sides

# More different children than this under one id of one source, and the id means nothing there.
CHILDREN_PER_ID = 3
ID = "student_id_issuer, student_id_system, student_id"


def id_pairs(con: duckdb.DuckDBPyConnection, records: str, ids: str, target: str, recycled: str) -> None:
    """Create temp table `target` (columns of identity.id_pair): pairs of `records` that share an id of `ids`.

    `ids` must hold every carrier of each of its ids. Ids are shared where a contract says so, or where two sources name the same
    issuer and system. `recycled`: a table of records whose ids were given to two children.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE carrier AS
        SELECT record_id, source, first_name, preferred_name, nickname_of, last_name, last_parts, birth,
            record_id IN (SELECT record_id FROM {recycled}) AS recycled
        FROM {records} WHERE record_id IN (SELECT record_id FROM {ids})"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE crowded_id AS
        SELECT DISTINCT i.{ID.replace(", ", ", i.")}
        FROM {ids} AS i JOIN carrier AS r USING (record_id)
        GROUP BY i.{ID.replace(", ", ", i.")}, r.source
        HAVING count(DISTINCT CASE WHEN r.first_name IS NULL AND r.birth IS NULL THEN r.record_id::VARCHAR
            ELSE coalesce(r.first_name, '') || '|' || coalesce(r.birth, '') END) > {CHILDREN_PER_ID}"""
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE usable_id AS SELECT DISTINCT record_id, {ID} FROM {ids} ANTI JOIN crowded_id USING ({ID})")
    # One with a name and no date beside one with a date and no name: nothing to compare is no contradiction.
    nameless = "(l.first_name IS NULL OR r.first_name IS NULL) AND (l.birth IS NULL OR r.birth IS NULL)"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH shared AS (
            SELECT x.record_id AS a, y.record_id AS b, {ID}
            FROM usable_id AS x JOIN usable_id AS y USING ({ID}) WHERE x.record_id < y.record_id
        ), looked AS (
            SELECT s.*, l.source = r.source AS one_source, l.recycled OR r.recycled AS recycled,
                {sides(FIRST_SUPPORTS)} AND ({sides(LAST_SUPPORTS)} OR l.last_name IS NULL OR r.last_name IS NULL) AS name_speaks,
                {sides(FIRST_SUPPORTS)} AS first_speaks, {sides(BIRTH_SUPPORTS)} AS birth_speaks, ({nameless}) AS nameless
            FROM shared AS s JOIN carrier AS l ON l.record_id = s.a JOIN carrier AS r ON r.record_id = s.b
        ), divided AS (
            SELECT DISTINCT {ID}, true AS is_divided FROM looked
            WHERE recycled OR NOT (name_speaks OR first_speaks OR birth_speaks OR nameless)
        )
        SELECT a, b, {ID},
            CASE WHEN nameless AND one_source THEN 'link' WHEN recycled THEN 'review'
                WHEN name_speaks OR first_speaks OR birth_speaks THEN 'link'
                WHEN nameless AND is_divided IS NULL THEN 'link' ELSE 'review' END AS verdict,
            CASE WHEN nameless AND one_source THEN 'shared id, nothing against it'
                WHEN recycled THEN 'an id that was given to two children'
                WHEN name_speaks OR birth_speaks THEN 'shared id, and name or birth date agree'
                WHEN first_speaks THEN 'shared id, and first name agrees'
                WHEN NOT nameless THEN 'one id, another name and birth date'
                WHEN is_divided IS NULL THEN 'shared id, nothing against it'
                ELSE 'an id of several children, and no name to choose by' END AS why,
            name_speaks AND birth_speaks AND NOT recycled AS certain
        FROM looked LEFT JOIN divided USING ({ID})"""
    )
