"""`datadrives status`: what is published, what waits in the inbox, what was refused.

Does not belong here: changing anything.
"""

from typing import Annotated

import typer

from orchestration.cli.console import console, fail, say_json
from orchestration.cli.summary import show, summary
from orchestration.contracts import ContractError, load_contracts
from orchestration.refresh import plan_refresh
from orchestration.settings import get_settings


def status(as_json: Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")] = False) -> None:
    """What is published, what waits, what was refused."""
    settings, screen = get_settings(), console()
    try:
        plan = plan_refresh(settings, load_contracts(settings.contracts_dir), wait=False)
    except ContractError as error:
        fail(screen, str(error).splitlines(), as_json=as_json)
    waiting = [f"{delivery.source}/{delivery.name}" for delivery in plan.new]
    facts = {"waiting": waiting, "changed": plan.changed, "unknown": plan.scan.unknown, **summary(settings)}
    if as_json:
        say_json(facts)
        return
    show(screen, facts)
    screen.print(f"\nwaiting in {settings.inbox}: {', '.join(waiting) or 'nothing'}", markup=False)
    if plan.changed:
        screen.print(f"changed since the published version: {', '.join(plan.changed)}", markup=False)
