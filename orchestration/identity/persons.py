"""The person behind every group of records, kept for ever.

Belongs here: minting, inheriting, merging and retiring person_ids, and the history of who belonged where.
Does not belong here: which records are a group (cluster.py).
"""

import duckdb

from orchestration.sql import one_row


def settle_persons(con: duckdb.DuckDBPyConnection, labels: str, tiers: str, run: int) -> None:
    """Bring identity.record_link, person and identity_event up to date for the records of `labels` (record_id, label).

    `tiers`: record_id, tier of the best edge that holds it. A group takes the oldest person it
    holds; a person whose records stand in two groups stays with the larger part; a person no group took is merged into the one
    its records went to, or retired where its records are gone. Records not in `labels` and not withdrawn are left as they are.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE settled AS
        WITH held AS (
            SELECT l.label, k.person_id, count(*) AS records, min(l.record_id) AS least_record
            FROM {labels} AS l JOIN identity.record_link AS k ON l.record_id = k.record_id AND k.valid_to_run IS NULL
            GROUP BY l.label, k.person_id
        ), stays AS (
            SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY records DESC, least_record) AS place_of_person FROM held
        ), heirs AS (
            SELECT s.label, s.person_id,
                row_number() OVER (PARTITION BY s.label ORDER BY p.minted_in, s.records DESC, s.person_id) AS place
            FROM stays AS s JOIN identity.person AS p USING (person_id) WHERE s.place_of_person = 1
        ), groups AS (SELECT label, min(record_id) AS least_record FROM {labels} GROUP BY label)
        SELECT g.label, coalesce(h.person_id, uuid()::VARCHAR) AS person_id, h.person_id IS NULL AS is_new
        FROM groups AS g LEFT JOIN heirs AS h ON g.label = h.label AND h.place = 1"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE moved AS
        SELECT l.record_id, s.person_id, k.person_id AS before, s.is_new, coalesce(t.tier, -1) AS tier
        FROM {labels} AS l JOIN settled AS s USING (label)
        LEFT JOIN identity.record_link AS k ON l.record_id = k.record_id AND k.valid_to_run IS NULL
        LEFT JOIN {tiers} AS t ON t.record_id = l.record_id
        WHERE k.person_id IS DISTINCT FROM s.person_id"""
    )
    con.execute(f"INSERT INTO identity.person SELECT person_id, {run}, 'active', NULL FROM settled WHERE is_new")
    con.execute(f"INSERT INTO identity.identity_event SELECT {run}, 'mint', person_id, NULL, NULL FROM settled WHERE is_new")
    con.execute(
        f"""UPDATE identity.record_link AS k SET valid_to_run = {run} FROM moved AS m
        WHERE k.record_id = m.record_id AND k.valid_to_run IS NULL"""
    )
    con.execute(f"INSERT INTO identity.record_link SELECT record_id, person_id, {run}, NULL, tier FROM moved")
    _tell(con, run)
    _close_empty(con, run)


def withdraw_records(con: duckdb.DuckDBPyConnection, gone: str, run: int) -> None:
    """End the links of records that no source sends any more."""
    con.execute(
        f"""UPDATE identity.record_link AS k SET valid_to_run = {run} FROM {gone} AS g
        WHERE k.record_id = g.record_id AND k.valid_to_run IS NULL"""
    )
    _close_empty(con, run)


def _tell(con: duckdb.DuckDBPyConnection, run: int) -> None:
    """attach: a record's first person. split: records left for a person made for them. move: they went to another person."""
    con.execute(
        f"""INSERT INTO identity.identity_event
        SELECT {run}, CASE WHEN before IS NULL THEN 'attach' WHEN is_new THEN 'split' ELSE 'move' END, person_id, before, record_id
        FROM moved WHERE NOT (before IS NULL AND is_new)"""
    )


def _close_empty(con: duckdb.DuckDBPyConnection, run: int) -> None:
    """Active persons without records: merged where their last records are with one other person now, else retired."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE left_person AS
        SELECT DISTINCT person_id FROM identity.record_link WHERE valid_to_run = {run}"""
    )
    if not one_row(con, "SELECT count(*) FROM left_person")[0]:
        return
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE emptied AS
        SELECT p.person_id, max(k.person_id) AS heir
        FROM left_person JOIN identity.person AS p USING (person_id)
        JOIN identity.record_link AS past ON past.person_id = p.person_id AND past.valid_to_run = {run}
        LEFT JOIN identity.record_link AS k ON k.record_id = past.record_id AND k.valid_to_run IS NULL
        WHERE p.status = 'active' AND p.person_id NOT IN (
            SELECT person_id FROM identity.record_link SEMI JOIN left_person USING (person_id) WHERE valid_to_run IS NULL)
        GROUP BY p.person_id"""
    )
    con.execute(
        """UPDATE identity.person AS p SET status = CASE WHEN e.heir IS NULL THEN 'retired' ELSE 'merged' END, merged_into = e.heir
        FROM emptied AS e WHERE p.person_id = e.person_id"""
    )
    # Those that led to a person now merged lead on to where it went.
    con.execute(
        """UPDATE identity.person AS p SET merged_into = e.heir FROM emptied AS e
        WHERE p.merged_into = e.person_id AND e.heir IS NOT NULL"""
    )
    con.execute(
        f"""INSERT INTO identity.identity_event
        SELECT {run}, CASE WHEN heir IS NULL THEN 'retire' ELSE 'merge' END, person_id, heir, NULL FROM emptied"""
    )
