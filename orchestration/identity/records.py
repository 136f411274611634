"""The records that are compared: one row per source and student id, made comparable, with a hash of its content.

Belongs here: what a record is and its columns. Does not belong here: which records are one child.
Names, birth dates and addresses stay in schema identity; nothing after it reads them.
"""

from collections.abc import Mapping
from functools import cache

import duckdb

from orchestration.identity import clean
from orchestration.sql import literal

# A record is what one source says of one id: sources may give one id to two children, so an id alone is no child.
KEY_COLUMNS = ("source", "student_id_issuer", "student_id_system", "student_id")
RECORD_ID = f"md5_number_lower({' || chr(31) || '.join(KEY_COLUMNS)})"

# A roster is a list in which a child should stand once: one source under one id system. An id without any name or birth date comes
# from a file of facts, which is no such list.
ROSTER = """source || '/' || student_id_system
    || CASE WHEN first_name IS NULL AND last_name IS NULL AND birth IS NULL THEN '#' || student_id ELSE '' END"""

# Compared columns; content_hash is over these, so that a change of any of them, and of nothing else, is a changed record.
CONTENT = ("first_name", "preferred_name", "middle", "last_name", "birth", "sex", "street", "city", "zip", "cohort", "school")
# What comparing and judging read of a record; the rest is there for blocking, made anew each night and not kept in identity.record.
COMPARED = ("record_id", "roster", *CONTENT, "nickname_of", "last_parts", "full_name")
KEPT = (*KEY_COLUMNS, "party_id", *COMPARED, "content_hash")


def clean_columns() -> dict[str, str]:
    """SQL of each compared column over a row with the columns of feed student, plus cohort and school."""
    return {
        "first_name": clean.first_name("first_name"),
        "preferred_name": clean.first_name("preferred_name"),
        "middle": clean.initial("middle_name"),
        "last_name": clean.last_name("last_name"),
        "birth": "strftime(birth_date, '%Y%m%d')",
        "sex": "CASE WHEN sex IN ('female', 'male') THEN sex END",
        "street": clean.street("street_address"),
        "city": clean.folded("city"),
        "zip": clean.postal("zip"),
        "cohort": "cohort",
        "school": "school",
    }


def create_records(con: duckdb.DuckDBPyConnection, rows: str, table: str, columns: Mapping[str, str] | None = None) -> None:
    """Create temp table `table` from relation `rows` (KEY_COLUMNS, party_id and what `columns`, by default clean_columns(), reads).

    record_id is a number made of the key: the same record has the same number every night and in every rebuild.
    """
    load_nicknames(con)
    compared = ", ".join(f"{sql} AS {name}" for name, sql in (columns or clean_columns()).items())
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        WITH cleaned AS (SELECT {RECORD_ID} AS record_id, {", ".join(KEY_COLUMNS)}, party_id, {compared} FROM {rows})
        SELECT *, {ROSTER} AS roster, {derived_columns()}, md5_number_lower(concat_ws(chr(31), {_texts()})) AS content_hash
        FROM cleaned LEFT JOIN nickname_of USING (first_name)"""
    )


def derived_columns() -> str:
    """Columns that blocking and comparing need, made of the compared ones."""
    return """
        first_name || ' ' || last_name AS full_name,
        last_name || ' ' || first_name AS swapped_name,
        left(first_name, 3) AS first_start,
        left(last_name, 3) AS last_start,
        left(last_name, 1) AS last_letter,
        left(first_name, 1) AS first_letter,
        split_part(last_name, ' ', 1) AS last_begin,
        CASE WHEN contains(last_name, ' ') THEN split_part(last_name, ' ', -1) END AS second_last,
        CASE WHEN birth IS NULL THEN cohort END AS lone_cohort,
        list_filter(string_split(last_name, ' '), lambda part: length(part) > 2) AS last_parts,
        left(street, 8) AS street_start,
        left(ltrim(street, '0123456789 '), 6) AS street_name,
        left(birth, 4) AS birth_year,
        left(birth, 6) AS birth_year_month,
        substr(birth, 5, 4) AS birth_month_day"""


def _texts() -> str:
    return ", ".join(f"coalesce({column}::VARCHAR, '')" for column in CONTENT)


@cache
def _nicknames() -> dict[str, list[str]]:
    """Name -> the formal names it may stand for, itself among them where it is one. Data: package `nicknames`."""
    from nicknames import name_triplets  # noqa: PLC0415 - reads its table on import; most commands never compare names

    formal: dict[str, set[str]] = {}
    for name, _, nickname in name_triplets():
        formal.setdefault(name, set()).add(name)
        formal.setdefault(nickname, set()).add(name)
    return {name: sorted(names) for name, names in formal.items()}


def load_nicknames(con: duckdb.DuckDBPyConnection) -> None:
    """Temp table nickname_of(first_name, nickname_of)."""
    values = ", ".join(f"({literal(name)}, [{', '.join(map(literal, names))}])" for name, names in sorted(_nicknames().items()))
    con.execute(f"CREATE TEMP TABLE IF NOT EXISTS nickname_of AS SELECT * FROM (VALUES {values}) AS t(first_name, nickname_of)")
