"""The ledger: schema governance, built anew from contracts and delivery records.

Belongs here: its tables. Does not belong here: which delivery is in force (force.py), the views of schema raw (raw_views.py),
filtering rows by the ledger (dbt staging). Cheap enough to rebuild on every run: no row of a feed is read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from orchestration.contracts.attendance import folds
from orchestration.contracts.model import Contract, DayRule
from orchestration.ingestion.force import Standing, Status, scopes, standings
from orchestration.ingestion.raw_views import REJECTED_COLUMNS, build_views
from orchestration.ingestion.record import DeliveryRecord, read_records
from orchestration.sql import literal

_COUNTS = ("rows_read", "rows_accepted", "rows_rejected", "rows_excluded")


@dataclass(frozen=True)
class LedgerSummary:
    """Deliveries by status; `rows_*` sum over accepted and superseded deliveries."""

    deliveries: dict[str, int]
    rows_read: int
    rows_accepted: int
    rows_rejected: int


def build_ledger(
    con: duckdb.DuckDBPyConnection, raw_dir: Path, contracts: Mapping[str, Contract], published_dir: Path | None = None
) -> LedgerSummary:
    """Rebuild governance and raw in one transaction. `published_dir`: where past versions lie, beside the raw folder by default."""
    records = read_records(raw_dir)
    became = standings(records)
    con.execute("BEGIN")
    try:
        con.execute("CREATE SCHEMA IF NOT EXISTS governance; CREATE SCHEMA IF NOT EXISTS raw")
        _sources(con, contracts)
        _in_force(con, records)
        _deliveries(con, list(became.values()))
        build_views(con, raw_dir, published_dir or raw_dir.parent / "published", records)
        # No delivered value: the row itself stays in the raw folder (view raw.rejected_row).
        listed = ", ".join(REJECTED_COLUMNS)
        con.execute(f"CREATE OR REPLACE TABLE governance.rejected_row AS SELECT source, delivery_id, {listed} FROM raw.rejected_row")
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    arrived = con.execute("SELECT status, count(*) FROM governance.delivery GROUP BY 1 ORDER BY 1").fetchall()
    used = [standing.record for standing in became.values() if standing.status in ("accepted", "superseded")]
    return LedgerSummary(
        dict(arrived), sum(r.rows_read for r in used), sum(r.rows_accepted for r in used), sum(r.rows_rejected for r in used)
    )


def _sources(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    rows = [
        {
            "source": c.source,
            "party_id": c.party.id,
            "party_name": c.party.name,
            "party_type": c.party.type,
            "community_id": c.party.community,
            "attendance_register": c.attendance.register_kind,
            "attendance_silence": c.attendance.silence,
            "exit_day_counts": c.attendance.exit_day_counts,
            **_day_rule(c),
            "freshness_days": c.freshness_days,
            "agreement": c.terms.agreement,
            "attribution": c.terms.attribution,
            "contract_version": c.version,
        }
        for c in contracts.values()
    ]
    columns = dict.fromkeys(rows[0], "VARCHAR") if rows else dict.fromkeys(("source",), "VARCHAR")
    columns |= dict.fromkeys(("exit_day_counts", "attendance_folds"), "BOOLEAN")
    columns |= dict.fromkeys(("freshness_days", "periods_per_day", "scheduled_minutes", "half_day_minutes", "whole_day_minutes"), "BIGINT")
    _replace(con, "governance.source", columns, rows)
    ids = [
        {"source": c.source, "student_id_system": name, "issuer": system.issuer or c.party.id, "is_shared": system.shared}
        for c in contracts.values()
        for name, system in c.student_ids.items()
    ]
    _replace(con, "governance.id_system", _typed("source student_id_system issuer") | {"is_shared": "BOOLEAN"}, ids)


def _day_rule(contract: Contract) -> dict[str, object]:
    """How the source's marks become days, for dbt; the worst mark stands for the day where the contract says nothing."""
    day = contract.attendance.day or DayRule(rule="worst")
    return {
        "attendance_folds": folds(contract.attendance, contract.tables),
        "attendance_precedence": ",".join(contract.attendance.full_precedence),
        "day_rule": day.rule,
        **day.model_dump(exclude={"rule"}),
    }


def _in_force(con: duckdb.DuckDBPyConnection, records: Sequence[DeliveryRecord]) -> None:
    """delivery_feed: what every accepted delivery says, and whether it counts today."""
    rows = [
        {
            "source": s.record.source, "feed": s.feed, "table_name": s.table, "delivery_id": s.record.delivery_id,
            "reading": s.record.reading, "period": s.period, "scope": s.scope, "replacement": s.replacement,
            "as_of": s.record.as_of.isoformat(), "delivery_order": s.order, "rows_accepted": s.rows, "in_force": s.in_force,
            "by_key": s.by_key,
        }
        for s in scopes(records)
    ]  # fmt: skip
    columns = _typed("source feed table_name delivery_id reading period scope replacement")
    columns |= {"as_of": "DATE", "delivery_order": "BIGINT", "rows_accepted": "BIGINT", "in_force": "BOOLEAN", "by_key": "BOOLEAN"}
    _replace(con, "governance.delivery_feed", columns, rows)


def _deliveries(con: duckdb.DuckDBPyConnection, became: Sequence[Standing]) -> None:
    """delivery: one row per arrival. delivery_table: rows of each table. delivery_file: rows and lines of each file of a table.
    delivery_excluded: excluded rows by the texts a contract counts apart."""
    arrivals: list[dict[str, object]] = []
    tables: list[dict[str, object]] = []
    files: list[dict[str, object]] = []
    excluded: list[dict[str, object]] = []
    for standing in became:
        r = standing.record
        arrivals.append(_arrival(r, r.name, r.received_at.isoformat(), standing.status, standing.reason))
        arrivals += [_arrival(r, a.name, a.received_at.isoformat(), "duplicate", f"same content as {r.name}") for a in r.also_received]
        for t in r.tables:
            key = {"source": r.source, "delivery_id": r.delivery_id, "table_name": t.table, "feed": t.feed}
            tables.append({**key, "replacement": t.replacement, **t.model_dump(include={"files", *_COUNTS})})
            files += [{**key, "file": file.name, **file.model_dump(include={"lines", *_COUNTS})} for file in t.read_files]
            excluded += [
                {**key, "file": file.name, "text": text, "rows": rows} for file in t.read_files for text, rows in file.excluded_as.items()
            ]
    counts = dict.fromkeys(_COUNTS, "BIGINT")
    columns = _typed("source delivery_id delivery_name") | {"received_at": "TIMESTAMP", "as_of": "DATE"}
    columns |= _typed("status contract_version reading") | {"files": "BIGINT"} | counts | {"reason": "VARCHAR"}
    _replace(con, "governance.delivery", columns, arrivals)
    place = "source delivery_id table_name feed"
    _replace(con, "governance.delivery_table", _typed(f"{place} replacement") | {"files": "BIGINT"} | counts, tables)
    _replace(con, "governance.delivery_file", _typed(f"{place} file") | counts | {"lines": "BIGINT"}, files)
    _replace(con, "governance.delivery_excluded", _typed(f"{place} file text") | {"rows": "BIGINT"}, excluded)


def _arrival(record: DeliveryRecord, name: str, received_at: str, status: Status | Literal["duplicate"], reason: str) -> dict[str, object]:
    counts = dict.fromkeys(_COUNTS, 0) if status == "duplicate" else {count: getattr(record, count) for count in _COUNTS}
    return {
        "source": record.source, "delivery_id": record.delivery_id, "delivery_name": name, "received_at": received_at.replace("Z", ""),
        "as_of": record.as_of.isoformat(), "status": status, "contract_version": record.contract_version, "reading": record.reading,
        "files": record.files, **counts, "reason": reason,
    }  # fmt: skip


def _typed(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "VARCHAR")


def _replace(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: Sequence[Mapping[str, object]]) -> None:
    picked = ", ".join(f"(item->>'{name}')::{kind} AS {name}" for name, kind in columns.items())
    items = f"SELECT unnest(from_json({literal(json.dumps(rows))}, '[\"JSON\"]')) AS item"
    con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {picked} FROM ({items})")
