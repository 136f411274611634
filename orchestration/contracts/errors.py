"""The one error a contract can raise: which file, line and field, what is wrong, what to do.

Does not belong here: problems of delivered rows (ingestion) or of published tables (quality).
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ContractProblem:
    """One mistake in one contract file; `line` is 1-based."""

    file: Path
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class ContractError(Exception):
    """One or more contracts cannot be used; the text lists every problem, one a line."""

    def __init__(self, problems: list[ContractProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
