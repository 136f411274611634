"""A line per step of a refresh: its name, what it is at, rows and seconds.

Does not belong here: what the steps do (definitions.py).
"""

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn

if TYPE_CHECKING:
    from orchestration.run import StepEvent

_NAMES = {
    "landing__inbox": "look into the inbox",
    "landing__inbox_columns_have_a_use": "does anything use what contracts take",
    "ledger": "decide which deliveries are in force",
    "stage": "staging: newest delivery wins, standard codes",
    "identify": "the same child across sources",
    "measure": "core, measures, marts",
    "candidate": "protect and write the candidate",
    "audit": "audit the candidate",
    "published": "publish",
}
_MARKS = {"finished": "[green]✓[/]", "failed": "[red]✗[/]", "skipped": "[yellow]-[/]"}


class Steps:
    """Shows steps as they run; finished ones stay as plain lines, also where the output is not a terminal."""

    def __init__(self, screen: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TextColumn("[dim]{task.fields[at]}[/]"), console=screen, transient=True
        )
        self._tasks: dict[str, TaskID] = {}
        self._rows: dict[str, int] = {}
        self._began: dict[str, float] = {}
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def listen(self, event: "StepEvent") -> None:
        if event.kind == "started":
            self._began[event.step] = time.monotonic()
            self._tasks[event.step] = self._progress.add_task(_name(event.step), total=None, at="")
        elif event.kind == "rows":
            self._rows[event.step] = self._rows.get(event.step, 0) + event.rows
        elif event.kind == "progress" and event.step in self._tasks:
            self._progress.update(self._tasks[event.step], at=event.text[:80])
        elif event.kind in _MARKS:
            self._finish(event.step, _MARKS[event.kind])

    def _finish(self, step: str, mark: str) -> None:
        if step in self._tasks:
            self._progress.remove_task(self._tasks.pop(step))
        seconds = time.monotonic() - self._began.get(step, time.monotonic())
        self.seconds[step] = round(seconds, 1)
        rows = f"{self._rows[step]:>12,} rows" if self._rows.get(step) else " " * 17
        self._progress.console.print(f"{mark} {_name(step):<52} {rows} {seconds:>7.1f} s")


def _name(step: str) -> str:
    return _NAMES.get(step, f"land {step.removeprefix('land_').replace('_', '-')}")
