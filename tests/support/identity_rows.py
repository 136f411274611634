"""Invented records of children, and nights over them under a hand-made model.

Belongs here: what tests of identity share. Does not belong here: what a night must do (the tests).
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import duckdb

from orchestration.identity.compare import compare_records
from orchestration.identity.comparisons import COMPARISONS
from orchestration.identity.model import Model
from orchestration.identity.night import Night, run_night
from orchestration.identity.records import create_records

_COLUMNS = (
    "source", "student_id_issuer", "student_id_system", "student_id", "party_id", "first_name", "preferred_name", "middle_name",
    "last_name", "birth_date", "sex", "street_address", "city", "zip", "cohort", "school",
)  # fmt: skip
FIRST = ("Amara", "Boris", "Celeste", "Dmitri", "Elowen", "Farid", "Greta", "Hiroshi", "Imani", "Jasper", "Katya", "Lorenzo")
LAST = (
    "Quillfeather",
    "Okonkwo",
    "Brandt",
    "Thistlewood",
    "Vasquez",
    "Nakamura",
    "Penhaligon",
    "Drummond",
    "Castellan",
    "Ferreira",
    "Yilmaz",
)


def child(number: int, source: str = "district-a", **said: Any) -> dict[str, Any]:
    """Child `number` as `source` tells of it; equal numbers, equal children."""
    first, last = FIRST[number % len(FIRST)], LAST[(number // len(FIRST)) % len(LAST)]
    row = dict.fromkeys(_COLUMNS) | {
        "source": source, "student_id_issuer": source, "student_id_system": "local", "student_id": f"{source}-{number}", "party_id": source,
        "first_name": first, "last_name": last, "birth_date": str(date(2005, 1, 1) + timedelta(days=number * 773 % 4000)),
        "sex": "female" if number % 2 else "male", "street_address": f"{number} {LAST[number * 5 % len(LAST)]} St", "city": "Tidewater", "zip": "44101",
    }  # fmt: skip
    return row | said


def model() -> Model:
    """Agreement weighs what it usually does; the numbers are nobody's."""
    strong = {"name": 14.0, "birth": 12.0, "address": 8.0, "middle": 3.0, "sex": 1.0, "cohort": 3.0, "school": 3.0}
    weights = {}
    for comparison in COMPARISONS:
        top, steps = strong[comparison.name], len(comparison.levels)
        # bits fall from `top` to two below nothing
        bits = {level: -6.0 if level == 0 else top * level / steps for level in range(steps + 1)}
        weights[comparison.name] = {level: (min(2.0**value * 0.001, 0.99), 0.001) for level, value in bits.items()}
    return Model(weights, prior=0.001, trained_on=0, trained_at="2024-01-01T00:00:00+00:00")


def night(
    con: duckdb.DuckDBPyConnection, rows: Iterable[dict[str, Any]], ids: Iterable[tuple[dict[str, Any], str, str, str]] = ()
) -> Night:
    """One night over `rows`; `ids`: (row, issuer, system, id) of shared ids beside each record's own."""
    listed = list(rows)
    types = {"birth_date": "DATE", "cohort": "INTEGER"}
    typed = ", ".join(f"{column} {types.get(column, 'VARCHAR')}" for column in _COLUMNS)
    con.execute(f"CREATE OR REPLACE TEMP TABLE said ({typed})")
    con.executemany(f"INSERT INTO said VALUES ({', '.join('?' * len(_COLUMNS))})", [[row[c] for c in _COLUMNS] for row in listed])
    create_records(con, "said", "incoming")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE incoming_id AS
        SELECT record_id, student_id_issuer, student_id_system, student_id, false AS is_shared FROM incoming"""
    )
    for row, issuer, system, value in ids:
        con.execute(
            "INSERT INTO incoming_id SELECT record_id, ?, ?, ?, true FROM incoming WHERE source = ? AND student_id = ?",
            [issuer, system, value, row["source"], row["student_id"]],
        )
    con.execute("CREATE TABLE IF NOT EXISTS frequency (full_name VARCHAR, tf_full_name DOUBLE)")
    return run_night(con, compare_records(con, "incoming", "incoming_id", model(), "frequency"))
