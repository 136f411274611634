"""`datadrives review`: questions the evidence leaves open go out to people, as a workbook or a page; their answers come back.

Does not belong here: what is asked and what an answer becomes (identity/review).
Only counts, decisions and rows of the workbook are printed, never what stands in a record.
"""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration.cli.console import console, fail, say_json
from orchestration.lock import RefreshRunningError, refresh_lock
from orchestration.settings import Settings, get_settings
from orchestration.warehouse import WarehouseBusyError, open_warehouse

if TYPE_CHECKING:
    import duckdb

    from orchestration.identity.model import Model

app = typer.Typer(help="Answer what the evidence about children leaves open.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")]
_Reader = Annotated[str | None, typer.Option("--reader", help="who answers; kept with each decision. Default: your user name")]
_Encrypted = Annotated[
    bool, typer.Option("--encrypted", help="ask for the workbook's password; DATADRIVES_REVIEW_PASSWORD sets it without asking")
]
_BUSY = (RefreshRunningError, WarehouseBusyError)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="the workbook to write, .xlsx; must not exist")],
    reader: _Reader = None,
    encrypted: _Encrypted = False,
    limit: Annotated[int | None, typer.Option(min=1, help="at most so many tasks, the likeliest first")] = None,
    as_json: _Json = False,
) -> None:
    """Write what waits for an answer into a workbook. It holds names and birth dates: only you can read the file."""
    from orchestration.identity.review.tasks import open_tasks  # noqa: PLC0415 - what compares names takes a second to import
    from orchestration.identity.review.workbook import write_workbook  # noqa: PLC0415

    settings, screen = get_settings(), console()
    if file.suffix.lower() != ".xlsx":
        fail(screen, [f"{file} must end in .xlsx"], as_json=as_json)
    password = _password(settings, encrypted=encrypted, confirm=True)
    with _telling(screen, as_json=as_json), _open(settings, screen, as_json=as_json) as con:
        tasks = open_tasks(con, _model(settings), reader=reader or getpass.getuser(), limit=limit)
    try:
        write_workbook(tasks, file, password)
    except FileExistsError:
        fail(screen, [f"{file} exists already and may hold answers: import it, or choose another name"], as_json=as_json)
    except OSError as error:
        fail(screen, [f"{file} cannot be written: {error.strerror}"], as_json=as_json)
    pairs = sum(len(task.candidates) for task in tasks)
    if as_json:
        say_json({"ok": True, "file": file, "tasks": len(tasks), "pairs": pairs, "encrypted": bool(password)})
        return
    screen.print(
        f"{file}: {len(tasks):,} tasks with {pairs:,} pairs of records, {'encrypted' if password else 'not encrypted'}.", markup=False
    )


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="the answered workbook")],
    reader: _Reader = None,
    encrypted: _Encrypted = False,
    as_json: _Json = False,
) -> None:
    """Take the answers of a workbook. Those that contradict an earlier decision are refused, with both shown."""
    from orchestration.identity.decisions import ContradictionError  # noqa: PLC0415
    from orchestration.identity.review.answers import NotAskedError, give  # noqa: PLC0415
    from orchestration.identity.review.workbook import UnreadableWorkbookError, read_answers  # noqa: PLC0415

    settings, screen, by = get_settings(), console(), reader or getpass.getuser()
    if not file.is_file():
        fail(screen, [f"{file} does not exist"], as_json=as_json)
    try:
        answers, problems = read_answers(file, _password(settings, encrypted=encrypted, confirm=False))
    except UnreadableWorkbookError as error:
        fail(screen, [str(error)], as_json=as_json)
    results = {"new": 0, "second": 0, "split": 0, "known": 0}
    with _telling(screen, as_json=as_json), _open(settings, screen, as_json=as_json) as con:
        for answer in answers:
            why = answer.note or f"Seen side by side. {answer.why}"
            con.execute("BEGIN")
            try:
                results[give(con, answer.outcome, answer.a, answer.b, by=by, why=why, at=_now()).result] += 1
                con.execute("COMMIT")
            except (ContradictionError, NotAskedError) as error:
                con.execute("ROLLBACK")
                gone = "one of the records is no longer there; export anew"
                problems.append(f"row {answer.row}: {error if isinstance(error, ContradictionError) else gone}")
    if problems:
        fail(screen, [*problems, f"the other answers are saved: {_results(results)}"], as_json=as_json, **results)
    if as_json:
        say_json({"ok": True, **results})
    else:
        screen.print(f"{_results(results)}. The next refresh takes them into account.", markup=False)


@app.command()
def serve(reader: _Reader = None, port: Annotated[int, typer.Option(help="0: any free one")] = 0) -> None:
    """Answer on a page in the browser of this computer, one key per decision. Ends with Ctrl+C."""
    from orchestration.identity.review.desk import Desk  # noqa: PLC0415
    from orchestration.identity.review.server import ReviewServer  # noqa: PLC0415

    settings, screen = get_settings(), console()
    desk = Desk(lambda: _open(settings, screen, as_json=False), _model(settings), reader or getpass.getuser(), _BUSY)
    with _telling(screen, as_json=False):
        desk.load()
    try:
        server = ReviewServer(desk, port)
    except OSError as error:
        fail(screen, [f"port {port} cannot be used: {error.strerror}; leave --port out for any free one"])
    screen.print(f"{desk.left:,} tasks. Open {server.url}", markup=False)
    screen.print("The address is secret and good for this time only. Ctrl+C ends it.", style="dim")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    screen.print(f"{desk.answered:,} answers saved. The next refresh takes them into account.", markup=False)


@app.command()
def status(as_json: _Json = False) -> None:
    """How much waits, what was decided, how far two readers agree."""
    from orchestration.identity.review.state import review_state  # noqa: PLC0415

    settings, screen = get_settings(), console()
    with _telling(screen, as_json=as_json), _open(settings, screen, as_json=as_json) as con:
        state = review_state(con)
    if as_json:
        say_json(state)
        return
    for line in _told(state):
        screen.print(line, markup=False)


@app.command()
def withdraw(
    decision: Annotated[str, typer.Argument(metavar="ID", help="the decision, as a refused answer names it")], as_json: _Json = False
) -> None:
    """Take a decision back: the evidence about its pair counts again from the next refresh on."""
    from orchestration.identity import decisions  # noqa: PLC0415

    settings, screen = get_settings(), console()
    with _telling(screen, as_json=as_json), _open(settings, screen, as_json=as_json) as con:
        try:
            decisions.withdraw(con, decision, _now())
        except KeyError:
            fail(screen, [f"no decision {decision} is in force"], as_json=as_json)
    if as_json:
        say_json({"ok": True, "decision": decision})
    else:
        screen.print(f"decision {decision} is withdrawn; the next refresh takes that into account.", markup=False)


@app.command()
def sample(as_json: _Json = False) -> None:
    """Draw pairs by chance, linked or not, to be answered among the others: the answers tell how often links are false or missed."""
    from orchestration.identity.quality.sample import draw_sample  # noqa: PLC0415

    settings, screen = get_settings(), console()
    with _telling(screen, as_json=as_json), _open(settings, screen, as_json=as_json) as con:
        drawn = draw_sample(con)
    if not drawn:
        fail(screen, ["an older sample still waits for answers, or there is nothing to draw from"], as_json=as_json)
    if as_json:
        say_json({"ok": True, "pairs": drawn})
    else:
        screen.print(f"{drawn:,} pairs drawn; they are asked among the others.", markup=False)


@contextmanager
def _open(settings: Settings, screen: Console, *, as_json: bool) -> "Iterator[duckdb.DuckDBPyConnection]":
    """The warehouse while no refresh runs; what was decided meanwhile is also kept beside it."""
    from orchestration.identity.decision_file import keep_decisions  # noqa: PLC0415
    from orchestration.identity.review.queue import is_ready  # noqa: PLC0415

    nothing = ["there are no records to compare yet: run `datadrives refresh` first"]
    if not settings.warehouse_path.exists():
        fail(screen, nothing, as_json=as_json)
    with refresh_lock(settings.home), open_warehouse(settings) as con:
        if not is_ready(con):
            fail(screen, nothing, as_json=as_json)
        try:
            yield con
        finally:
            keep_decisions(con, settings.identity_dir)


@contextmanager
def _telling(screen: Console, *, as_json: bool) -> Iterator[None]:
    try:
        yield
    except _BUSY as error:
        fail(screen, [str(error)], as_json=as_json)


def _model(settings: Settings) -> "Model | None":
    """The model in use, for the weight of each field."""
    from orchestration.identity.artefact import current_model  # noqa: PLC0415

    return current_model(settings.identity_dir)


def _password(settings: Settings, *, encrypted: bool, confirm: bool) -> str | None:
    if settings.review_password is not None and settings.review_password.get_secret_value():
        return settings.review_password.get_secret_value()
    return str(typer.prompt("password of the workbook", hide_input=True, confirmation_prompt=confirm, err=True)) if encrypted else None


def _results(results: dict[str, int]) -> str:
    words = {"new": "new decisions", "second": "second readings that agree", "split": "that disagree", "known": "known before"}
    return ", ".join(f"{count:,} {words[name]}" for name, count in results.items())


def _told(state: dict[str, Any]) -> list[str]:
    read = state["agreement"]
    kappa = "" if read["kappa"] is None else f", Cohen's kappa {read['kappa']:.2f}"
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in state["reasons"].items())
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in state["decisions"].items())
    return [
        f"open: {state['tasks']:,} tasks with {state['pairs']:,} pairs of records" + (f" ({reasons})" if reasons else ""),
        f"decisions: {kinds or 'none'}; {state['unsettled']:,} wait for the next refresh",
        f"second reader: {state['second_due']:,} pairs wait; of {read['pairs']:,} read twice {read['agreed']:,} agree{kappa}",
    ]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
