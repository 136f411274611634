"""Where reports lie: reports/<source>/<delivery>-<id>.html with its CSVs beside it, readable by the hub alone.

Belongs here: files, their names and modes, when a report is made anew. Does not belong here: what it says (facts.py, page.py).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from orchestration.contracts.model import Contract
from orchestration.ingestion.problem import RULES
from orchestration.ingestion.record import DeliveryRecord
from orchestration.ingestion.rejected import rejected_files
from orchestration.ingestion.scratch import scratch_database
from orchestration.reports.facts import Returned, delivery_report, words_of
from orchestration.reports.page import as_html
from orchestration.reports.rejected import broken, write_returned
from orchestration.reports.verdict import Verdict, verdict_on

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
_ASIDE = ".aside"


def write_reports(
    contract: Contract,
    records: Sequence[DeliveryRecord],
    *,
    raw_dir: Path,
    folder: Path,
    timezone: str = "UTC",
    memory_limit: str | None = None,
) -> Path:
    """Bring the source's folder below `folder` up to date with `records`, all deliveries of this source; returns it. Idempotent."""
    place = folder / contract.source
    for made in (folder, place):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o700)
    expected: set[str] = set()
    with scratch_database(raw_dir, memory_limit) as con:
        for record in records:
            expected |= _write_report(con, contract, record, verdict_on(record, records), raw_dir, place, ZoneInfo(timezone))
    for file in place.iterdir():
        if file.name not in expected and file.suffix in (".html", ".csv", _ASIDE):
            file.unlink()
    return place


def report_path(folder: Path, record: DeliveryRecord) -> Path:
    return folder / record.source / f"{_stem(record)}.html"


def _write_report(
    con: duckdb.DuckDBPyConnection, contract: Contract, record: DeliveryRecord, verdict: Verdict, raw_dir: Path, place: Path, zone: ZoneInfo
) -> set[str]:
    """Names of the files of one report. The page comes last, so a page that is there speaks of CSVs that are there."""
    returned = _returned(record)
    page = place / f"{_stem(record)}.html"
    names = {page.name, *(item.name for item in returned)}
    fingerprint = _fingerprint(contract, record, verdict, str(zone))
    if all((place / name).exists() for name in names) and f'content="{fingerprint}"' in page.read_text(encoding="utf-8")[:2000]:
        return names
    files = rejected_files(raw_dir, record)
    found = broken(con, files)
    words = words_of(contract, record, found)
    for item in returned:
        made = aside(place / item.name)
        write_returned(con, files, item.table, words, made)
        made.replace(place / item.name)
    report = delivery_report(
        contract,
        record,
        verdict,
        broken=found,
        returned=returned,
        received=record.received_at.astimezone(zone).date(),
    )
    made = aside(page)
    made.write_text(as_html(report, fingerprint=fingerprint), encoding="utf-8")
    made.replace(page)
    return names


def _returned(record: DeliveryRecord) -> list[Returned]:
    return [Returned(f"{_stem(record)}-{_safe(t.table)}.csv", t.table, t.rows_rejected) for t in record.tables if t.rows_rejected]


def _stem(record: DeliveryRecord) -> str:
    return f"{_safe(record.name)}-{record.delivery_id}"


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)[:_LONGEST_NAME].lstrip(".") or "_"


def aside(path: Path) -> Path:
    """An empty file for the hub alone; what is written into it is never readable by others, not even for a moment."""
    made = path.with_name(f".{path.name}{_ASIDE}")
    made.unlink(missing_ok=True)
    made.touch(mode=0o600)
    return made


def _fingerprint(contract: Contract, record: DeliveryRecord, verdict: Verdict, zone: str) -> str:
    """Equal fingerprints, equal reports: all that a report depends on, its own code among it."""
    parts = [contract.hash, record.model_dump_json(), repr(verdict), zone, json.dumps(RULES), _code()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _code() -> str:
    return _hash(sorted(file for file in Path(__file__).parent.rglob("*") if file.suffix in (".py", ".j2")))


def _hash(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()
