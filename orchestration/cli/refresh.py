"""`datadrives refresh`: from the inbox to the published files, by the same Dagster job the schedule runs.

Does not belong here: the steps (definitions.py), or whether there is anything to do (refresh.py).
"""

from typing import Annotated

import typer
from rich.console import Console

from orchestration.cli.console import console, fail, say_json
from orchestration.cli.progress import Steps
from orchestration.cli.summary import show, summary
from orchestration.contracts import ContractError, load_contracts
from orchestration.ingestion import read_records
from orchestration.lock import RefreshRunningError, refresh_lock
from orchestration.manifest import ManifestError
from orchestration.refresh import Plan, plan_refresh
from orchestration.settings import Settings, get_settings


def refresh(
    force: Annotated[bool, typer.Option("--force", help="run and publish a version even where nothing changed")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")] = False,
) -> None:
    """Take in what arrived, build, audit, publish."""
    settings = get_settings()
    screen = Console(quiet=True) if as_json else console()
    try:
        with refresh_lock(settings.home):
            contracts = load_contracts(settings.contracts_dir)
            if not contracts:
                fail(screen, [f"no contracts in {settings.contracts_dir}: `datadrives demo` writes some to try"], as_json=as_json)
            plan = plan_refresh(settings, contracts)
            _say_what_waits(screen, plan)
            if not plan.new and not read_records(settings.raw_dir):
                fail(screen, [f"no delivery in {settings.inbox} yet: `datadrives demo` makes some to try"], as_json=as_json)
            if plan.due or force:
                _run(settings, screen, force=force, as_json=as_json)
            else:
                screen.print("Nothing new: the published version stays.")
    except (ContractError, ManifestError, RefreshRunningError) as error:
        fail(screen, str(error).splitlines(), as_json=as_json)
    facts = summary(settings)
    if as_json:
        say_json({"ok": True, "ran": plan.due or force, **facts})
    else:
        show(screen, facts)


def _run(settings: Settings, screen: Console, *, force: bool, as_json: bool) -> None:
    with screen.status("starting Dagster"):
        from orchestration.run import run_refresh  # noqa: PLC0415  seconds of imports, needed only when there is work

    with Steps(screen) as steps:
        outcome = run_refresh(settings, steps.listen, force=force)
    for warning in outcome.warnings:
        screen.print(f"warning: {warning}", style="yellow", markup=False)
    if not outcome.success:
        problems = [*outcome.problems, "Nothing was published; the last version stays."]
        fail(screen, problems, as_json=as_json, run_id=outcome.run_id, **summary(settings))


def _say_what_waits(screen: Console, plan: Plan) -> None:
    for name in plan.scan.unknown:
        screen.print(f"inbox/{name}: no contract reads it", style="yellow", markup=False)
    for delivery in plan.scan.unsettled:
        screen.print(f"inbox/{delivery.source}/{delivery.name}: still growing, left for the next refresh", style="yellow", markup=False)
