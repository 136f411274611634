"""Files looked at under a contract as a delivery would be, with nothing kept and nothing known of earlier deliveries.

Belongs here: the throw-away folder and what is forgiven to loose files. Does not belong here: reading (ingestion), what is said
(verdict.py, facts.py) or shown (sample.py, cli/check.py).
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from orchestration.contracts.model import Contract
from orchestration.ingestion.delivery import ingest_delivery
from orchestration.ingestion.inbox import InboxDelivery
from orchestration.ingestion.rejected import rejected_files
from orchestration.ingestion.scratch import scratch_database
from orchestration.limits import Limits
from orchestration.reports.facts import DeliveryReport, delivery_report
from orchestration.reports.rejected import broken
from orchestration.reports.sample import Sample, first_rows
from orchestration.reports.verdict import verdict_of_check


class WrongFilesError(Exception):
    """The paths given are nothing that could be delivered together."""


def try_files(
    contract: Contract,
    paths: Sequence[Path],
    *,
    strict: bool = False,
    memory_limit: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> DeliveryReport:
    """Read a folder, a zip file, or some files of a delivery. `strict`: by the contract's strict rules."""
    return try_and_show(contract, paths, strict=strict, memory_limit=memory_limit, limits=limits)[0]


def try_and_show(
    contract: Contract,
    paths: Sequence[Path],
    *,
    strict: bool = False,
    show: int = 0,
    memory_limit: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> tuple[DeliveryReport, tuple[Sample, ...]]:
    """The same, with the first `show` rows of each table; those hold values of children."""
    whole = len(paths) == 1 and (paths[0].is_dir() or paths[0].suffix.lower() == ".zip")
    if strict:
        contract = contract.model_copy(update={"strictness": "strict"})
    if not whole:
        contract = _forgiving(contract, paths)
    with tempfile.TemporaryDirectory(prefix="datadrives-check-", ignore_cleanup_errors=True) as temporary:
        raw_dir = Path(temporary) / "raw"
        raw_dir.mkdir(mode=0o700)
        place = paths[0] if whole else _together(paths, Path(temporary) / "files")
        name = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        delivery = InboxDelivery(contract.source, name, place, "check", 0.0)
        with scratch_database(raw_dir, memory_limit) as con:
            record = ingest_delivery(con, contract, delivery, raw_dir, {}, limits=limits)
            found = broken(con, rejected_files(raw_dir, record))
            samples = first_rows(con, contract, raw_dir, record, show) if show else ()
        verdict = verdict_of_check(record, [pattern for table in contract.tables for pattern in table.files])
        return delivery_report(contract, record, verdict, broken=found, is_check=True), samples


def _forgiving(contract: Contract, paths: Sequence[Path]) -> Contract:
    """Some files of a delivery say nothing of the others, and a manifest that is not among them is no missing one."""
    tables = tuple(table.model_copy(update={"optional": True}) for table in contract.tables)
    wanted = contract.manifest.file if contract.manifest is not None else ()
    has_manifest = any(fnmatch(path.name.lower(), Path(pattern).name.lower()) for path in paths for pattern in wanted)
    return contract.model_copy(update={"tables": tables, "manifest": contract.manifest if has_manifest else None})


def _together(paths: Sequence[Path], folder: Path) -> Path:
    """The files in one folder, linked where the disk allows it: a file of many gigabytes need not be copied to be looked at."""
    folder.mkdir()
    for path in paths:
        if not path.is_file():
            raise WrongFilesError(f"{path}: give files, or one folder, or one zip file")
        target = folder / path.name
        if target.exists():
            raise WrongFilesError(f"{path}: two of the files are called {path.name}; a delivery holds each name once")
        try:
            os.link(path.resolve(), target)
        except OSError:
            shutil.copyfile(path, target)
    return folder
