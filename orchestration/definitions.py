"""The asset graph, from the inbox to the published files. A reader starts here.

Belongs here: the stages in the order of the data. Does not belong here: what a stage does (defs/, and plain Python below).
"""

import logging

import dagster as dg

from orchestration.defs import automation, identify, landing, ledger, minimisation, publish, transform
from orchestration.defs.common import LOCK, lock_resource
from orchestration.manifest import prepare_manifest
from orchestration.settings import Settings, get_settings


def build_defs(settings: Settings | None = None) -> dg.Definitions:
    """The graph for one landing and one home folder; a contract that cannot be read is left out and fails the run."""
    settings = settings or get_settings()
    contracts, problems = landing.readable_contracts(settings.contracts_dir)
    for problem in problems:
        logging.getLogger("dagster").error("contract left out of the graph: %s", problem)
    manifest = prepare_manifest(settings)
    staged = transform.staged(settings, manifest)
    measured = transform.measured(settings, manifest)
    return dg.Definitions(
        assets=[
            landing.inbox(settings, problems),
            *landing.landed(settings, contracts),
            ledger.ledger(settings, contracts),
            staged,
            identify.identified(settings, contracts, staged.keys),
            measured,
            publish.candidate(settings, contracts, measured.keys),
            publish.published(settings),
        ],
        asset_checks=[minimisation.used_columns(contracts), publish.audit(settings)],
        jobs=[automation.refresh_job],
        schedules=[automation.nightly(settings)],
        sensors=[automation.inbox_sensor(settings)],
        resources={transform.DBT: transform.dbt_resource(), LOCK: lock_resource(settings)},
        # Every stage writes the same file, so parallel processes would win nothing and cost an import each.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    return build_defs()
