"""Running one suite with Great Expectations on one file, and reading its results without any row value.

Belongs here: everything that knows GX's own types. Does not belong here: verdicts (audit.py), rules (expectations/).
"""

import logging
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from orchestration.quality.dialect import URL_SCHEME
from orchestration.quality.report import Result
from orchestration.quality.suite import Suite

# Counts only: the default formats keep up to twenty values, and here values may be children's.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


@cache
def load_gx() -> ModuleType:
    """Import GX once, and only where an audit runs: it takes seconds. Its own log may quote SQL errors with values."""
    import great_expectations  # noqa: PLC0415

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    return great_expectations


def run_suite(suite: Suite, path: Path) -> list[Result]:
    """Every expectation of the suite on its table, in the order the module gives them."""
    gx = load_gx()

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    schema, _, table = suite.table.rpartition(".")
    source = context.data_sources.add_sql(suite.name, connection_string=f"{URL_SCHEME}:///{path}")
    asset = source.add_table_asset(suite.name, table_name=table, schema_name=schema or None)
    batch = asset.add_batch_definition_whole_table("whole")
    expectations = gx.ExpectationSuite(suite.name, expectations=suite.expectations(gx.expectations))
    definition = gx.ValidationDefinition(name=suite.name, data=batch, suite=context.suites.add(expectations))
    outcome = context.validation_definitions.add(definition).run(result_format=RESULT_FORMAT)
    order = {expectation.id: position for position, expectation in enumerate(expectations.expectations)}
    return [_result(suite, r) for r in sorted(outcome.results, key=lambda r: order[r.expectation_config.id])]


def _result(suite: Suite, validation: Any) -> Result:
    config, found = validation.expectation_config, validation.result or {}
    meta = config.meta or {}
    unexpected = found.get("unexpected_count")
    if unexpected is None and config.type == "unexpected_rows_expectation":
        unexpected = found.get("observed_value")
    return Result(
        file=suite.file,
        table=suite.table,
        expectation=_title(config),
        severity=getattr(config.severity, "value", config.severity) or "critical",
        success=bool(validation.success),
        why=meta.get("why", ""),
        remedy=meta.get("remedy", ""),
        checked=found.get("element_count"),
        unexpected=unexpected,
        problem=None if found else _problem(validation.exception_info),
    )


def _title(config: Any) -> str:
    if config.description:
        return str(config.description)
    columns = config.kwargs.get("column") or ", ".join(config.kwargs.get("column_list", []))
    columns = columns or ", ".join(filter(None, (config.kwargs.get("column_A"), config.kwargs.get("column_B"))))
    name = str(config.type).removeprefix("expect_")
    return f"{name} ({columns})" if columns else name


def _problem(exception_info: dict[str, Any] | None) -> str:
    """What can be said without the exception's text, which may quote a value."""
    missing = re.search(r'column "(\w+)" in BatchData does not exist', str(exception_info))
    return f"the table has no column {missing[1]}" if missing else "could not be evaluated: run its SQL by hand on the file"
