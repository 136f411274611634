"""The audit of a candidate: run every suite, judge, write the receipt and the engineers' report.

Belongs here: what the verdict rests on. Does not belong here: rules (expectations/), GX itself (gx.py), publishing.
"""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from orchestration.publishing.files import file_hashes
from orchestration.quality.dialect import connect_args
from orchestration.quality.gx import run_suite
from orchestration.quality.receipt import PAPERS, RECEIPT_FILE, REPORT_FILE, write_receipt
from orchestration.quality.report import AuditReport, Result, as_markdown
from orchestration.quality.suite import Suite, load_suites

PUBLIC_FILE = "public.duckdb"


def audit_candidate(candidate_dir: Path, package: str = "expectations") -> AuditReport:
    """Judge the files of a candidate as they are on disk; what is published later must be these very bytes.

    Writes `receipt.json` and `audit.md` beside them. A failed audit is a report, not an exception.
    """
    (candidate_dir / RECEIPT_FILE).unlink(missing_ok=True)  # an audit that is interrupted must not leave an older verdict
    files = file_hashes(candidate_dir, leave_out=PAPERS)
    suites = load_suites(package)
    results: list[Result] = []
    for file in sorted({PUBLIC_FILE, *(suite.file for suite in suites)}):
        results += _audit_file(candidate_dir / file, [suite for suite in suites if suite.file == file])
    report = AuditReport(
        passed=bool(results) and not any(r.blocks for r in results),
        results=tuple(results),
        suites={suite.name: suite.version for suite in suites},
        files=files,
        audited_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    (candidate_dir / REPORT_FILE).write_text(as_markdown(report), encoding="utf-8")
    write_receipt(candidate_dir, report, {name: version(name) for name in ("great-expectations", "duckdb")})
    return report


def _audit_file(path: Path, suites: list[Suite]) -> list[Result]:
    if not path.is_file():
        return [_missing(path.name, suite.table, "the file exists", "the suite audits it", "build the candidate again") for suite in suites]
    with duckdb.connect(**connect_args(path)) as con:
        found = con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        tables = {table if schema == "main" else f"{schema}.{table}" for schema, table in found}
        results = [result for suite in suites for result in _judge(suite, path, tables)]
    return results + (_unaudited(path, tables, suites) if path.name == PUBLIC_FILE else [])


def _judge(suite: Suite, path: Path, tables: set[str]) -> list[Result]:
    if suite.table in tables:
        return run_suite(suite, path)
    return [_missing(suite.file, suite.table, "the table exists", "readers expect it", "see why the build left it out")]


def _unaudited(path: Path, tables: set[str], suites: list[Suite]) -> list[Result]:
    """Every public table needs a suite: a new table must not slip out unseen."""
    unseen = sorted(tables - {suite.table for suite in suites})
    return [_missing(path.name, t, "a suite audits the table", "nothing unseen is published", f"add expectations/{t}.py") for t in unseen]


def _missing(file: str, table: str, expectation: str, why: str, remedy: str) -> Result:
    return Result(file, table, expectation, severity="critical", success=False, why=why, remedy=remedy, problem="missing")
