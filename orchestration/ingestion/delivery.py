"""One delivery from the inbox into the raw folder: written whole or not at all.

Belongs here: knowing a delivery again, its readings, quarantine, the order of renames that makes a kill harmless.
Does not belong here: its files (tables.py), the order of deliveries (force.py).
"""

import errno
import shutil
import traceback
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract
from orchestration.ingestion.archive import open_delivery
from orchestration.ingestion.file_bytes import FileBytes
from orchestration.ingestion.inbox import InboxDelivery, look_through, unopened_hash
from orchestration.ingestion.problem import FileProblem, reason
from orchestration.ingestion.record import (
    REJECTED,
    DeliveryRecord,
    ProblemRecord,
    Receipt,
    now,
    read_readings,
    reading_folder,
    write_record,
)
from orchestration.ingestion.tables import Intake, read_tables
from orchestration.ingestion.volume import measure_volume
from orchestration.limits import Limits


def ingest_delivery(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    delivery: InboxDelivery,
    raw_dir: Path,
    known: dict[str, DeliveryRecord],
    *,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    again: bool = False,
) -> DeliveryRecord:
    """Take one delivery in. `known`: records of this source by delivery id. Content that was taken in before under the same
    contract is only noted as received again, unless it is to be read `again`."""
    work = raw_dir / ".work" / f"{contract.source}-{delivery.stamp[:16]}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        paths: dict[str, Path] = {}
        seen: dict[str, FileBytes] = {}
        refusal: FileProblem | None = None
        try:
            paths = open_delivery(delivery.path, work, limits)
            content, seen = look_through(paths)
        except FileProblem as problem:
            content, paths, refusal = unopened_hash(delivery), {}, problem
        before = known.get(content[:16])
        record = _new_record(contract, delivery, content, before)
        if before is not None and not again and (standing := _read_before(raw_dir, contract, before, record)):
            return standing
        record.reading, record.number = _next_reading(raw_dir, record)
        record.files, record.file_names = len(paths), list(paths)
        if refusal:
            _refuse(record, refusal)
        else:
            _read(Intake(con, contract, paths, work, limits, seen), record, raw_dir, known)
        _move_in(raw_dir, work, record)
        write_record(raw_dir, record)
        return record
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _new_record(contract: Contract, delivery: InboxDelivery, content: str, before: DeliveryRecord | None) -> DeliveryRecord:
    """A record without rows; of content that came before it keeps when that was, and takes the newer day it is sent for."""
    received = now()
    record = DeliveryRecord(
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
        files=0,
    )
    if before is not None:
        record.name, record.stamp, record.received_at = before.name, before.stamp, before.received_at
        record.also_received, record.decision = list(before.also_received), before.decision
        if before.knows(delivery.name, delivery.stamp):
            record.as_of = before.as_of
        else:
            record.also_received.append(Receipt(name=delivery.name, stamp=delivery.stamp, received_at=received))
            record.as_of = max(before.as_of, record.as_of)
    return record


def _read_before(raw_dir: Path, contract: Contract, before: DeliveryRecord, record: DeliveryRecord) -> DeliveryRecord | None:
    """The reading this contract made of the content before, now the one that counts; None where it has to be read."""
    mine = [reading for reading in read_readings(raw_dir, *before.key) if reading.contract == contract.hash and reading.reading]
    if not mine:
        return None
    reading = max(mine, key=lambda r: r.number)
    if reading.as_of != record.as_of and _tells_day(contract):
        return None
    number = reading.number if reading.number == before.number else before.number + 1
    arrivals = {name: getattr(record, name) for name in ("name", "stamp", "received_at", "also_received", "as_of", "decision")}
    current = reading.model_copy(update={**arrivals, "number": number})
    if current == before:
        return before
    write_record(raw_dir, current)
    return current


def _tells_day(contract: Contract) -> bool:
    """Do rows carry the day their delivery speaks of?"""
    return any(prop.from_delivery for table in contract.tables for variant in table.variants for prop in variant.properties)


def _next_reading(raw_dir: Path, record: DeliveryRecord) -> tuple[str, int]:
    """Name and number of a reading that no other has: an older one may be what a published version was made of."""
    readings = list(read_readings(raw_dir, *record.key))
    taken = {reading.reading for reading in readings}
    name = record.contract[:8]
    names = [name, *(f"{name}-{again}" for again in range(2, len(taken) + 2))]
    return next(free for free in names if free not in taken), max((r.number for r in readings), default=0) + 1


def _read(intake: Intake, record: DeliveryRecord, raw_dir: Path, known: dict[str, DeliveryRecord]) -> None:
    """Rows into the work folder, counts and findings into the record."""
    rules = intake.contract.delivery
    read_into = intake.work / "raw"
    try:
        read_tables(intake, record)
    except FileProblem as problem:
        _refuse(record, problem)
    except Exception as error:  # whatever one delivery brings, the others are read
        if _is_the_machines(error):
            raise
        frame = traceback.extract_tb(error.__traceback__)[-1]
        # Its text may hold a delivered value, the place in the code does not.
        detail = f"an unexpected {type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
        _refuse(record, FileProblem("unreadable", "delivery", "", detail=detail))
    if record.status == "quarantined":
        shutil.rmtree(read_into, ignore_errors=True)
        record.tables = []
        return
    if record.rows_rejected > rules.max_rejected_share * record.rows_read:
        record.reason = f"{record.rows_rejected} of {record.rows_read} rows are rejected: {reason('rejected_share')}"
        record.status, record.problem = "quarantined", ProblemRecord(rule="rejected_share")
        return
    others = [other for other in known.values() if other.delivery_id != record.delivery_id]
    record.volume = measure_volume(intake.con, rules, raw_dir, record, read_into, others)


def _is_the_machines(error: Exception) -> bool:
    """Memory or disk is short: no fault of the delivery, which is read again next time."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EROFS)
    return isinstance(error, MemoryError | duckdb.OutOfMemoryException) or "No space left on device" in str(error)


def _refuse(record: DeliveryRecord, problem: FileProblem) -> None:
    record.status, record.reason = "quarantined", str(problem)
    record.problem = ProblemRecord(
        rule=problem.rule, table=problem.table, file=problem.file, line=problem.line, column=problem.column, detail=problem.detail
    )


def _move_in(raw_dir: Path, work: Path, record: DeliveryRecord) -> None:
    """Folders in; the record is written last: a reading without a record does not exist for the ledger."""
    # What a reading of this name left that was killed before its record.
    for folder in raw_dir.iterdir():
        if folder.name not in (".work", "delivery"):
            shutil.rmtree(reading_folder(raw_dir, folder.name, record), ignore_errors=True)
    for folder in sorted((work / "raw").glob("*")) if (work / "raw").is_dir() else []:
        if (record.status == "accepted" or folder.name == REJECTED) and any(folder.iterdir()):
            target = reading_folder(raw_dir, folder.name, record)
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(target)
