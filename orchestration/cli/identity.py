"""`datadrives identity`: train the model anew, and who was who after a past run.

Does not belong here: matching (identity), looking at doubtful pairs (cli/review.py).
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.console import console, fail, say_json
from orchestration.lock import RefreshRunningError, refresh_lock
from orchestration.settings import get_settings
from orchestration.sql import literal, one_row
from orchestration.warehouse import WarehouseBusyError, open_warehouse

if TYPE_CHECKING:
    import duckdb

    from orchestration.identity.identify import IdentityResult
    from orchestration.identity.night import Night

app = typer.Typer(help="The same child across sources: the trained model, and persons as they stood.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")]
_CHANGES = ("minted", "merged", "split", "moved", "retired")


class _TriedError(Exception):
    """Ends a trial run, so that its transaction is undone."""


@app.command()
def train(
    trial: Annotated[bool, typer.Option("--trial", help="only say what would change")] = False,
    as_json: _Json = False,
) -> None:
    """Train a new model on the records of the last refresh and compare all of them by it.

    Decisions stand, standing links hold unless the evidence falls well below the line, and the old model stays on file.
    """
    from orchestration.identity.identify import retrain_identity  # noqa: PLC0415 - what compares names takes a second to import
    from orchestration.identity.quality import TooManyChangesError, night_checks  # noqa: PLC0415

    settings, screen = get_settings(), console()
    nights: list[Night] = []

    def look(con: "duckdb.DuckDBPyConnection", night: "Night") -> None:
        nights.append(night)
        if trial:
            raise _TriedError
        night_checks(settings)(con, night)

    result: IdentityResult | None = None
    try:
        with refresh_lock(settings.home):
            if not settings.warehouse_path.exists():
                fail(screen, ["nothing is refreshed yet: run `datadrives refresh` first"], as_json=as_json)
            with open_warehouse(settings) as con:
                result = retrain_identity(con, settings.identity_dir, checks=look)
    except _TriedError:
        pass
    except (ValueError, TooManyChangesError, RefreshRunningError, WarehouseBusyError) as error:
        fail(screen, [str(error)], as_json=as_json)
    changes = {name: getattr(nights[0], name) for name in _CHANGES}
    if as_json:
        say_json({"ok": True, "trial": trial, "model": result.model if result else None, "persons": nights[0].persons, **changes})
        return
    said = ", ".join(f"{count:,} {name}" for name, count in changes.items())
    screen.print(f"{'would change' if trial else 'changed'} of {nights[0].persons:,} persons: {said}", markup=False)
    if result:
        screen.print(f"model {result.model} is in use from now on; the next refresh publishes by it", markup=False)


@app.command("as-of")
def as_of(
    run: Annotated[int, typer.Argument(help="a run of table identity.run")],
    to: Annotated[Path | None, typer.Option(help="write the crosswalk as CSV: source, issuer, system, id, person_id")] = None,
    as_json: _Json = False,
) -> None:
    """Who was who after a past run. Ids are personal: they go into a file of yours alone, never to the screen."""
    settings, screen = get_settings(), console()
    with open_warehouse(settings, read_only=True) as con:
        ran = con.execute("SELECT ran_at, model FROM identity.run WHERE run = ?", [run]).fetchone()
        if ran is None:
            (newest,) = one_row(con, "SELECT coalesce(max(run), 0) FROM identity.run")
            fail(screen, [f"there is no run {run}; the newest is {newest}"], as_json=as_json)
        ids, persons = one_row(con, f"SELECT count(*), count(DISTINCT person_id) FROM identity.crosswalk_at({run})")
        if to is not None:
            os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            con.execute(f"COPY (FROM identity.crosswalk_at({run}) ORDER BY ALL) TO {literal(str(to))} (FORMAT CSV)")
            to.chmod(0o600)
    facts = {"run": run, "ran_at": str(ran[0]), "model": ran[1], "ids": ids, "persons": persons}
    if as_json:
        say_json({"ok": True, **facts})
    else:
        screen.print(f"run {run} at {ran[0]} by model {ran[1]}: {ids:,} ids of {persons:,} persons", markup=False)
