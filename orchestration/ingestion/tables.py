"""The files of one delivery through the tables of its contract, into the work folder.

Belongs here: which files belong to which table, whether they come as a whole or as changes, what is noted of each table.
Does not belong here: one file (scan.py), what a delivery is and where it ends up (delivery.py).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract, Reader, Table
from orchestration.ingestion.columns import file_columns
from orchestration.ingestion.compile import FileFacts
from orchestration.ingestion.file_bytes import FileBytes
from orchestration.ingestion.force import BULK
from orchestration.ingestion.gone import take_back_left_out
from orchestration.ingestion.manifest import Mode, read_promises
from orchestration.ingestion.problem import FileProblem
from orchestration.ingestion.record import REJECTED, DeliveryRecord, FileRecord, TableRecord
from orchestration.ingestion.scan import Counts, FileJob, ScannedFile, scan_file
from orchestration.ingestion.settle import settle_files
from orchestration.ingestion.side import SideFiles, matching, side_names
from orchestration.ingestion.workbook import Piece, pieces, place_in, side_readers, unread_sheets
from orchestration.limits import Limits
from orchestration.sql import literal


@dataclass(frozen=True)
class Intake:
    """One delivery being read: its files by name, where their rows go, and how much is read of anything."""

    con: duckdb.DuckDBPyConnection
    contract: Contract
    paths: Mapping[str, Path]
    work: Path
    limits: Limits
    seen: Mapping[str, FileBytes]


def read_tables(intake: Intake, record: DeliveryRecord) -> None:
    """Split every file of every table into `work`/raw and note it in `record`. Raises FileProblem where the delivery cannot be used."""
    promises = read_promises(intake.contract, intake.paths)
    unused = set(intake.paths) - promises.manifests
    changes = frozenset(name for name, mode in promises.modes.items() if mode == "delta")
    side = SideFiles(intake.con, intake.paths, intake.work, intake.limits, changes)
    read: list[tuple[str, Reader]] = []
    for number, table in enumerate(intake.contract.tables):
        names = matching(intake.paths, table.files)
        unused -= {*names, *side_names(table, intake.paths)}
        read += [(name, reader) for files, reader in side_readers(table) for name in matching(intake.paths, files)]
        if not names and not table.optional and not promises.leaves_out(table.files):
            raise FileProblem("missing_file", table.name, " or ".join(table.files))
        if names:
            mode = promises.mode_of(table.name, names)
            is_change = "delta" in (mode, table.replacement) or table.deleted
            facts = FileFacts({}, side.lookups(table), record.as_of, side.keys(table), "delta" if is_change else "bulk")
            read += [(name, table.reader) for name in names]
            parts = [piece for name in names for piece in pieces(table, name, intake.paths[name])]
            scanned = [_scan(intake, piece, f"{number:03}-{index:05}", facts) for index, piece in enumerate(parts)]
            if not table.may_be_empty and not any(file.counts.read or file.counts.excluded for file in scanned):
                raise FileProblem("header_only", table.name, names[0])
            settle_files(intake.con, table, scanned)
            gone = take_back_left_out(intake.con, [file.job.accepted for file in scanned])
            record.tables.append(_table_record(intake.con, table, scanned, gone, mode))
    record.unused_files = sorted([*unused, *unread_sheets(intake.paths, read)])


def _scan(intake: Intake, piece: Piece, part: str, facts: FileFacts) -> ScannedFile:
    try:
        return scan_file(intake.con, piece.table, _job(intake, piece, part), _facts(piece, facts))
    except FileProblem as problem:
        if problem.file != piece.name:
            raise
        raise replace(problem, file=place_in(piece.name, piece.sheet)) from None


def _job(intake: Intake, piece: Piece, part: str) -> FileJob:
    table, name = piece.table, piece.name
    accepted, rejected = (intake.work / "raw" / folder / f"{part}.parquet" for folder in (table.feed, REJECTED))
    for place in (accepted, rejected):
        place.parent.mkdir(parents=True, exist_ok=True)
    return FileJob(intake.paths[name], piece.label, accepted, rejected, intake.work, intake.limits, intake.seen.get(name), piece.sheet)


def _facts(piece: Piece, facts: FileFacts) -> FileFacts:
    """With the groups of the names of file and sheet."""
    match = re.search(piece.table.file_name, piece.name) if piece.table.file_name else None
    groups = {key: value for key, value in match.groupdict().items() if value is not None} if match else {}
    return replace(facts, groups=groups, sheet_groups=dict(piece.groups))


def _table_record(
    con: duckdb.DuckDBPyConnection, table: Table, scanned: list[ScannedFile], gone: list[Path], mode: Mode | None
) -> TableRecord:
    counts = Counts()
    for file in scanned:
        counts.add(file.counts)
    scopes = dict.fromkeys(_scopes(con, gone), 0) | _scopes(con, [file.job.accepted for file in scanned])
    replacement = _replacement(table, mode)
    return TableRecord(
        table=table.name,
        feed=table.feed,
        replacement=replacement,
        files=len(scanned),
        rows_read=counts.read,
        rows_accepted=counts.accepted,
        rows_rejected=counts.rejected,
        rows_excluded=counts.excluded,
        read_files=[_file_record(file) for file in scanned],
        # A whole file without rows still replaces what stood before.
        scopes=dict(sorted(scopes.items())) or ({} if replacement == "per_period" else {f"{table.deletes_from or table.name}/*": 0}),
        needs_bulk=mode == "delta",
    )


def _scopes(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> dict[str, int]:
    """Rows by scope."""
    if not files:
        return {}
    paths = ", ".join(literal(str(file)) for file in files)
    return dict(con.execute(f"SELECT _scope, count(*) FROM read_parquet([{paths}], union_by_name = true) GROUP BY 1").fetchall())


def _replacement(table: Table, mode: Mode | None) -> str:
    """How the rows meet those of earlier deliveries: the manifest outranks the contract, and rows that take others back only change."""
    if table.deleted or mode == "delta":
        return "delta"
    return "snapshot" if mode == "bulk" and table.replacement not in BULK else table.replacement


def _file_record(file: ScannedFile) -> FileRecord:
    columns, not_taken = file_columns(file.table, file.header)
    return FileRecord(
        name=file.job.name,
        sheet=file.job.sheet,
        rows_read=file.counts.read,
        rows_accepted=file.counts.accepted,
        rows_rejected=file.counts.rejected,
        rows_excluded=file.counts.excluded,
        columns=columns,
        not_taken=not_taken,
        lines=file.below,
        excluded_as=file.counts.excluded_as,
    )
