"""The audit's receipt: which files were judged, byte for byte, by which rules, and with what verdict.

Belongs here: writing and reading receipt.json. Does not belong here: refusing to publish without one (publishing).
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from orchestration.publishing.files import write_json
from orchestration.quality.report import AuditReport

RECEIPT_FILE = "receipt.json"
REPORT_FILE = "audit.md"

# The audit's own papers: written after the files were hashed, so they are not among them.
PAPERS = (RECEIPT_FILE, REPORT_FILE)


def write_receipt(candidate_dir: Path, report: AuditReport, tools: dict[str, str]) -> None:
    content = {
        "verdict": "passed" if report.passed else "failed",
        "audited_at": report.audited_at,
        "files": report.files,
        "suites": report.suites,
        "counts": report.counts,
        "tools": tools,
        "results": [asdict(r) for r in report.results],
    }
    write_json(candidate_dir / RECEIPT_FILE, content)


def read_receipt(candidate_dir: Path) -> dict[str, Any] | None:
    """The receipt, or None where there is none or none that can be read."""
    try:
        content = json.loads((candidate_dir / RECEIPT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
