"""`datadrives check`: what would become of these files if they were delivered; leaves nothing behind.

Does not belong here: reading the files (reports/trial.py), the words (reports), rows that --show asks for (cli/sample.py).
"""

import signal
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.cli.console import console, say_json
from orchestration.cli.sample import print_samples
from orchestration.contracts import Contract, ContractError, load_contract
from orchestration.reports import DeliveryReport, as_html
from orchestration.reports.page import places, shown
from orchestration.reports.trial import WrongFilesError, try_and_show
from orchestration.reports.verdict import Kind, rows, sentence
from orchestration.settings import Settings, get_settings

# 2 is what the command line itself says of a wrong call.
CLEAN, REFUSED, WRONG_CALL, ROWS_SET_ASIDE = 0, 1, 2, 3
_MARKS: dict[Kind, tuple[str, str]] = {"taken": ("✓", "green"), "set_aside": ("!", "yellow"), "refused": ("✗", "red")}


def check(
    files: Annotated[list[Path], typer.Argument(exists=True, help="files of one delivery, or its folder, or its zip file")],
    source: Annotated[str | None, typer.Option("--source", "-s", help="whose files these are: a contract of the contracts folder")] = None,
    contract: Annotated[Path | None, typer.Option("--contract", exists=True, dir_okay=False, help="a contract file instead")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="by the contract's strict rules; a single rejected row is a failure")] = False,
    show: Annotated[
        int,
        typer.Option(
            "--show", metavar="N", min=0, max=50, help="print the first N rows made of each table: VALUES OF CHILDREN, for your eyes"
        ),
    ] = 0,
    report: Annotated[Path | None, typer.Option("--report", help="write the sender's report to this HTML file")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")] = False,
) -> None:
    """Would these files be taken in? Needs no warehouse, keeps nothing.

    Prints names of files and columns, counts and lines, and no delivered value, unless --show asks for rows: those hold names, ids and
    birth dates where the feed has them, so do not send them on or into a file.

    \b
    Exit codes:
    0  all rows are fine
    1  the files would not be taken in; with --strict also where any row has a mistake
    2  wrong call: no such file, source or contract
    3  the files would be taken in, and rows with mistakes set aside
    """
    settings = get_settings()
    screen = Console(quiet=True) if as_json else console()
    # Ended from outside, the throw-away folder goes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if show and as_json:
        _wrong_call(
            ["--show prints values of children to the screen; --json is for scripts, which keep what they read: leave one out"],
            as_json=True,
        )
    try:
        agreed = _contract(settings, source, contract)
        with screen.status("reading"):
            found, samples = try_and_show(
                agreed, files, strict=strict, show=show, memory_limit=settings.memory_limit, limits=settings.limits
            )
        if report is not None:
            report.write_text(as_html(found), encoding="utf-8")
    except (ContractError, WrongFilesError, OSError) as error:
        _wrong_call(str(error).splitlines(), as_json=as_json)
    code = {"taken": CLEAN, "set_aside": REFUSED if strict else ROWS_SET_ASIDE}.get(found.verdict.kind, REFUSED)
    if as_json:
        say_json({"ok": code == CLEAN, "exit_code": code, **_facts(found)})
    else:
        _show(screen, found)
        if show:
            print_samples(screen, samples)
    raise typer.Exit(code)


def _contract(settings: Settings, source: str | None, file: Path | None) -> Contract:
    if file is not None:
        return load_contract(file)
    known = {path.stem: path for path in sorted(settings.contracts_dir.glob("*.y*ml"))}
    if source is None:
        raise WrongFilesError(f"whose files are these? say --source with one of: {', '.join(known) or 'none yet'}; or --contract FILE")
    if source not in known:
        raise WrongFilesError(f"no contract {source!r} in {settings.contracts_dir}; there are: {', '.join(known) or 'none yet'}")
    return load_contract(known[source])


def _wrong_call(problems: list[str], *, as_json: bool) -> NoReturn:
    if as_json:
        say_json({"ok": False, "exit_code": WRONG_CALL, "problems": problems})
    else:
        for problem in problems:
            console().print(problem, style="red", markup=False)
    raise typer.Exit(WRONG_CALL)


def _facts(found: DeliveryReport) -> dict[str, Any]:
    """Names, counts, lines and words; no delivered value about people."""
    return {
        "source": found.source,
        "delivery": found.delivery,
        **asdict(replace(found.verdict, problem=None)),
        "problem": found.verdict.problem.model_dump() if found.verdict.problem else None,
        "tables": [asdict(item) for item in found.arrived],
        "findings": [asdict(item) for item in found.findings],
        "unused_files": found.unused_files,
        "columns_not_taken": dict(found.not_taken),
        "not_among_them": [{"feed": kind, "files": files} for kind, files in found.absent],
    }


def _show(screen: Console, found: DeliveryReport) -> None:
    mark, style = _MARKS[found.verdict.kind]
    screen.print(f"{mark} {found.verdict.title}", style=f"bold {style}", markup=False)
    screen.print(f"{found.verdict.sentence}\n", markup=False)
    if found.arrived:
        _show_files(screen, found)
    for finding in found.findings:
        column = f"column “{shown(finding.column)}”: " if finding.column else ""
        where = ", ".join(part for part in (shown(finding.file), places(finding)) if part) or "the delivery as a whole"
        screen.print(sentence(f"{column}{finding.wrong}"), style="bold", markup=False)
        screen.print(f"  where: {where}{f' ({rows(finding.rows)})' if finding.rows else ''}", markup=False)
        if finding.texts:
            screen.print(f"  there stands: {', '.join(f'“{shown(text)}”' for text in finding.texts)}", markup=False)
        screen.print(f"  what to do: {finding.remedy}. {finding.hint}".rstrip() + "\n", markup=False)
    for file, names in found.not_taken:
        screen.print(f"not taken from {shown(file)}: {', '.join(map(shown, names))}", style="dim", markup=False)
    for file in found.unused_files:
        screen.print(f"nobody reads {shown(file)}", style="yellow", markup=False)
    if found.absent:
        absent = ", ".join(f"{kind} ({files})" for kind, files in found.absent)
        screen.print(f"not among these files, and needed or welcome in a delivery: {absent}", style="dim", markup=False)
    screen.print(found.verdict.standing, style="dim", markup=False)


def _show_files(screen: Console, found: DeliveryReport) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("file", overflow="fold")
    table.add_column("read as")
    names = ("rows", "fine", "mistakes", "left out")
    for name in names if found.rows[3] else names[:3]:
        table.add_column(name, justify="right")
    for item in found.arrived:
        counts = (item.read, item.accepted, item.rejected, item.excluded)
        table.add_row(Text(shown(item.file)), item.kind, *(f"{count:,}" for count in (counts if found.rows[3] else counts[:3])))
    screen.print(table)
    screen.print()
