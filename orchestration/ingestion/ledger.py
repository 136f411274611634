"""The ledger: schema governance and the views of schema raw, built anew from contracts and delivery records.

Belongs here: tables and views. Does not belong here: which delivery is in force (force.py), reading files (delivery.py), filtering
rows by the ledger (dbt staging). Cheap enough to rebuild on every run: no row of a feed is read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract
from orchestration.feeds import FEEDS, Feed
from orchestration.ingestion.delivery import REJECTED
from orchestration.ingestion.force import scopes, statuses
from orchestration.ingestion.record import DeliveryRecord, read_records
from orchestration.sql import literal

_RAW_EXTRAS = {"_file": "VARCHAR", "_scope": "VARCHAR", "_deleted": "BOOLEAN"}
_REJECTED_COLUMNS = ("table_name", "feed", "file", "line", "column_name", "rule", "reason")


@dataclass(frozen=True)
class LedgerSummary:
    """Deliveries by status; `rows_*` sum over accepted and superseded deliveries."""

    deliveries: dict[str, int]
    rows_read: int
    rows_accepted: int
    rows_rejected: int


def build_ledger(con: duckdb.DuckDBPyConnection, raw_dir: Path, contracts: Mapping[str, Contract]) -> LedgerSummary:
    """Rebuild governance and raw in one transaction."""
    records = read_records(raw_dir)
    con.execute("BEGIN")
    try:
        con.execute("CREATE SCHEMA IF NOT EXISTS governance; CREATE SCHEMA IF NOT EXISTS raw")
        _sources(con, contracts)
        _deliveries(con, records)
        for feed in FEEDS.values():
            _raw_view(con, raw_dir, feed)
        _rejected(con, raw_dir)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    statuses = con.execute("SELECT status, count(*) FROM governance.delivery GROUP BY 1 ORDER BY 1").fetchall()
    used = [record for record in records if record.status == "accepted"]
    return LedgerSummary(
        dict(statuses), sum(r.rows_read for r in used), sum(r.rows_accepted for r in used), sum(r.rows_rejected for r in used)
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
            "freshness_days": c.freshness_days,
            "agreement": c.terms.agreement,
            "attribution": c.terms.attribution,
            "contract_version": c.version,
        }
        for c in contracts.values()
    ]
    columns = dict.fromkeys(rows[0], "VARCHAR") if rows else dict.fromkeys(("source",), "VARCHAR")
    columns |= {"exit_day_counts": "BOOLEAN", "freshness_days": "BIGINT"}
    _replace(con, "governance.source", columns, rows)
    ids = [
        {"source": c.source, "student_id_system": name, "issuer": system.issuer or c.party.id, "is_shared": system.shared}
        for c in contracts.values()
        for name, system in c.student_ids.items()
    ]
    _replace(con, "governance.id_system", _typed("source student_id_system issuer") | {"is_shared": "BOOLEAN"}, ids)


def _deliveries(con: duckdb.DuckDBPyConnection, records: list[DeliveryRecord]) -> None:
    """delivery: one row per arrival. delivery_table: rows of each table. delivery_feed: what is in force."""
    held = [
        {
            "source": s.record.source, "feed": s.table.feed, "table_name": s.table.table, "delivery_id": s.record.delivery_id,
            "period": s.period, "scope": s.scope, "replacement": s.table.replacement, "as_of": s.record.as_of.isoformat(),
            "delivery_order": s.order, "rows_accepted": s.rows, "in_force": s.in_force,
        }
        for s in scopes(records)
    ]  # fmt: skip
    _replace(
        con,
        "governance.delivery_feed",
        _typed("source feed table_name delivery_id period scope replacement")
        | {"as_of": "DATE", "delivery_order": "BIGINT", "rows_accepted": "BIGINT", "in_force": "BOOLEAN"},
        held,
    )
    status = statuses(records)
    arrivals = []
    for r in records:
        arrivals.append(_arrival(r, r.name, r.received_at.isoformat(), status[r.source, r.delivery_id], r.reason))
        arrivals += [_arrival(r, a.name, a.received_at.isoformat(), "duplicate", f"same content as {r.name}") for a in r.also_received]
    counts = dict.fromkeys(("files", "rows_read", "rows_accepted", "rows_rejected", "rows_excluded"), "BIGINT")
    _replace(
        con,
        "governance.delivery",
        _typed("source delivery_id delivery_name") | {"received_at": "TIMESTAMP", "as_of": "DATE"}
        | _typed("status contract_version") | counts | {"reason": "VARCHAR"},
        arrivals,
    )  # fmt: skip
    tables = [
        {"source": r.source, "delivery_id": r.delivery_id, "table_name": t.table, "feed": t.feed, **t.model_dump(include=set(counts))}
        for r in records
        for t in r.tables
    ]
    _replace(con, "governance.delivery_table", _typed("source delivery_id table_name feed") | counts, tables)


def _arrival(record: DeliveryRecord, name: str, received_at: str, status: str, reason: str) -> dict[str, object]:
    again = status == "duplicate"
    return {
        "source": record.source, "delivery_id": record.delivery_id, "delivery_name": name, "received_at": received_at.replace("Z", ""),
        "as_of": record.as_of.isoformat(), "status": status, "contract_version": record.contract_version, "files": record.files,
        "rows_read": 0 if again else record.rows_read, "rows_accepted": 0 if again else record.rows_accepted,
        "rows_rejected": 0 if again else record.rows_rejected, "rows_excluded": 0 if again else record.rows_excluded, "reason": reason,
    }  # fmt: skip


def _raw_view(con: duckdb.DuckDBPyConnection, raw_dir: Path, feed: Feed) -> None:
    """View raw.<feed>: every ingested row of every delivery; empty but typed before the first delivery."""
    types = {column.name: column.duckdb_type for column in feed.columns} | _RAW_EXTRAS
    typed = ", ".join(f"NULL::{kind} AS {name}" for name, kind in {**types, "source": "VARCHAR", "delivery": "VARCHAR"}.items())
    body = f"SELECT {typed} WHERE false"
    if any((raw_dir / feed.name).glob("source=*/delivery=*/*.parquet")):
        files = literal(str(raw_dir / feed.name / "*" / "*" / "*.parquet"))
        options = "union_by_name = true, hive_partitioning = true, hive_types_autocast = false"
        body += f" UNION ALL BY NAME SELECT * FROM read_parquet({files}, {options})"
    columns = ", ".join([*types, "split_part(_scope, '/', 1) AS _table", "source", "delivery AS delivery_id"])
    con.execute(f"CREATE OR REPLACE VIEW raw.{feed.name} AS SELECT {columns} FROM ({body})")


def _rejected(con: duckdb.DuckDBPyConnection, raw_dir: Path) -> None:
    """governance.rejected_row holds no delivered value; the row itself stays in the raw folder (view raw.rejected_row)."""
    typed = ", ".join(f"NULL::{'BIGINT' if name == 'line' else 'VARCHAR'} AS {name}" for name in _REJECTED_COLUMNS)
    body = f"SELECT {typed}, NULL::VARCHAR AS row_text, NULL::VARCHAR AS source, NULL::VARCHAR AS delivery WHERE false"
    if any((raw_dir / REJECTED).glob("source=*/delivery=*/*.parquet")):
        files = literal(str(raw_dir / REJECTED / "*" / "*" / "*.parquet"))
        body += f" UNION ALL BY NAME SELECT * FROM read_parquet({files}, hive_partitioning = true, hive_types_autocast = false)"
    columns = ", ".join(_REJECTED_COLUMNS)
    con.execute(f"CREATE OR REPLACE VIEW raw.rejected_row AS SELECT source, delivery AS delivery_id, {columns}, row_text FROM ({body})")
    con.execute(f"CREATE OR REPLACE TABLE governance.rejected_row AS SELECT source, delivery_id, {columns} FROM raw.rejected_row")


def _typed(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "VARCHAR")


def _replace(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: Sequence[Mapping[str, object]]) -> None:
    picked = ", ".join(f"(item->>'{name}')::{kind} AS {name}" for name, kind in columns.items())
    items = f"SELECT unnest(from_json({literal(json.dumps(rows))}, '[\"JSON\"]')) AS item"
    con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {picked} FROM ({items})")
