"""Candidates for publishing without the seconds that a real audit takes.

Belongs here: a candidate with a receipt as a passing audit would write it. Does not belong here: tests of the audit.
"""

from pathlib import Path

from orchestration.publishing.candidate import build_candidate
from orchestration.publishing.files import file_hashes
from orchestration.quality.receipt import PAPERS, write_receipt
from orchestration.quality.report import AuditReport, Result
from tests.support.build_file import make_build


def approve(candidate_dir: Path, *, passed: bool = True) -> None:
    result = Result("public.duckdb", "indicator", "a rule", "critical", success=passed, why="it matters", remedy="mend it", unexpected=3)
    report = AuditReport(passed, (result,), {"indicator": "abc"}, file_hashes(candidate_dir, leave_out=PAPERS), "2026-01-01T00:00:00+00:00")
    write_receipt(candidate_dir, report, {"duckdb": "1"})


def make_candidate(folder: Path, fingerprint: str, extra_figures: int = 0) -> Path:
    """A candidate that may be published; `extra_figures` makes its content tell it from others."""
    folder.mkdir(parents=True, exist_ok=True)
    candidate = build_candidate(make_build(folder, extra_figures), folder / "candidate", {"fingerprint": fingerprint, "run_id": "r"})
    approve(candidate.directory)
    return candidate.directory
