"""A staging schema that tests fill with what sources say of children, and what identity made of it.

Does not belong here: whole pipelines (hub.py), dbt (dbt_warehouse.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.feeds import FEEDS
from orchestration.identity.guard import GUARD, Thresholds
from orchestration.identity.identify import Checks, IdentityResult, rebuild_identity, refresh_identity
from orchestration.identity.staged import feeds_with_students
from orchestration.identity.tables import create_identity_tables


@dataclass
class Children:
    con: duckdb.DuckDBPyConnection
    models: Path

    def says(
        self, source: str, number: str, first: str | None = None, last: str | None = None, birth: str | None = None, **more: Any
    ) -> None:
        """One row of a source's student feed; the source is its own party and issuer."""
        row = {
            "source": source, "party_id": source, "student_id_issuer": source, "student_id_system": "local", "student_id": number,
            "first_name": first, "last_name": last, "birth_date": birth and date.fromisoformat(birth), "as_of": date(2024, 1, 1),
            "delivery_id": "1", **more,
        }  # fmt: skip
        self._insert("student", row)

    def counts(self, source: str, number: str, *, issuer: str | None = None, feed: str = "attendance", system: str = "local") -> None:
        """A row of facts: an id and nothing about its child."""
        issuer = issuer or source
        row = {"source": source, "party_id": source, "student_id_issuer": issuer, "student_id_system": system, "student_id": number}
        self._insert(feed, row)

    def forgets(self, source: str, number: str | None = None) -> None:
        """The source takes back its rows, all or those of one id."""
        for feed in feeds_with_students():
            where = "source = ? AND (student_id = ? OR ? IS NULL)"
            self.con.execute(f"DELETE FROM staging.stg_{feed} WHERE {where}", [source, number, number])

    def shares(self, source: str, system: str, issuer: str = "agency") -> None:
        self.con.execute("INSERT INTO governance.id_system VALUES (?, ?, ?, true)", [source, system, issuer])

    def night(self, *, checks: Checks | None = None, thresholds: Thresholds = GUARD) -> IdentityResult:
        return refresh_identity(self.con, self.models, checks=checks, thresholds=thresholds)

    def rebuild(self, *, thresholds: Thresholds = GUARD) -> IdentityResult:
        return rebuild_identity(self.con, self.models, thresholds=thresholds)

    def person(self, source: str, number: str, *, issuer: str | None = None, system: str = "local") -> str:
        found = self.con.execute(
            """SELECT person_id FROM identity.person_key
            WHERE source = ? AND student_id_issuer = ? AND student_id_system = ? AND student_id = ?""",
            [source, issuer or source, system, number],
        ).fetchall()
        assert len(found) == 1, f"{len(found)} persons"
        return str(found[0][0])

    def record(self, source: str, number: str) -> int:
        found = self.con.execute("SELECT record_id FROM identity.record WHERE source = ? AND student_id = ?", [source, number]).fetchone()
        assert found
        return int(found[0])

    def persons(self) -> dict[tuple[str, str, str, str], str]:
        rows = self.con.execute("FROM identity.person_key").fetchall()
        keys = {row[:4]: row[4] for row in rows}
        assert len(keys) == len(rows), "an id of a source has two rows"
        return keys

    def groups(self) -> set[frozenset[int]]:
        rows = self.con.execute("SELECT list(record_id) FROM identity.record_link WHERE valid_to_run IS NULL GROUP BY person_id").fetchall()
        return {frozenset(records) for (records,) in rows}

    def copy_of_staging(self, models: Path) -> "Children":
        """Another hub with the same deliveries and nothing known but the decisions."""
        other = Children(empty_connection(), models)
        for feed in feeds_with_students():
            rows = self.con.execute(f"FROM staging.stg_{feed}").fetchall()
            if rows:
                other.con.executemany(f"INSERT INTO staging.stg_{feed} VALUES ({', '.join('?' for _ in rows[0])})", rows)
        systems = self.con.execute("FROM governance.id_system").fetchall()
        if systems:
            other.con.executemany("INSERT INTO governance.id_system VALUES (?, ?, ?, ?)", systems)
        create_identity_tables(other.con)
        decisions = self.con.execute("SELECT * REPLACE (false AS settled) FROM identity.decision").fetchall()
        if decisions:
            other.con.executemany(f"INSERT INTO identity.decision VALUES ({', '.join('?' for _ in decisions[0])})", decisions)
        return other

    def _insert(self, feed: str, row: dict[str, Any]) -> None:
        marks = ", ".join("?" for _ in row)
        self.con.execute(f"INSERT INTO staging.stg_{feed} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


@contextmanager
def children(models: Path) -> Iterator[Children]:
    con = empty_connection()
    try:
        yield Children(con, models)
    finally:
        con.close()


def empty_connection() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 1})
    con.execute("CREATE SCHEMA staging; CREATE SCHEMA governance")
    con.execute("CREATE TABLE governance.id_system (source TEXT, student_id_system TEXT, issuer TEXT, is_shared BOOLEAN)")
    for name in feeds_with_students():
        columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in FEEDS[name].columns)
        con.execute(
            f"CREATE TABLE staging.stg_{name} ({columns}, student_id_issuer TEXT, party_id TEXT, source TEXT, delivery_id TEXT, as_of DATE)"
        )
    return con
