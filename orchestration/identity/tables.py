"""The tables of schema `identity`, which outlive every refresh.

Belongs here: their columns and what each row means. Does not belong here: how they are filled.
"""

import duckdb

from orchestration.identity.comparisons import COMPARISONS

_LEVEL_COLUMNS = ", ".join(f"{comparison.name}_level tinyint" for comparison in COMPARISONS)

_DDL = f"""
create schema if not exists identity;
-- One row per night that changed anything; `model` is the version of the model that scored it.
-- `rules` stands for everything beside the model that decides: another value compares all records again.
create table if not exists identity.run (run bigint, ran_at timestamp, model varchar, rules varchar, records bigint, new_records bigint,
    changed_records bigint, withdrawn_records bigint, links bigint, persons bigint);
-- One row per record: what one source says of one student id, made comparable. What blocking needs beside is made anew each night.
create table if not exists identity.record (
    record_id ubigint, source varchar, student_id_issuer varchar, student_id_system varchar, student_id varchar,
    party_id varchar, roster varchar, first_name varchar, preferred_name varchar, middle varchar, last_name varchar, birth varchar,
    sex varchar,
    street varchar, city varchar, zip varchar, cohort integer, school varchar,
    nickname_of varchar[], last_parts varchar[], full_name varchar,
    content_hash ubigint);
-- One row per record ever seen: which source and id its number stands for. Stays when the record goes, so that the past can be read.
create table if not exists identity.record_key (
    record_id ubigint, source varchar, student_id_issuer varchar, student_id_system varchar, student_id varchar);
-- One row per record whose rows speak of two children: another first name and another birth date under one id. Never linked by itself.
create table if not exists identity.recycled_id (
    record_id ubigint, source varchar, student_id_issuer varchar, student_id_system varchar, student_id varchar);
-- One row per record and id it carries: its own, and those its source says belong to the same student.
create table if not exists identity.record_id (
    record_id ubigint, student_id_issuer varchar, student_id_system varchar, student_id varchar, is_shared boolean);
-- One row per pair of records that was scored, a < b, with its verdict: link, review, kin or none.
create table if not exists identity.pair (
    a ubigint, b ubigint, roster_a varchar, roster_b varchar, weight double, {_LEVEL_COLUMNS},
    first_supports boolean, first_contradicts boolean, birth_supports boolean, last_supports boolean, last_equal boolean,
    first_missing boolean, birth_missing boolean, rival double, kin boolean, verdict varchar, why varchar, standing boolean, model varchar);
-- One row per pair of records and id that both carry, a < b: verdict link, or review where names and birth dates speak against it.
-- certain: name and birth date both agree, so that one source may list the child under both records.
create table if not exists identity.id_pair (
    a ubigint, b ubigint, student_id_issuer varchar, student_id_system varchar, student_id varchar, verdict varchar, why varchar,
    certain boolean);
-- One row per pair of records that share ids; one id that links is enough.
create or replace view identity.trusted_pair as
    select a, b, arg_min(student_id_system, verdict || student_id_system) as student_id_system, min(verdict) as verdict,
        arg_min(why, verdict || student_id_system) as why
    from identity.id_pair group by a, b;
-- One row per decision of a person about two records, above every score, for ever; undone only by withdrawing it.
-- kind: must-link, cannot-link, cannot-tell. settled: the last night has taken it (or its withdrawal) into account.
create table if not exists identity.decision (
    decision_id varchar, kind varchar, a ubigint, b ubigint, decided_by varchar, why varchar, decided_at timestamp,
    second_reader varchar, second_outcome varchar, withdrawn_at timestamp, settled boolean);
create or replace view identity.decision_in_force as
    select decision_id, kind, a, b, decided_by, why, decided_at from identity.decision
    where withdrawn_at is null and kind in ('must-link', 'cannot-link');
-- One row per accepted edge between records: tier 0 trusted id, 1 equal, 2 scored, 9 decision.
create table if not exists identity.edge (a ubigint, b ubigint, tier tinyint, weight double, why varchar, model varchar, run bigint);
-- One row per edge that was not used because the person it would make cannot be: two records of one source, two state ids, kin.
create table if not exists identity.conflict (a ubigint, b ubigint, tier tinyint, weight double, why varchar);
-- One row per person ever minted. status: active, merged (see merged_into), retired. A retired person_id never returns.
create table if not exists identity.person (person_id varchar, minted_in bigint, status varchar, merged_into varchar);
-- One row per record and stretch of runs during which it belonged to a person; valid_to_run is NULL while it does.
create table if not exists identity.record_link (
    record_id ubigint, person_id varchar, valid_from_run bigint, valid_to_run bigint, tier tinyint);
-- One row per thing that happened to a person: mint, attach, merge, split, move, retire.
create table if not exists identity.identity_event (
    run bigint, event varchar, person_id varchar, other_person_id varchar, record_id ubigint);
-- One row per person found to be another: an old extract's person_id, and the one to look for today.
create or replace view identity.person_redirect as select person_id, merged_into from identity.person where status = 'merged';
-- One row per source and id it has sent: its own, and those it says belong to the same student where they are one person's.
create table if not exists identity.person_key (
    source varchar, student_id_issuer varchar, student_id_system varchar, student_id varchar, person_id varchar);
-- One row per full name: how common it was when the model was trained; frozen with the model.
create table if not exists identity.name_frequency (model varchar, full_name varchar, tf_full_name double);
-- Who was who after a past run: identity.crosswalk_at(run).
create or replace macro identity.crosswalk_at(past_run) as table
    select key.source, key.student_id_issuer, key.student_id_system, key.student_id, link.person_id
    from identity.record_link as link inner join identity.record_key as key on link.record_id = key.record_id
    where link.valid_from_run <= past_run and (link.valid_to_run is null or link.valid_to_run > past_run);
"""

_FORMER_RECORD_COLUMNS = (
    "swapped_name", "first_start", "last_start", "last_letter", "street_start", "birth_year", "birth_year_month", "birth_month_day",
)  # fmt: skip


def create_identity_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing; existing rows stay, because a person_id is kept for ever."""
    _drop_first_layout(con)
    con.execute(_DDL)
    for column in _FORMER_RECORD_COLUMNS:
        con.execute(f"alter table identity.record drop column if exists {column}")


def _drop_first_layout(con: duckdb.DuckDBPyConnection) -> None:
    """Warehouses of before records were compared knew ids only; their persons cannot be carried over."""
    columns = con.execute(
        "select column_name from information_schema.columns where table_schema = 'identity' and table_name = 'person_key'"
    ).fetchall()
    if columns and ("source",) not in columns:
        con.execute("drop schema identity cascade")
