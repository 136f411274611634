"""`datadrives contract`: from files to a contract to edit, and a look over contracts before they are used.

Does not belong here: how a proposal is found or a contract checked (onboarding).
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from orchestration.cli.console import console, fail, say_json
from orchestration.settings import get_settings

if TYPE_CHECKING:
    from orchestration.onboarding import NewContract

app = typer.Typer(help="Write and check contracts.", no_args_is_help=True)


class PartyKind(StrEnum):
    """What a party may be."""

    DISTRICT = "district"
    STATE = "state"
    PARTNER = "partner"
    EARLY_CHILDHOOD = "early_childhood"
    PUBLISHER = "publisher"


@app.command()
def new(
    source: Annotated[str, typer.Argument(help="name of the source: small letters, digits, dashes")],
    files: Annotated[list[Path], typer.Argument(help="a folder, a zip file or single files, as the sender made them")],
    party_type: Annotated[PartyKind | None, typer.Option(help="who sends it; guessed where left out")] = None,
    name: Annotated[str | None, typer.Option(help="the source's name for people")] = None,
    out: Annotated[Path | None, typer.Option(help="file to write, named SOURCE.yaml; default: among the contracts")] = None,
) -> None:
    """Look at files and propose a contract for a person to edit."""
    from orchestration.onboarding import new_contract  # noqa: PLC0415  openpyxl and the vocabulary, for this command only
    from orchestration.onboarding.new import OnboardingError  # noqa: PLC0415

    screen = console()
    target = out or get_settings().contracts_dir / f"{source}.yaml"
    if target.exists():
        fail(screen, [f"{target} exists and is not overwritten; give another place with --out"])
    if target.stem != source:
        fail(screen, [f"a contract's file is named after its source: {source}.yaml"])
    try:
        with screen.status("looking at the files"):
            made = new_contract(source, files, name=name, party_type=party_type.value if party_type else None)
    except OnboardingError as error:
        fail(screen, [str(error)])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(made.text, encoding="utf-8")
    _show(screen, made, target)


def _show(screen: Console, made: "NewContract", target: Path) -> None:
    rows = {name: counts for name, _, *counts in made.trial.tables} if made.trial else {}
    table = Table(box=None, padding=(0, 2))
    for title in ("table", "feed", "rows", "accepted", "rejected", "files"):
        table.add_column(title, overflow="fold", justify="right" if title in ("rows", "accepted", "rejected") else "left")
    listed = {proposed.name: ", ".join(proposed.layout.files) for proposed in made.proposal.tables}
    feeds = {proposed.name: proposed.feed for proposed in made.proposal.tables}
    feeds |= {name: feed for name, feed, *_ in made.trial.tables} if made.trial else {}
    for name, feed in feeds.items():
        counts = [f"{count:,}" for count in rows.get(name, [])] or [""] * 3
        table.add_row(name, feed, *counts, listed.get(name, f"profile {made.proposal.profile}"))
    screen.print(table)
    if made.trial is None:
        screen.print("The files are too big to be tried here; put them into the inbox and refresh.", markup=False)
    elif made.trial.refused:
        screen.print(f"As proposed, the delivery would be refused: {made.trial.refused}", style="yellow", markup=False)
    for (name, column, rule), count in made.trial.rules.most_common(10) if made.trial else []:
        screen.print(f"{name}.{column}: {count:,} rows rejected by rule {rule}", style="yellow", markup=False)
    checks = dict.fromkeys(text for proposed in made.proposal.tables for text in proposed.check)
    for text in ["party, delivery and terms: who sends it, how deliveries replace each other, under which agreement", *checks]:
        screen.print(f"check {text}", markup=False)
    for file, why in made.proposal.unread:
        screen.print(f"not read: {file}: {why}", style="dim", markup=False)
    screen.print(f"\nWritten: {target}\nNext: edit it, then `datadrives contract lint {target}`", markup=False)


@app.command()
def lint(
    files: Annotated[list[Path] | None, typer.Argument(help="contracts; default: all in the landing folder")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="end with 1 on warnings too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")] = False,
) -> None:
    """Check contracts: 0 sound (warnings may be told), 1 something is wrong."""
    from orchestration.onboarding.lint import as_data, lint_contract  # noqa: PLC0415  the SQL parser, for this command only

    screen = Console(quiet=True) if as_json else console()
    folder = get_settings().contracts_dir
    chosen = files or sorted(folder.glob("*.y*ml"))
    missing = [str(file) for file in chosen if not file.is_file()]
    if missing or not chosen:
        fail(screen, [f"no such contract: {file}" for file in missing] or [f"no contracts in {folder}"], as_json=as_json)
    findings = [finding for file in chosen for finding in lint_contract(file)]
    errors = sum(finding.severity == "error" for finding in findings)
    bad = errors > 0 or (strict and bool(findings))
    if as_json:
        say_json({"ok": not bad, "files": [str(file) for file in chosen], "findings": as_data(findings)})
    for finding in findings:
        screen.print(str(finding), style="red" if finding.severity == "error" else "yellow", markup=False)
    screen.print(f"{len(chosen)} contracts, {errors} errors, {len(findings) - errors} warnings", markup=False)
    if bad:
        raise typer.Exit(1)
