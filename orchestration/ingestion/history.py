"""What each published version was made of, so that raw can be read as it stood then.

Belongs here: the list of scopes in force that lies beside a version, the SQL that reads it, forgetting readings no version names.
Does not belong here: what is in force (force.py), the versions themselves (publishing).
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from orchestration.ingestion.decision import delivery_folder
from orchestration.ingestion.force import scopes
from orchestration.ingestion.record import DeliveryRecord, read_readings, read_records
from orchestration.sql import literal

IN_FORCE_FILE = "in_force.json"
_TYPES = {
    "source": "VARCHAR", "feed": "VARCHAR", "table_name": "VARCHAR", "delivery_id": "VARCHAR", "reading": "VARCHAR", "period": "VARCHAR",
    "scope": "VARCHAR", "replacement": "VARCHAR", "as_of": "DATE", "delivery_order": "BIGINT", "by_key": "BOOLEAN",
}  # fmt: skip


def write_in_force(folder: Path, records: Sequence[DeliveryRecord]) -> None:
    """Leave the scopes in force in a version's folder; no reader but the hub needs them."""
    held = [
        {
            "source": s.record.source, "feed": s.feed, "table_name": s.table, "delivery_id": s.record.delivery_id,
            "reading": s.record.reading, "period": s.period, "scope": s.scope, "replacement": s.replacement,
            "as_of": s.record.as_of.isoformat(), "delivery_order": s.order, "by_key": s.by_key,
        }
        for s in scopes(records)
        if s.in_force
    ]  # fmt: skip
    path = folder / IN_FORCE_FILE
    path.write_text(json.dumps(held, indent=1), encoding="utf-8")
    path.chmod(0o600)


def in_force_at(published_dir: Path, version: str) -> str:
    """SELECT of what was in force at a version; `version` is an SQL expression. Fails where there is no such version."""
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in _TYPES.items())
    path = f"{literal(f'{published_dir}/')} || {version} || {literal(f'/{IN_FORCE_FILE}')}"
    return f"SELECT * FROM read_json({path}, format = 'array', columns = {{{columns}}})"


def forget_readings(raw_dir: Path, published_dir: Path) -> list[str]:
    """Remove readings that neither count today nor made a version that is kept; returns source/delivery/reading of each.

    Files of versions are read anew each time: whatever they name stays.
    """
    counting = {(*record.key, record.reading) for record in read_records(raw_dir)}
    named = {
        (entry["source"], entry["delivery_id"], entry["reading"])
        for file in published_dir.glob(f"*/{IN_FORCE_FILE}")
        for entry in json.loads(file.read_text(encoding="utf-8"))
    }
    gone = []
    for reading in list(read_readings(raw_dir)):
        place = (*reading.key, reading.reading)
        if place not in counting and place not in named:
            _remove(raw_dir, reading)
            gone.append("/".join(place))
    return gone


def _remove(raw_dir: Path, reading: DeliveryRecord) -> None:
    """The record first: rows without one belong to nobody and are cleared away by whoever meets them."""
    delivery = f"source={reading.source}/delivery={reading.delivery_id}"
    if not reading.reading:
        (delivery_folder(raw_dir, *reading.key) / "record.json").unlink()
        for file in raw_dir.glob(f"*/{delivery}/*.parquet"):
            file.unlink()
        return
    shutil.rmtree(delivery_folder(raw_dir, *reading.key) / f"reading={reading.reading}")
    for folder in raw_dir.glob(f"*/{delivery}/reading={reading.reading}"):
        shutil.rmtree(folder)
