"""The command line: what a person, a cron line or `make` says to the hub.

Belongs here: one module per command, and how things look on a terminal. Does not belong here: logic; a command calls it.
"""

import typer

from orchestration.cli.check import check
from orchestration.cli.contract import app as contract
from orchestration.cli.delivery import app as delivery
from orchestration.cli.demo import demo
from orchestration.cli.identity import app as identity
from orchestration.cli.keys import app as keys
from orchestration.cli.refresh import refresh
from orchestration.cli.review import app as review
from orchestration.cli.status import status

app = typer.Typer(name="datadrives", help=__doc__.splitlines()[0], no_args_is_help=True, pretty_exceptions_enable=False)
for command in (refresh, status, check, demo):
    app.command()(command)
app.add_typer(contract, name="contract")
app.add_typer(delivery, name="delivery")
app.add_typer(review, name="review")
app.add_typer(identity, name="identity")
app.add_typer(keys, name="keys")
