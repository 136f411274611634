"""`datadrives delivery`: what arrived and what became of it; taking a delivery back, having it read again.

Does not belong here: what follows for other deliveries (ingestion/force.py), or publishing: the next refresh does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from orchestration.cli.console import console, fail, say_json
from orchestration.contracts import ContractError, load_contracts
from orchestration.ingestion import Standing, read_records, standings
from orchestration.ingestion.force import scopes
from orchestration.ingestion.operate import UnknownDeliveryError, find_delivery, reingest, withdraw
from orchestration.ingestion.record import DeliveryRecord, read_readings
from orchestration.ingestion.rejected import rejected_counts
from orchestration.ingestion.source import NotInInboxError
from orchestration.lock import RefreshRunningError, refresh_lock
from orchestration.reports import report_path
from orchestration.settings import Settings, get_settings

app = typer.Typer(help="What arrived and what became of it; take a delivery back, have it read again.", no_args_is_help=True)

_Id = Annotated[str, typer.Argument(metavar="ID", help="its id or the beginning of it, or its name; source/ID says whose")]
_Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")]
_STYLES = {"accepted": "green", "quarantined": "yellow", "withdrawn": "red", "superseded": "dim"}
_SHORT = 8


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="only of this source")] = None,
    as_json: _Json = False,
) -> None:
    """Every delivery, in the order in which they count."""
    settings = get_settings()
    became = standings(read_records(settings.raw_dir)).values()
    shown = sorted((s for s in became if source in (None, s.record.source)), key=lambda s: (s.record.source, s.record.position))
    if as_json:
        say_json({"deliveries": [_facts(standing) for standing in shown]})
        return
    screen = console()
    if not shown:
        screen.print("no delivery yet" + (f" of {source}" if source else ""), markup=False)
        return
    table = _table("source", "delivery", "id", "as of", "status", counts=("rows", "rejected"))
    for standing in shown:
        r = standing.record
        status = f"[{_STYLES[standing.status]}]{standing.status}[/]"
        counts = f"{r.rows_accepted:,}", f"{r.rows_rejected:,}"
        table.add_row(r.source, _plain(r.name), r.delivery_id[:_SHORT], str(r.as_of), status, *counts)
    screen.print(table)
    for standing in shown:
        if standing.reason:
            r = standing.record
            screen.print(f"{standing.status}: {r.source}/{r.name}: {standing.reason}", style=_STYLES[standing.status], markup=False)


@app.command()
def show(delivery: _Id, as_json: _Json = False) -> None:
    """One delivery: its tables, what is in force, what was rejected, how often it was read."""
    settings, screen = get_settings(), console()
    with _telling(screen, as_json=as_json):
        records = read_records(settings.raw_dir)
        record = find_delivery(records, delivery)
        standing = standings(records)[record.key]
        facts = {**_facts(standing), **_details(settings, records, record)}
    if as_json:
        say_json(facts)
    else:
        _print(screen, facts)


@app.command("withdraw")
def withdraw_(
    delivery: _Id,
    why: Annotated[str, typer.Option(help="the reason, kept with the delivery; no names of children")],
    as_json: _Json = False,
) -> None:
    """Take a delivery back: what stood before it is in force again. The next refresh publishes it."""
    settings, screen = get_settings(), console()
    if not why.strip():
        fail(screen, ["say why with --why: it is kept with the delivery"], as_json=as_json)
    with _telling(screen, as_json=as_json), refresh_lock(settings.home):
        record = find_delivery(read_records(settings.raw_dir), delivery)
        if record.decision.withdrawn is not None:
            fail(screen, [f"{record.source}/{record.name} is withdrawn already: {record.decision.withdrawn.why}"], as_json=as_json)
        withdraw(settings.raw_dir, record, why.strip())
    _say_outcome(settings, screen, record, as_json=as_json)


@app.command("reingest")
def reingest_(
    delivery: _Id,
    accept_volume: Annotated[bool, typer.Option("--accept-volume", help="what it takes away and brings is right as it is")] = False,
    as_json: _Json = False,
) -> None:
    """Read a delivery again as it lies in the inbox; also undoes a withdrawal. The next refresh publishes it."""
    settings, screen = get_settings(), console()
    with _telling(screen, as_json=as_json), refresh_lock(settings.home):
        contracts = load_contracts(settings.contracts_dir)
        record = find_delivery(read_records(settings.raw_dir), delivery)
        if record.source not in contracts:
            fail(screen, [f"no contract reads {record.source}: write {settings.contracts_dir / record.source}.yaml"], as_json=as_json)
        reingest(
            contracts[record.source],
            record,
            inbox=settings.inbox,
            raw_dir=settings.raw_dir,
            accept_volume=accept_volume,
            memory_limit=settings.memory_limit,
            limits=settings.limits,
        )
    _say_outcome(settings, screen, record, as_json=as_json)


@contextmanager
def _telling(screen: Console, *, as_json: bool) -> Iterator[None]:
    """What can go wrong ends with one clear line and exit code 1."""
    try:
        yield
    except (ContractError, NotInInboxError, RefreshRunningError, UnknownDeliveryError) as error:
        fail(screen, str(error).splitlines(), as_json=as_json)


def _say_outcome(settings: Settings, screen: Console, record: DeliveryRecord, *, as_json: bool) -> None:
    standing = standings(read_records(settings.raw_dir))[record.key]
    if standing.status == "quarantined":
        fail(screen, [f"{record.source}/{record.name} is quarantined: {standing.reason}"], as_json=as_json, **_facts(standing))
    if as_json:
        say_json({"ok": True, **_facts(standing)})
    else:
        said = f"{record.source}/{record.name} is {standing.status} now; `datadrives refresh` publishes accordingly."
        screen.print(said, markup=False)


def _facts(standing: Standing) -> dict[str, Any]:
    r = standing.record
    return {
        "source": r.source, "delivery": r.name, "id": r.delivery_id, "as_of": r.as_of, "received_at": r.received_at,
        "status": standing.status, "reason": standing.reason, "rule": standing.problem.rule if standing.problem else None,
        "files": r.files, "rows_read": r.rows_read, "rows_accepted": r.rows_accepted, "rows_rejected": r.rows_rejected,
        "rows_excluded": r.rows_excluded, "contract_version": r.contract_version, "reading": r.reading,
    }  # fmt: skip


def _details(settings: Settings, records: list[DeliveryRecord], record: DeliveryRecord) -> dict[str, Any]:
    held = [scope for scope in scopes(records) if scope.record.key == record.key]
    return {
        "tables": [
            {
                **t.model_dump(include={"table", "feed", "replacement", "files", "rows_read", "rows_accepted", "rows_rejected"}),
                "periods": [s.period for s in held if s.table == t.table],
                "in_force": [s.period for s in held if s.table == t.table and s.in_force],
            }
            for t in record.tables
        ],
        "rejected": [{"table": table, "rule": rule, "rows": rows} for table, rule, rows in rejected_counts(settings.raw_dir, record)],
        "volume": [c.model_dump() for c in record.volume],
        "unused_files": record.unused_files,
        "also_received": [again.name for again in record.also_received],
        "decision": record.decision.model_dump(exclude_none=True),
        "report": report if (report := report_path(settings.reports_dir, record)).is_file() else None,
        "readings": sorted(reading.reading for reading in read_readings(settings.raw_dir, *record.key)),
    }


def _print(screen: Console, facts: dict[str, Any]) -> None:
    grid = Table(box=None, show_header=False, padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column(overflow="fold")
    shown = ("source", "delivery", "id", "as_of", "received_at", "status", "reason", "files", "contract_version", "reading")
    for name in shown:
        if facts[name] not in (None, ""):
            grid.add_row(name.replace("_", " "), _plain(str(facts[name])))
    for name, label in (("unused_files", "read by no table"), ("also_received", "also received as")):
        if facts[name]:
            grid.add_row(label, _plain(", ".join(facts[name])))
    if facts["report"]:
        grid.add_row("report for the sender", _plain(str(facts["report"])))
    screen.print(grid)
    tables = _table("table", "feed", "replacement", "in force", counts=("read", "accepted", "rejected"))
    for t in facts["tables"]:
        counts = [f"{t[f'rows_{name}']:,}" for name in ("read", "accepted", "rejected")]
        in_force = ", ".join("all" if period == "*" else period for period in t["in_force"]) or "no"
        tables.add_row(t["table"], t["feed"], t["replacement"], in_force, *counts)
    if facts["tables"]:
        screen.print(tables)
    for item in facts["rejected"]:
        screen.print(f"rejected: {item['table']}: {item['rows']:,} rows by rule {item['rule']}", markup=False)
    for c in facts["volume"]:
        screen.print(f"volume: {c['table']}: of {c['before']:,} records {c['gone']:,} are gone and {c['added']:,} are new", markup=False)


def _table(*names: str, counts: tuple[str, ...]) -> Table:
    """Facts in columns: words go on below each other where they are too long, numbers never."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, overflow="fold")
    for name in counts:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _plain(text: str) -> str:
    """Names come from senders: no square bracket of theirs is a style."""
    return text.replace("[", r"\[")
