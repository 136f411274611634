"""The given files taken in under the proposal, in a folder that is thrown away: what would be accepted, what rejected and why.

Does not belong here: the sender's report (reports).
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion import build_ledger, ingest_source
from orchestration.onboarding.proposal import Proposal

MAX_BYTES = 4 * 1024**3
# Feeds whose rows are about somebody or something, not an event: a file may name it on many rows.
_REPEATABLE = ("student", "enrollment", "student_group", "school", "program")


@dataclass(frozen=True)
class Trial:
    """`tables`: (table, feed, rows read, accepted, rejected); `rules`: (table, column, rule) → rows; `refused`: why nothing was taken."""

    tables: list[tuple[str, str, int, int, int]]
    rules: Counter[tuple[str, str, str]]
    refused: str | None


def try_contract(contract: Contract, files: Sequence[tuple[str, Path]], folder: Path) -> Trial | None:
    """None where the files are too big to copy for a trial."""
    if sum(path.stat().st_size for _, path in files) > MAX_BYTES:
        return None
    for name, path in files:
        target = folder / "inbox" / contract.source / "given" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    raw = folder / "raw"
    [record] = ingest_source(contract, inbox=folder / "inbox", raw_dir=raw).deliveries
    with duckdb.connect(":memory:") as con:
        build_ledger(con, raw, {contract.source: contract})
        found = con.execute(
            "SELECT table_name, column_name, rule, count(*) FROM governance.rejected_row GROUP BY ALL ORDER BY 4 DESC"
        ).fetchall()
    rules = Counter({(str(table), str(column), str(rule)): int(rows) for table, column, rule, rows in found})
    tables = [(table.table, table.feed, table.rows_read, table.rows_accepted, table.rows_rejected) for table in record.tables]
    return Trial(tables, rules, record.reason or None if record.status == "quarantined" else None)


def amend(proposal: Proposal, trial: Trial) -> bool:
    """Take out a table that its file cannot fill; keep all rows where most repeat somebody. True if anything changed."""
    if trial.refused is not None:
        failing = [table for table in proposal.tables if trial.refused.startswith(f"{table.name}: ")]
        for table in failing:
            proposal.tables.remove(table)
            proposal.unread.append((table.layout.grid.subject, f"{table.feed}: {trial.refused.partition(': ')[2]}"))
        if failing:
            return bool(proposal.tables or proposal.profile)
    changed = False
    read = {name: rows for name, _, rows, _, _ in trial.tables}
    for table in proposal.tables:
        repeated = sum(rows for (name, _, rule), rows in trial.rules.items() if name == table.name and rule.startswith("duplicate_"))
        if table.feed in _REPEATABLE and "duplicates" not in table.extras and repeated > 0.02 * read.get(table.name, 0):
            table.extras["duplicates"] = "keep"
            table.remarks.append("rows repeat the same key: all are kept, and of one key the newest stands")
            changed = True
    return changed
