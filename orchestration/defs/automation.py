"""When a refresh runs: every night, and, where the sensor is switched on, when a delivery has settled in the inbox.

Does not belong here: what a refresh does (definitions.py). A refresh with nothing to do is not started.
"""

import hashlib

import dagster as dg

from orchestration.contracts import ContractError, load_contracts
from orchestration.refresh import Plan, plan_refresh
from orchestration.settings import Settings

refresh_job = dg.define_asset_job("refresh", selection=dg.AssetSelection.all(), description="From the inbox to the published files.")


def nightly(settings: Settings) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="nightly",
        job=refresh_job,
        cron_schedule=settings.schedule,
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def schedule() -> dg.RunRequest | dg.SkipReason:
        plan = _plan(settings)
        return dg.RunRequest() if plan is None or plan.due else dg.SkipReason("nothing new since the published version")

    return schedule


def inbox_sensor(settings: Settings) -> dg.SensorDefinition:
    """Off until switched on in the interface: the nightly refresh is enough for most."""

    @dg.sensor(name="inbox", job=refresh_job, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED)
    def sensor() -> dg.RunRequest | dg.SkipReason:
        plan = _plan(settings)
        if plan is None:
            return dg.SkipReason("a contract cannot be read; the next refresh says which and why")
        if not plan.new:
            return dg.SkipReason(f"nothing new; still growing: {len(plan.scan.unsettled)}")
        # The same state of the inbox never starts a second run, also where the first one failed.
        return dg.RunRequest(run_key=hashlib.sha256("".join(d.stamp for d in plan.new).encode()).hexdigest())

    return sensor


def _plan(settings: Settings) -> Plan | None:
    """None where a contract cannot be read: the run itself then says which."""
    try:
        return plan_refresh(settings, load_contracts(settings.contracts_dir), wait=False)
    except ContractError:
        return None
