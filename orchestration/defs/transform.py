"""dbt's seeds and models as assets: staging before identity, everything keyed by person_id after it.

Does not belong here: SQL (dbt_project) or the manifest (manifest.py).
"""

import importlib.metadata
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets
from packaging.version import Version, parse

from orchestration.defs.common import LOCK, WAREHOUSE_POOL
from orchestration.manifest import DBT_EXECUTABLE, build_target
from orchestration.settings import DBT_PROJECT_DIR, Settings
from orchestration.warehouse import drop_orphans, row_counts

DBT = "dbt"
BEFORE_IDENTITY = "resource_type:seed tag:staging"


class OfflineDbt(DbtCliResource):
    """dbt as a subprocess and nothing else.

    The stock resource first asks `dbt --version`, which goes online, and opens an adapter of its own on the
    warehouse file; neither is needed to stream events.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return parse(importlib.metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> Any:  # noqa: ARG002
        return None


class HubTranslator(DagsterDbtTranslator):
    """Asset key = schema and table; group = the folder of the model, which is the stage it belongs to."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props.get("alias") or dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        is_model = dbt_resource_props["resource_type"] == "model"
        return str(dbt_resource_props["fqn"][1] if is_model else dbt_resource_props["schema"])


def dbt_resource() -> OfflineDbt:
    return OfflineDbt(project_dir=str(DBT_PROJECT_DIR), profiles_dir=str(DBT_PROJECT_DIR), dbt_executable=DBT_EXECUTABLE)


def staged(settings: Settings, manifest: Path) -> dg.AssetsDefinition:
    return _build(settings, manifest, name="stage", select=BEFORE_IDENTITY)


def measured(settings: Settings, manifest: Path) -> dg.AssetsDefinition:
    return _build(settings, manifest, name="measure", exclude=BEFORE_IDENTITY)


def _build(settings: Settings, manifest: Path, name: str, select: str = "fqn:*", exclude: str | None = None) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=manifest,
        name=name,
        select=select,
        exclude=exclude,
        dagster_dbt_translator=HubTranslator(),
        required_resource_keys={LOCK, DBT},
        pool=WAREHOUSE_POOL,
    )
    def step(context: dg.AssetExecutionContext) -> Iterator[Any]:
        drop_orphans(settings, manifest)
        # Unit tests check the SQL, not tonight's data: they run with the test suite.
        invocation = context.resources.dbt.cli(
            ["build", "--exclude-resource-type", "unit_test"],
            context=context,
            target_path=build_target(settings),
            raise_on_error=False,
        )
        outputs: list[dg.Output[Any]] = []
        passed: list[Any] = []
        failed: list[Any] = []
        for event in invocation.stream():
            if isinstance(event, dg.Output):
                context.log.info(f"built {'.'.join(context.asset_key_for_output(event.output_name).path)}")
                outputs.append(event)
            else:
                (failed if isinstance(event, dg.AssetCheckResult) and not event.passed else passed).append(event)
        # Rows can be counted only now that dbt has let go of the file.
        counts = row_counts(settings)
        for output in outputs:
            schema, table = context.asset_key_for_output(output.output_name).path
            rows = counts.get((schema, table))
            yield output if rows is None else output.with_metadata({**output.metadata, "dagster/row_count": rows})
        # A failing check ends the step, so whatever passed is told first.
        yield from [*passed, *failed]
        if invocation.process.returncode != 0:
            what = _what_failed(invocation.get_artifact("run_results.json")) or _what_stopped_it(Path(invocation.target_path))
            raise dg.Failure(description=f"dbt: {what}", allow_retries=False)

    return step


def _what_failed(run_results: Mapping[str, Any]) -> str:
    """The nodes that failed: for tests with dbt's count, for models with the database's words."""
    lines = []
    for result in run_results["results"]:
        name = result["unique_id"].split(".", 2)[-1]
        if result["status"] == "fail":
            lines.append(f"test {name}: {result['failures']} rows fail")
        elif result["status"] == "error":
            lines.append(f"{name}: {_without_values(result['message'] or 'no message')}")
    return "; ".join(lines)


def _what_stopped_it(target: Path) -> str:
    """dbt's own words where it ended before a node failed: a project that does not compile, a check that stops the run."""
    log = target / "dbt.log"
    said = (
        [json.loads(line)["data"].get("exc") for line in log.read_text().splitlines() if '"level": "error"' in line] if log.exists() else []
    )
    return next((_without_values(text) for text in reversed(said) if text), f"stopped before it built anything: see {log}")


def _without_values(message: str) -> str:
    """DuckDB puts delivered values in single quotes; names of columns stand in double quotes and stay.

    A compilation error speaks of the project's own files, before any row is read.
    """
    words = " ".join(message.split())
    return words if words.startswith("Compilation Error") else re.sub(r"'[^']*'", "'…'", words)
