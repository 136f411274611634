"""What matching found about a sender's own children: those it found nowhere else, and those whose rows or ids contradict each other.

Belongs here: reasons, words, the page and the CSV in reports/<source>/matching/. Does not belong here: matching (identity).
A sender gets rows it has sent, and never which other source has the child, or what stands there. All these rows are in use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract
from orchestration.identity.guard import GUARD
from orchestration.identity.trusted import CHILDREN_PER_ID
from orchestration.reports.page import render
from orchestration.reports.rejected import write_returned
from orchestration.reports.write import aside
from orchestration.sql import literal, one_row

FOLDER = "matching"
CSV, PAGE = "children-to-look-at.csv", "matching.html"
# Rule -> what is wrong, what to do; in the shape of ingestion/problem.py.
RULES: Mapping[str, tuple[str, str]] = {
    "id_of_many": ("this id stands on many children of your list", "send each child's own id, or leave the column empty"),
    "id_of_two": ("this id also stands on a child with another name and birth date", "look the id up and send the right one"),
    "recycled_id": ("this id belonged to another child before", "give every child an id of its own, never that of a child who has left"),
    "two_ids": ("this child seems to have two ids of a system in which a child has one", "look up which one is right"),
    "twice": ("this child seems to stand in your list twice", "keep one id for the child; if these are two children, tell us"),
    "unmatched": (
        "we did not find this child in the list of any school district",
        "compare name and birth date with the child's papers; nothing to do for a child of no school here",
    ),
}
# A district need not know which of its children nobody else serves.
_EXPECTS_NO_MATCH = ("district", "state", "publisher")


@dataclass(frozen=True)
class Matching:
    """Counts of one source. `reasons`: (wrong, remedy, children); `swapped`: names stand in each other's column; `rows` of the CSV."""

    source_name: str
    party: str
    children: int
    reasons: tuple[tuple[str, str, int], ...]
    swapped: bool
    csv: str
    rows: int


def write_matching_reports(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], folder: Path) -> int:
    """Bring reports/<source>/matching/ of every source with students up to date; returns how many have something to look at.

    After the identity step and its quality tables.
    """
    return sum(_write(con, contract, folder / contract.source / FOLDER) for contract in contracts.values() if "student" in contract.feeds)


def _write(con: duckdb.DuckDBPyConnection, contract: Contract, place: Path) -> bool:
    _find(con, contract)
    for made in (place.parent.parent, place.parent, place):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o700)
    counts = con.execute("SELECT rule, count(DISTINCT record_id) AS n FROM reason GROUP BY rule ORDER BY n DESC, rule").fetchall()
    children, swapped = one_row(
        con,
        f"""SELECT (SELECT count(*) FROM own), (SELECT count(*) > 0 FROM identity_quality.odd_file
            WHERE source = {literal(contract.source)} AND oddity = 'name columns swapped')""",
    )
    if counts:
        _write_rows(con, contract, place)
    else:
        (place / CSV).unlink(missing_ok=True)
    reasons = tuple((*RULES[rule], count) for rule, count in counts)
    report = Matching(contract.name, contract.party.name, children, reasons, swapped, CSV, sum(count for *_, count in reasons))
    page = aside(place / PAGE)
    page.write_text(render("matching.html.j2", report), encoding="utf-8")
    page.replace(place / PAGE)
    return bool(reasons or swapped)


def _find(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Temp tables own (record_id) and reason (record_id, rule, column_name): own records, whatever the other side of the evidence is."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE own AS SELECT record_id FROM identity.record WHERE source = {literal(contract.source)}")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE reason AS
        WITH id_of_many AS (
            SELECT i.student_id_issuer, i.student_id_system, i.student_id
            FROM identity.record_id AS i JOIN own USING (record_id) JOIN identity.record AS r USING (record_id)
            GROUP BY ALL HAVING count(DISTINCT coalesce(r.first_name, '') || '|' || coalesce(r.birth, '')) > {CHILDREN_PER_ID}
        ), id_of_two AS (
            SELECT a AS record_id, student_id_system FROM identity.trusted_pair WHERE verdict = 'review'
            UNION SELECT b, student_id_system FROM identity.trusted_pair WHERE verdict = 'review'
        ), two_ids AS (
            SELECT unnest([a, b]) AS record_id FROM identity.conflict WHERE why = 'two ids of one shared system'
        ), twice AS (
            SELECT unnest([p.a, p.b]) AS record_id FROM identity.pair AS p
            ANTI JOIN identity.decision_in_force AS d ON d.a = p.a AND d.b = p.b
            WHERE p.roster_a = p.roster_b AND p.weight >= {GUARD.join} AND p.first_supports AND p.birth_supports AND p.last_supports
        ), in_district AS (
            SELECT DISTINCT k.person_id FROM identity.record_link AS k JOIN identity.record AS r USING (record_id)
            JOIN governance.source AS s ON s.source = r.source WHERE k.valid_to_run IS NULL AND s.party_type = 'district'
        ), unmatched AS (
            SELECT k.record_id FROM identity.record_link AS k ANTI JOIN in_district USING (person_id)
            WHERE k.valid_to_run IS NULL AND {contract.party.type not in _EXPECTS_NO_MATCH}
        ), listed AS (
            SELECT i.record_id, 'id_of_many' AS rule, i.student_id_system AS column_name FROM identity.record_id AS i
                SEMI JOIN id_of_many USING (student_id_issuer, student_id_system, student_id)
            UNION SELECT record_id, 'id_of_two', student_id_system FROM id_of_two
            UNION SELECT record_id, 'recycled_id', student_id_system FROM identity.recycled_id
            UNION SELECT record_id, 'two_ids', '' FROM two_ids
            UNION SELECT record_id, 'twice', '' FROM twice
            UNION SELECT record_id, 'unmatched', '' FROM unmatched
        )
        SELECT l.record_id, l.rule, min(l.column_name) AS column_name FROM listed AS l SEMI JOIN own USING (record_id)
        GROUP BY l.record_id, l.rule"""
    )


def _write_rows(con: duckdb.DuckDBPyConnection, contract: Contract, place: Path) -> None:
    """The newest row of each of these children as CSV, one line per reason."""
    cells = ("student_id", "student_id_system", "linked_student_id", "linked_student_id_system", "first_name", "last_name", "birth_date")
    objects = ", ".join(f"'{cell}', s.{cell}::VARCHAR" for cell in cells)
    rows = aside(place / "rows.parquet")
    try:
        con.execute(
            f"""COPY (
                SELECT 'student' AS table_name, '' AS file, NULL::BIGINT AS line, t.column_name, t.rule, s.row_text
                FROM reason AS t JOIN identity.record AS r USING (record_id)
                JOIN (SELECT source, student_id_issuer, student_id_system, student_id,
                        arg_max(json_object({objects}), coalesce(s.school_year, 0))::VARCHAR AS row_text
                    FROM staging.stg_student AS s WHERE source = {literal(contract.source)} GROUP BY ALL) AS s
                USING (source, student_id_issuer, student_id_system, student_id)
                ORDER BY t.rule, r.student_id
            ) TO {literal(str(rows))} (FORMAT parquet)"""
        )
        rows.chmod(0o600)
        returned = aside(place / CSV)
        write_returned(con, [rows], "student", {}, returned, RULES)
        returned.replace(place / CSV)
    finally:
        rows.unlink(missing_ok=True)
