"""Schema raw: the Parquet files of the raw folder as one view per feed, as they are read today and as any version was made of them.

Belongs here: views and table macros. Does not belong here: the ledger's own tables (ledger.py), which deliveries count (force.py).
"""

from collections.abc import Collection
from pathlib import Path

import duckdb

from orchestration.feeds import FEEDS, Feed
from orchestration.ingestion.history import in_force_at
from orchestration.ingestion.record import REJECTED, DeliveryRecord
from orchestration.sql import literal

_EXTRAS = {"_file": "VARCHAR", "_scope": "VARCHAR", "_deleted": "BOOLEAN", "_sequence": "BIGINT", "_record": "VARCHAR"}
_REJECTED = dict.fromkeys(("table_name", "feed", "file", "column_name", "rule", "reason", "row_text"), "VARCHAR") | {"line": "BIGINT"}
_PARTITIONS = dict.fromkeys(("source", "delivery", "reading"), "VARCHAR")
REJECTED_COLUMNS = ("table_name", "feed", "file", "line", "column_name", "rule", "reason")


def build_views(con: duckdb.DuckDBPyConnection, raw_dir: Path, published_dir: Path, records: Collection[DeliveryRecord]) -> None:
    """raw.<feed>: rows of every delivery as last read; raw.<feed>_as_of(version): rows in force at a published version;
    governance.delivery_feed_at(version): what was in force."""
    counting = {"/".join((*record.key, record.reading)) for record in records}
    con.execute(f"CREATE OR REPLACE MACRO governance.delivery_feed_at(at_version) AS TABLE {in_force_at(published_dir, 'at_version')}")
    for feed in FEEDS.values():
        _feed(con, raw_dir, feed, counting)
    rows = _rows(raw_dir, REJECTED, _REJECTED, counting)
    listed = ", ".join((*REJECTED_COLUMNS, "row_text"))
    con.execute(f"CREATE OR REPLACE VIEW raw.rejected_row AS SELECT source, delivery AS delivery_id, {listed} FROM ({rows})")


def _feed(con: duckdb.DuckDBPyConnection, raw_dir: Path, feed: Feed, counting: Collection[str]) -> None:
    types = {column.name: column.duckdb_type for column in feed.columns} | _EXTRAS
    columns = ", ".join([*types, "split_part(_scope, '/', 1) AS _table", "source", "delivery AS delivery_id"])
    con.execute(f"CREATE OR REPLACE VIEW raw.{feed.name} AS SELECT {columns} FROM ({_rows(raw_dir, feed.name, types, counting)})")
    con.execute(
        f"""CREATE OR REPLACE MACRO raw.{feed.name}_as_of(at_version) AS TABLE SELECT {columns}
        FROM ({_rows(raw_dir, feed.name, types, None)}) AS stored
        SEMI JOIN (SELECT * FROM governance.delivery_feed_at(at_version) WHERE feed = {literal(feed.name)}) AS held
        ON stored.source = held.source AND stored.delivery = held.delivery_id AND stored.reading = held.reading
            AND stored._scope = held.scope"""
    )


def _rows(raw_dir: Path, folder: str, types: dict[str, str], counting: Collection[str] | None) -> str:
    """SELECT of what lies in one folder; typed where nothing does. Only the readings that are `counting` (None: all of them)."""
    typed = ", ".join(f"NULL::{kind} AS {name}" for name, kind in {**types, **_PARTITIONS}.items())
    body = f"SELECT {typed} WHERE false"
    places = [place for place in (raw_dir / folder).glob("source=*/delivery=*/reading=*") if any(place.glob("*.parquet"))]
    if not places:
        return body
    files = literal(str(raw_dir / folder / "source=*" / "delivery=*" / "reading=*" / "*.parquet"))
    body += (
        " UNION ALL BY NAME SELECT * FROM "
        f"read_parquet({files}, union_by_name = true, hive_partitioning = true, hive_types_autocast = false)"
    )
    # Nearly always empty, so the few are named instead of the many; DuckDB drops their files before it opens any.
    other = sorted({name for name in map(_reading_name, places) if counting is not None and name not in counting})
    if not other:
        return body
    return f"SELECT * FROM ({body}) WHERE concat_ws('/', source, delivery, reading) NOT IN ({', '.join(map(literal, other))})"


def _reading_name(place: Path) -> str:
    return "/".join(part.split("=", 1)[1] for part in place.parts[-3:])
