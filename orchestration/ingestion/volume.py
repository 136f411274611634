"""How much a delivery takes away and brings, against what stood before it: the alarm against a half-exported file.

Belongs here: counting keys. Does not belong here: what an alarm does (force.py) or who accepts it (decision.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.model import DeliveryRules
from orchestration.feeds import FEEDS
from orchestration.ingestion.force import Scope, scopes
from orchestration.ingestion.record import DeliveryRecord, VolumeChange, reading_folder
from orchestration.sql import literal, one_row

# Below so many rows a share says nothing.
FEWEST = 50
_EXTRAS = {"_record": "VARCHAR", "_sequence": "BIGINT", "_deleted": "BOOLEAN", "_scope": "VARCHAR"}


def measure_volume(
    con: duckdb.DuckDBPyConnection,
    rules: DeliveryRules,
    raw_dir: Path,
    record: DeliveryRecord,
    read_into: Path,
    others: Sequence[DeliveryRecord],
) -> list[VolumeChange]:
    """Changes of every table that stood before the delivery, of which `read_into` holds the rows by feed.

    `others`: the other deliveries of the source. Whatever arrived late is compared with what stood before its own day.
    """
    if rules.max_gone_share is None and rules.max_added_share is None:
        return []
    before = [scope for scope in scopes([r for r in others if r.position < record.position]) if scope.in_force]
    changes = []
    for table, feed, replacement in _tables(record):
        stood = [scope for scope in before if scope.table == table and scope.feed == feed]
        if replacement == "per_period":
            own = {scope for one in record.tables for scope in one.scopes}
            stood = [scope for scope in stood if scope.scope in own]
        if replacement == "append" or sum(scope.rows for scope in stood) < FEWEST:
            continue
        count, gone, added = _compare(con, raw_dir, table, stood, read_into / feed, replacement)
        change = VolumeChange(table=table, before=count, gone=gone, added=added, exceeded=False)
        over_gone = rules.max_gone_share is not None and change.gone_share > rules.max_gone_share
        over_added = rules.max_added_share is not None and change.added_share > rules.max_added_share
        changes.append(change.model_copy(update={"exceeded": count >= FEWEST and (over_gone or over_added)}))
    return changes


def _tables(record: DeliveryRecord) -> list[tuple[str, str, str]]:
    """(table, feed, replacement) once per table that rows speak of; a whole file outweighs rows that another table takes back."""
    found: dict[tuple[str, str], str] = {}
    for one in record.tables:
        for scope in one.scopes:
            key = scope.split("/", 1)[0], one.feed
            if one.replacement != "delta" or key not in found:
                found[key] = one.replacement
    return [(table, feed, replacement) for (table, feed), replacement in found.items()]


@dataclass(frozen=True)
class _Rows:
    """A SELECT of key columns; `place`: the order of the delivery they came with."""

    select: str
    place: int = 0


def _compare(
    con: duckdb.DuckDBPyConnection, raw_dir: Path, table: str, stood: list[Scope], new: Path, replacement: str
) -> tuple[int, int, int]:
    """(keys before, keys gone, keys added)."""
    feed = stood[0].feed
    old = [(sorted(reading_folder(raw_dir, feed, s.record).glob("*.parquet")), s) for s in stood]
    before = [_Rows(f"{_rows(feed, files)} WHERE _scope = {literal(s.scope)}", s.order) for files, s in old if files]
    sent = _Rows(f"{_rows(feed, sorted(new.glob('*.parquet')))} WHERE split_part(_scope, '/', 1) = {literal(table)}")
    if not before:
        return 0, 0, 0
    if not FEEDS[feed].key:
        count = sum(one_row(con, f"SELECT count(*) FROM ({rows.select})")[0] for rows in before)
        (now,) = one_row(con, f"SELECT count(*) FROM ({sent.select})")
        return count, max(count - now, 0), max(now - count, 0)
    by_record = all(one_row(con, f"SELECT count(*) = count(_record) FROM ({rows.select})")[0] for rows in (*before, sent))
    key = "hash(_record)" if by_record else f"hash({', '.join(FEEDS[feed].key)})"
    _load_keys(con, key, before, sent, newest_only=any(scope.by_key for scope in stood))
    if replacement == "delta":
        gone = "FROM key_before SEMI JOIN (FROM key_sent WHERE deleted) USING (key)"
    else:
        gone = "FROM key_before ANTI JOIN (FROM key_sent WHERE NOT deleted) USING (key)"
    added = "FROM (FROM key_sent WHERE NOT deleted) ANTI JOIN key_before USING (key)"
    found = one_row(con, f"SELECT (SELECT count(*) FROM key_before), (SELECT count(*) {gone}), (SELECT count(*) {added})")
    con.execute("DROP TABLE key_before; DROP TABLE key_sent")
    return found[0], found[1], found[2]


def _load_keys(con: duckdb.DuckDBPyConnection, key: str, before: list[_Rows], sent: _Rows, *, newest_only: bool) -> None:
    """Temp tables key_before(key) of what stood and key_sent(key, deleted) of the delivery; keys as hashes, for they may be long."""
    layers = " UNION ALL ".join(
        f"SELECT {key} AS key, {rows.place} AS place, coalesce(_sequence, 0) AS sequence, coalesce(_deleted, false) AS deleted "
        f"FROM ({rows.select})"
        for rows in before
    )
    if newest_only:
        order = "ORDER BY place DESC, sequence DESC, deleted DESC"
        layers = f"SELECT * FROM ({layers}) QUALIFY row_number() OVER (PARTITION BY key {order}) = 1"
    con.execute(f"CREATE OR REPLACE TEMP TABLE key_before AS SELECT DISTINCT key FROM ({layers}) WHERE NOT deleted")
    newest = "arg_max(coalesce(_deleted, false), coalesce(_sequence, 0))"
    con.execute(f"CREATE OR REPLACE TEMP TABLE key_sent AS SELECT {key} AS key, {newest} AS deleted FROM ({sent.select}) GROUP BY 1")


def _rows(feed: str, files: Sequence[Path]) -> str:
    """SELECT of the key columns and extras of these files, NULL where a file lacks one."""
    types = {name: FEEDS[feed].by_name[name].duckdb_type for name in FEEDS[feed].key} | _EXTRAS
    typed = ", ".join(f"NULL::{kind} AS {name}" for name, kind in types.items())
    empty = f"SELECT {typed} WHERE false"
    if not files:
        return empty
    listed = ", ".join(literal(str(file)) for file in files)
    return f"SELECT {', '.join(types)} FROM ({empty} UNION ALL BY NAME SELECT * FROM read_parquet([{listed}], union_by_name = true))"
