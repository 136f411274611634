"""Marts → candidate → audit → published: nothing is published that the audit has not seen byte for byte.

Does not belong here: what may be shown (disclosure), what is expected (expectations), the swap (publishing).
"""

from collections.abc import Iterable, Mapping

import dagster as dg

from orchestration.contracts import Contract
from orchestration.defs.common import LOCK, WAREHOUSE_POOL, failing_clearly
from orchestration.ingestion import read_records
from orchestration.ingestion.history import forget_readings, write_in_force
from orchestration.publishing.analyst import PersonalColumnError
from orchestration.publishing.candidate import CandidateError, build_candidate
from orchestration.publishing.release import PublishRefused, publish
from orchestration.quality.audit import audit_candidate
from orchestration.quality.receipt import REPORT_FILE
from orchestration.quality.report import Result
from orchestration.quality.suite import load_suites
from orchestration.refresh import release_facts
from orchestration.settings import Settings

CANDIDATE = dg.AssetKey(["candidate"])
PUBLISHED = dg.AssetKey(["published"])
# A run with this tag publishes a version even where nothing changed.
FORCE = "datadrives/force"
# Results about tables that no suite looks at.
_COMPLETE = "every_public_table_has_a_suite"


def candidate(settings: Settings, contracts: Mapping[str, Contract], measured: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.asset(
        key=CANDIDATE,
        deps=[key for key in measured if key.path[0] == "marts"],
        group_name="publish",
        kinds={"python", "duckdb", "parquet"},
        required_resource_keys={LOCK},
        pool=WAREHOUSE_POOL,
        description="Protected aggregates for everyone, person-level tables for analysts: built aside, not yet anyone's to read.",
    )
    def step(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        facts = release_facts(settings, contracts, context.run.run_id)
        if FORCE in context.run.tags:
            facts["fingerprint"]["forced by run"] = context.run.run_id
        with failing_clearly(CandidateError, PersonalColumnError):
            built = build_candidate(settings.warehouse_path, settings.candidate_dir, facts, {"memory_limit": settings.memory_limit})
        write_in_force(built.directory, read_records(settings.raw_dir))
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": built.tables["indicator"],
                "suppressed": built.suppressed,
                "tables": dg.MetadataValue.json(built.tables),
                "folder": dg.MetadataValue.path(built.directory),
            }
        )

    return step


def audit(settings: Settings) -> dg.AssetChecksDefinition:
    suites = load_suites()
    specs = [
        dg.AssetCheckSpec(s.name, asset=CANDIDATE, blocking=True, description=f"{s.table} of {s.file}: expectations/{s.name}.py")
        for s in suites
    ]
    specs.append(dg.AssetCheckSpec(_COMPLETE, asset=CANDIDATE, blocking=True, description="Nothing unseen is published."))
    suite_of = {(suite.file, suite.table): suite.name for suite in suites}

    @dg.multi_asset_check(name="audit", specs=specs, required_resource_keys={LOCK})
    def step() -> Iterable[dg.AssetCheckResult]:
        report = audit_candidate(settings.candidate_dir)
        results: dict[str, list[Result]] = {spec.name: [] for spec in specs}
        for result in report.results:
            results[suite_of.get((result.file, result.table), _COMPLETE)].append(result)
        link = dg.MetadataValue.path(settings.candidate_dir / REPORT_FILE)
        # The first failure ends the step: all passes are told before it.
        yield from sorted((_check(name, found, link) for name, found in results.items()), key=lambda check: not check.passed)

    return step


def published(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=PUBLISHED,
        deps=[CANDIDATE],
        group_name="publish",
        kinds={"duckdb", "parquet"},
        required_resource_keys={LOCK},
        description="The current version: one atomic rename, and only of a candidate whose receipt says the audit passed.",
    )
    def step(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        with failing_clearly(PublishRefused):
            release = publish(settings.candidate_dir, settings.published_dir, keep=settings.keep_versions)
        # Versions that are no longer kept have let go of theirs.
        forget_readings(settings.raw_dir, settings.published_dir)
        if not release.changed:
            context.log.info(f"nothing changed: {release.version} stays")
        return dg.MaterializeResult(
            metadata={
                "version": release.version,
                "new": release.changed,
                "dagster/row_count": release.manifest["rows"]["indicator"],
                "suppressed": release.manifest["suppressed"],
                "folder": dg.MetadataValue.path(release.directory),
                "audit": dg.MetadataValue.path(release.directory / REPORT_FILE),
            }
        )

    return step


def _check(name: str, results: list[Result], report: dg.MetadataValue) -> dg.AssetCheckResult:
    """One suite's results as one check: severe if anything critical failed; its text says what failed, why it matters, what to do."""
    failed = [r for r in results if not r.success]
    blocking = [r for r in failed if r.blocks]
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=CANDIDATE,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
        description=" ".join(r.sentence() for r in blocking or failed) or f"{len(results)} expectations hold",
        metadata={"expectations": len(results), "failed": len(failed), "report": report},
    )
