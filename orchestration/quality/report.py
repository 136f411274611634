"""What an audit found, in words an engineer can act on: counts and reasons, never a row's values.

Belongs here: the report and its texts. Does not belong here: running suites (audit.py), the receipt (receipt.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Result:
    """One expectation on one table. `checked` and `unexpected` are rows; `problem`: why it could not be judged at all."""

    file: str
    table: str
    expectation: str
    severity: Severity
    success: bool
    why: str
    remedy: str
    checked: int | None = None
    unexpected: int | None = None
    problem: str | None = None

    @property
    def blocks(self) -> bool:
        return not self.success and self.severity == "critical"

    def sentence(self) -> str:
        found = self.problem or (f"broken by {self.unexpected:,} row(s)" if self.unexpected else "does not hold")
        return f"{self.table}: {self.expectation}: {found}. Why it matters: {self.why}. What to do: {self.remedy}."


@dataclass(frozen=True)
class AuditReport:
    """The verdict on one candidate: `passed` means nothing critical failed. `suites` maps a suite to the hash of its text."""

    passed: bool
    results: tuple[Result, ...]
    suites: dict[str, str]
    files: dict[str, str]
    audited_at: str

    @property
    def failures(self) -> list[Result]:
        return [r for r in self.results if r.blocks]

    @property
    def warnings(self) -> list[Result]:
        return [r for r in self.results if not r.success and not r.blocks]

    @property
    def counts(self) -> dict[str, int]:
        held = sum(r.success for r in self.results)
        return {"expectations": len(self.results), "held": held, "failed": len(self.failures), "warned": len(self.warnings)}

    def summary(self) -> str:
        """One line when all is well; else a line for each expectation that stops publishing."""
        counts = self.counts
        if self.passed:
            return f"audit passed: {counts['held']} of {counts['expectations']} expectations hold, {counts['warned']} warnings"
        return "\n".join(
            [f"audit failed, nothing is published: {counts['failed']} expectations", *(f"- {r.sentence()}" for r in self.failures)]
        )


def as_markdown(report: AuditReport) -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: AuditReport) -> Iterator[str]:
    yield f"# Audit: {'passed' if report.passed else 'failed'}"
    yield ""
    yield f"{report.audited_at}. " + ", ".join(f"{count} {name}" for name, count in report.counts.items()) + "."
    for title, results in (("Stops publishing", report.failures), ("Warnings", report.warnings)):
        if results:
            yield from ("", f"## {title}", "")
            yield from (f"- {r.sentence()}" for r in results)
    yield from (
        "",
        "## All expectations",
        "",
        "| table | expectation | severity | holds | rows checked | rows unexpected |",
        "|---|---|---|---|---|---|",
    )
    for r in report.results:
        cells = (r.table, r.expectation, r.severity, "yes" if r.success else "NO", _number(r.checked), _number(r.unexpected))
        yield f"| {' | '.join(cells)} |"


def _number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"
