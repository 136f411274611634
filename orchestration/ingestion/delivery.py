"""One delivery from the inbox into the raw folder: written whole or not at all.

Belongs here: which files belong to which table, quarantine, the order of renames that makes a kill harmless.
Does not belong here: one file (scan.py), the order of deliveries (ledger.py).
"""

import re
import shutil
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract, Lookup, Table
from orchestration.ingestion.archive import unpack
from orchestration.ingestion.compile import FileFacts
from orchestration.ingestion.duplicates import reject_duplicates
from orchestration.ingestion.inbox import InboxDelivery, content_hash, files_of
from orchestration.ingestion.lookup import load_lookup
from orchestration.ingestion.problem import FileProblem, reason
from orchestration.ingestion.record import DeliveryRecord, Receipt, TableRecord, now, record_path, write_record
from orchestration.ingestion.scan import Counts, FileJob, ScannedFile, scan_file
from orchestration.sql import literal

REJECTED = "rejected_row"


def ingest_delivery(
    con: duckdb.DuckDBPyConnection, contract: Contract, delivery: InboxDelivery, raw_dir: Path, known: dict[str, DeliveryRecord]
) -> DeliveryRecord:
    """Take one delivery in. `known`: records of this source by delivery id. Content that was taken in before under the same
    contract is only noted as received again."""
    work = raw_dir / ".work" / f"{contract.source}-{delivery.stamp[:16]}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        folder = delivery.path
        if delivery.is_archive:
            folder = work / "unpacked"
            folder.mkdir()
            try:
                unpack(delivery.path, folder)
            except FileProblem as problem:
                return _keep(raw_dir, _refused(contract, delivery, problem))
        return _ingest_folder(con, contract, delivery, folder, raw_dir, work, known)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _ingest_folder(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    delivery: InboxDelivery,
    folder: Path,
    raw_dir: Path,
    work: Path,
    known: dict[str, DeliveryRecord],
) -> DeliveryRecord:
    content = content_hash(folder)
    record = _new_record(contract, delivery, content, files_of(folder))
    before = known.get(record.delivery_id)
    if before is not None:
        if before.contract == contract.hash:
            if not before.knows(delivery.name, delivery.stamp):
                before.also_received.append(Receipt(name=delivery.name, stamp=delivery.stamp, received_at=now()))
                write_record(raw_dir, before)
            return before
        record.received_at, record.also_received, record.as_of = before.received_at, before.also_received, before.as_of
    try:
        record.unused_files = _read_tables(con, contract, folder, work, record)
        rejected = record.rows_rejected
        if record.rows_read and rejected > contract.delivery.max_rejected_share * record.rows_read:
            record.reason = f"{rejected} of {record.rows_read} rows are rejected: {reason('rejected_share')}"
            record.status = "quarantined"
    except FileProblem as problem:
        record.status, record.reason = "quarantined", str(problem)
        shutil.rmtree(work / "raw" / REJECTED, ignore_errors=True)
        record.tables = []
    _move_in(raw_dir, work, record)
    return _keep(raw_dir, record)


def _read_tables(con: duckdb.DuckDBPyConnection, contract: Contract, folder: Path, work: Path, record: DeliveryRecord) -> list[str]:
    """Split every file of every table into the work folder; returns names of files that no table reads."""
    paths = {path.relative_to(folder).as_posix(): path for path in files_of(folder)}
    unused = set(paths)
    for number, table in enumerate(contract.tables):
        names = [name for name in paths if any(fnmatch(name.lower(), pattern.lower()) for pattern in table.files)]
        unused -= set(names)
        for lookup in table.lookups.values():
            unused -= {name for name in paths if fnmatch(name.lower(), lookup.file.lower())}
        if not names and not table.optional:
            raise FileProblem("missing_file", table.name, " or ".join(table.files))
        if names:
            lookups = _lookups(con, table, number, paths, work)
            scanned = [
                scan_file(con, table, _job(work, table, number, index, name, paths[name]), _facts(table, name, lookups, record.as_of))
                for index, name in enumerate(names)
            ]
            reject_duplicates(con, table, scanned)
            record.tables.append(_table_record(con, table, scanned))
    return sorted(unused)


def _job(work: Path, table: Table, number: int, index: int, name: str, path: Path) -> FileJob:
    part = f"{number:03}-{index:05}.parquet"
    accepted, rejected = work / "raw" / table.feed / part, work / "raw" / REJECTED / part
    for place in (accepted, rejected):
        place.parent.mkdir(parents=True, exist_ok=True)
    return FileJob(path, name, accepted, rejected, work)


def _facts(table: Table, name: str, lookups: dict[str, str], as_of: date) -> FileFacts:
    match = re.search(table.file_name, name) if table.file_name else None
    groups = {key: value for key, value in match.groupdict().items() if value is not None} if match else {}
    return FileFacts(groups, lookups, as_of)


def _lookups(con: duckdb.DuckDBPyConnection, table: Table, number: int, paths: dict[str, Path], work: Path) -> dict[str, str]:
    relations: dict[str, str] = {}
    for name, lookup in table.lookups.items():
        relation = f"lookup_{number}_{len(relations)}"
        load_lookup(con, table, lookup, _lookup_file(table, lookup, paths), work, relation)
        relations[name] = relation
    return relations


def _lookup_file(table: Table, lookup: Lookup, paths: dict[str, Path]) -> Path:
    for name, path in paths.items():
        if fnmatch(name.lower(), lookup.file.lower()):
            return path
    raise FileProblem("missing_file", table.name, lookup.file)


def _table_record(con: duckdb.DuckDBPyConnection, table: Table, scanned: list[ScannedFile]) -> TableRecord:
    counts = Counts()
    for file in scanned:
        counts.add(file.counts)
    paths = "[" + ", ".join(literal(str(file.job.accepted)) for file in scanned) + "]"
    scopes = con.execute(f"SELECT _scope, count(*) FROM read_parquet({paths}, union_by_name = true) GROUP BY 1 ORDER BY 1").fetchall()
    return TableRecord(
        table=table.name,
        feed=table.feed,
        replacement=table.replacement,
        files=len(scanned),
        rows_read=counts.read,
        rows_accepted=counts.accepted,
        rows_rejected=counts.rejected,
        rows_excluded=counts.excluded,
        # A snapshot without rows still replaces what stood before.
        scopes=dict(scopes) or ({f"{table.name}/*": 0} if table.replacement != "per_period" else {}),
    )


def _move_in(raw_dir: Path, work: Path, record: DeliveryRecord) -> None:
    """Old record out, folders in, new record last: a delivery without a record does not exist for the ledger."""
    place = f"source={record.source}/delivery={record.delivery_id}"
    record_path(raw_dir, record.source, record.delivery_id).unlink(missing_ok=True)
    for old in raw_dir.glob(f"*/{place}"):
        if old.parent.parent.name != "delivery":
            shutil.rmtree(old)
    for folder in sorted((work / "raw").glob("*")) if (work / "raw").is_dir() else []:
        if record.status == "quarantined" and folder.name != REJECTED:
            continue
        if any(folder.iterdir()):
            target = raw_dir / folder.name / place
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(target)


def _keep(raw_dir: Path, record: DeliveryRecord) -> DeliveryRecord:
    write_record(raw_dir, record)
    return record


def _new_record(contract: Contract, delivery: InboxDelivery, content: str, files: list[Path]) -> DeliveryRecord:
    received = now()
    return DeliveryRecord(
        source=contract.source,
        delivery_id=content[:16],
        name=delivery.name,
        content=content,
        stamp=delivery.stamp,
        received_at=received,
        as_of=delivery.as_of() or received.date(),
        status="accepted",
        contract=contract.hash,
        contract_version=contract.version,
        files=len(files),
    )


def _refused(contract: Contract, delivery: InboxDelivery, problem: FileProblem) -> DeliveryRecord:
    record = _new_record(contract, delivery, delivery.stamp, [])
    record.status, record.reason = "quarantined", str(problem)
    return record
