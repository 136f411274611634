"""The identity step as a whole: from staging to the person behind every id of every source, in one transaction.

Belongs here: the order of reading, choosing a model, the night, and the table that everything after identity joins. Does not belong
here: any of these themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.identity.artefact import FREQUENCIES, Choice, choose_model, train_anew
from orchestration.identity.compare import compare_records
from orchestration.identity.decision_file import keep_decisions, recall_decisions
from orchestration.identity.guard import GUARD, Thresholds
from orchestration.identity.night import Night, run_night
from orchestration.identity.staged import RECYCLED, create_staged
from orchestration.identity.tables import create_identity_tables
from orchestration.sql import one_row

Checks = Callable[[duckdb.DuckDBPyConnection, Night], None]


@dataclass(frozen=True)
class IdentityResult:
    """What one run did, in counts; never an id."""

    night: Night
    ids: int
    persons: int
    recycled_ids: int
    conflicts: int
    model: str
    trained: bool


def refresh_identity(
    con: duckdb.DuckDBPyConnection, models: Path, *, checks: Checks | None = None, thresholds: Thresholds = GUARD
) -> IdentityResult:
    """Bring schema identity up to date with staging. `checks` may raise: then nothing has happened."""
    return _refresh(con, models, choose_model, checks, thresholds, everything=False)


def rebuild_identity(
    con: duckdb.DuckDBPyConnection, models: Path, *, checks: Checks | None = None, thresholds: Thresholds = GUARD
) -> IdentityResult:
    """The same, comparing all records again. Persons, standing links and decisions hold."""
    return _refresh(con, models, choose_model, checks, thresholds, everything=True)


def retrain_identity(con: duckdb.DuckDBPyConnection, models: Path, *, checks: Checks | None = None) -> IdentityResult:
    """Train a new model on what is in staging, make it the current one and compare all records by it. Raises ValueError."""

    def anew(con: duckdb.DuckDBPyConnection, _: Path, records: str) -> Choice:
        return train_anew(con, records)

    return _refresh(con, models, anew, checks, GUARD, everything=True)


def _refresh(
    con: duckdb.DuckDBPyConnection, models: Path, choose: Callable[[duckdb.DuckDBPyConnection, Path, str], Choice],
    checks: Checks | None, thresholds: Thresholds, *, everything: bool,
) -> IdentityResult:  # fmt: skip
    create_identity_tables(con)
    recall_decisions(con, models)
    create_staged(con, "incoming", "incoming_id")
    choice = choose(con, models, "incoming")
    compared = compare_records(
        con, "incoming", "incoming_id", choice.model, FREQUENCIES, recycled=RECYCLED, guard=thresholds, everything=everything
    )
    con.begin()
    try:
        con.execute(f"DELETE FROM identity.recycled_id; INSERT INTO identity.recycled_id BY NAME FROM {RECYCLED}")
        choice.freeze(con)
        night = run_night(con, compared)
        _write_person_key(con)
        if checks is not None:
            checks(con, night)
        result = _summed(con, night, choice)
        con.commit()
    except BaseException:
        con.rollback()
        raise
    choice.keep(models)
    keep_decisions(con, models)
    return result


def _write_person_key(con: duckdb.DuckDBPyConnection) -> None:
    """Every record's own id, and the ids its source links to it where that source means one person by them."""
    con.execute(
        """CREATE OR REPLACE TABLE identity.person_key AS
        WITH own AS (
            SELECT r.source, r.student_id_issuer, r.student_id_system, r.student_id, k.person_id
            FROM identity.record AS r JOIN identity.record_link AS k ON r.record_id = k.record_id AND k.valid_to_run IS NULL
        ), linked AS (
            SELECT r.source, i.student_id_issuer, i.student_id_system, i.student_id, min(k.person_id) AS person_id
            FROM identity.record_id AS i JOIN identity.record AS r USING (record_id)
            JOIN identity.record_link AS k ON r.record_id = k.record_id AND k.valid_to_run IS NULL
            GROUP BY ALL HAVING count(DISTINCT k.person_id) = 1
        )
        FROM own UNION ALL
        FROM linked ANTI JOIN own USING (source, student_id_issuer, student_id_system, student_id)"""
    )


def _summed(con: duckdb.DuckDBPyConnection, night: Night, choice: Choice) -> IdentityResult:
    ids, persons, recycled, conflicts = one_row(
        con,
        """SELECT (SELECT count(*) FROM identity.person_key), (SELECT count(DISTINCT person_id) FROM identity.person_key),
            (SELECT count(*) FROM identity.recycled_id), (SELECT count(*) FROM identity.conflict)""",
    )
    return IdentityResult(night, ids, persons, recycled, conflicts, choice.model.version, choice.is_new)
