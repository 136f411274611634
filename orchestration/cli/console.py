"""Two ways out: people read stderr, scripts read one JSON document on stdout.

Does not belong here: what is said.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import typer
from rich.console import Console


def console() -> Console:
    """Bound to the stderr of now: while a run is on, whatever else is printed goes to a file."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=not sys.stderr.isatty())


def say_json(content: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(content, indent=2, default=str))


def fail(screen: Console, problems: list[str], *, as_json: bool = False, **facts: Any) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    if as_json:
        say_json({"ok": False, "problems": problems, **facts})
    else:
        for problem in problems:
            screen.print(problem, style="red", markup=False)
    raise typer.Exit(1)
