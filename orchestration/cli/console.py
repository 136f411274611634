"""Two ways out: people read stderr, scripts read one JSON document on stdout.

Does not belong here: what is said.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, NoReturn

import typer
from rich.console import Console


def console() -> Console:
    """On a copy of stderr: Dagster points the original at its own log while a step runs."""
    stream = os.fdopen(os.dup(2), "w", buffering=1)
    return Console(file=stream, highlight=False, soft_wrap=not stream.isatty())


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
