"""The tables of schema `identity`, which outlive every refresh.

Belongs here: their columns and what each row means. Does not belong here: how they are filled.
"""

import duckdb

# An id is always three parts: who issued it, in which system, and the id. Two issuers may use one number for two children.
ID_COLUMNS = ("student_id_issuer", "student_id_system", "student_id")

_DDL = """
create schema if not exists identity;
-- One row per id; says which person it belongs to.
create table if not exists identity.person_key (
    student_id_issuer varchar, student_id_system varchar, student_id varchar, person_id varchar
);
-- One row per person ever minted; a smaller minted_in is an older person.
create table if not exists identity.person (person_id varchar, minted_in bigint);
-- One row per pair of ids that belong to one person, why that is believed and which source says so.
create table if not exists identity.crosswalk (
    student_id_issuer varchar, student_id_system varchar, student_id varchar,
    linked_student_id_issuer varchar, linked_student_id_system varchar, linked_student_id varchar,
    why varchar, source varchar
);
-- One row per person found to be another, older one.
create table if not exists identity.person_redirect (person_id varchar, merged_into varchar);
"""


def create_identity_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing; existing rows stay, because a person_id is kept for ever."""
    con.execute(_DDL)
