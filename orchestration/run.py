"""Running the refresh job in this process, on the same Dagster storage the schedule uses.

Belongs here: starting the job, telling a listener what happens, one sentence on failure.
Does not belong here: what the job does (definitions.py) or how it is shown (cli).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from orchestration.definitions import build_defs
from orchestration.defs.publish import FORCE
from orchestration.instance import HubInstance, open_instance
from orchestration.settings import Settings

Kind = Literal["started", "progress", "rows", "finished", "failed", "skipped"]
STARTED_BY = {"datadrives/started_by": "cli"}


@dataclass(frozen=True)
class StepEvent:
    """Something a person watching would want to see; `rows` only where a table was built."""

    step: str
    kind: Kind
    text: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended; `problems` are sentences for a person, empty when it succeeded."""

    run_id: str
    success: bool
    problems: list[str]
    warnings: list[str]


def run_refresh(settings: Settings, listen: Callable[[StepEvent], None], *, force: bool = False) -> Outcome:
    """Run the job to its end. The caller holds the refresh lock."""
    with open_instance() as instance:
        _clear_away_dead_runs(instance)
        instance.listeners.append(_Listener(listen))
        with _quiet(settings.home / "logs" / "refresh.out"):
            job = build_defs(settings).resolve_job_def("refresh")
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                tags=STARTED_BY | ({FORCE: "true"} if force else {}),
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        return _outcome(result)


@contextmanager
def _quiet(file: Path) -> Iterator[None]:
    """What dbt and others print goes to a file: the terminal is the listener's, stdout a script's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as out, redirect_stdout(out), redirect_stderr(out):
        yield


def _clear_away_dead_runs(instance: HubInstance) -> None:
    """Whoever holds the lock knows that no other run is at work; one that was killed still holds or awaits its pool slots."""
    unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=unfinished, tags=STARTED_BY)):
        instance.report_run_failed(run, message="the process was killed")
    storage = instance.event_log_storage
    for pool in storage.get_concurrency_keys():
        info = storage.get_concurrency_info(pool)
        for run_id in {slot.run_id for slot in info.claimed_slots} | {step.run_id for step in info.pending_steps}:
            storage.free_concurrency_slots_for_run(run_id)


def _outcome(result: dg.ExecuteInProcessResult) -> Outcome:
    problems: list[str] = []
    warnings: list[str] = []
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            blocking = check.severity == dg.AssetCheckSeverity.ERROR
            (problems if blocking else warnings).append(check.description or f"check {check.check_name} failed")
    for event in result.all_events:
        failure = event.step_failure_data if event.is_step_failure else None
        if failure is None or (problems and not failure.user_failure_data):
            continue  # a failed blocking check ends its step too; the check has said it better
        if failure.user_failure_data:
            problems.append(failure.user_failure_data.description or failure.user_failure_data.label)
        elif failure.error:
            problems.append(f"{event.step_key}: {_root_cause(failure.error)}")
    if not result.success and not problems:
        problems.append("the run ended early: see logs/runs.log")
    return Outcome(result.run_id, result.success, problems, warnings)


def _root_cause(error: SerializableErrorInfo) -> str:
    while error.cause:
        error = error.cause
    return error.message.strip()


class _Listener(logging.Handler):
    """Dagster's log records as step events."""

    _KINDS: ClassVar[dict[str, Kind]] = {
        "STEP_START": "started",
        "STEP_SUCCESS": "finished",
        "STEP_FAILURE": "failed",
        "STEP_SKIPPED": "skipped",
    }

    def __init__(self, listen: Callable[[StepEvent], None]) -> None:
        super().__init__(logging.DEBUG)
        self._listen = listen

    def emit(self, record: logging.LogRecord) -> None:
        told = record.__dict__.get("dagster_meta", {})
        step, event = told.get("step_key"), told.get("dagster_event")
        if step is None:
            return
        if event is None:
            self._listen(StepEvent(step, "progress", told["orig_message"]))
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            rows = event.materialization.metadata.get("dagster/row_count")
            self._listen(StepEvent(step, "rows", rows=int(rows.value) if rows else 0))
        elif event.event_type_value in self._KINDS:
            self._listen(StepEvent(step, self._KINDS[event.event_type_value]))
