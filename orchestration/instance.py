"""Where Dagster keeps its own memory (runs, events, step output): under the home folder, whoever starts it.

Belongs here: the instance class that dagster.yaml names, and opening it. Does not belong here: what runs (definitions.py).
"""

import json
import logging
from collections.abc import Mapping, Sequence
from logging.handlers import RotatingFileHandler
from typing import Any

from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef
from dagster._serdes import ConfigurableClassData

from orchestration.settings import PROJECT_ROOT, get_settings, prepare_environment


class HubInstance(DagsterInstance):
    """A Dagster instance whose folder is a setting, with a log file, and listeners that see events as they happen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listeners: list[logging.Handler] = []

    @classmethod
    def config_schema(cls) -> Mapping[str, Any]:
        return {}

    @classmethod
    def config_defaults(cls, base_dir: str) -> Mapping[str, Any]:  # noqa: ARG003
        """Dagster's defaults for the home's folder instead of the one it proposes (a temporary one in `dagster dev`)."""
        settings = get_settings()
        prepare_environment(settings)
        settings.dagster_home.mkdir(parents=True, exist_ok=True)
        folder = str(settings.dagster_home)
        storage = ConfigurableClassData("orchestration.event_log", "PooledStorage", json.dumps({"base_dir": folder}))
        return {**InstanceRef.config_defaults(folder), "storage": storage}

    def get_handlers(self) -> Sequence[logging.Handler]:
        return [*super().get_handlers(), _log_file(), *self.listeners]


def open_instance() -> HubInstance:
    """For a run inside this process, whose output the caller keeps: Dagster's own capture would leave processes behind a kill."""
    no_capture = {"compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}}
    instance = DagsterInstance.from_ref(InstanceRef.from_dir(str(PROJECT_ROOT), overrides=no_capture))
    assert isinstance(instance, HubInstance)  # noqa: S101  dagster.yaml names this class
    return instance


def _log_file() -> logging.Handler:
    folder = get_settings().home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "runs.log", maxBytes=5_000_000, backupCount=3, delay=True)
    handler.setLevel(logging.INFO)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    return handler
