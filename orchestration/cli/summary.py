"""What was published and where: the table at the end of a refresh, and `status`.

Belongs here: reading the published files and the delivery records. Does not belong here: opening the build file.
"""

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.ingestion import Standing, read_records, standings
from orchestration.publishing.versions import current_release
from orchestration.settings import Settings


def summary(settings: Settings) -> dict[str, Any]:
    became = list(standings(read_records(settings.raw_dir)).values())
    used = [standing.record for standing in became if standing.status in ("accepted", "superseded")]
    release = current_release(settings.published_dir)
    return {
        "deliveries": _deliveries(became),
        "rows_accepted": sum(record.rows_accepted for record in used),
        "rows_rejected": sum(record.rows_rejected for record in used),
        "quarantined": _with_reason(became, "quarantined"),
        "withdrawn": _with_reason(became, "withdrawn"),
        "published": release
        and {
            "version": release.version,
            "published_at": release.manifest["published_at"],
            "indicators": release.manifest["rows"]["indicator"],
            "suppressed": release.manifest["suppressed"],
            "audit": release.manifest["audit"]["counts"],
            "folder": str(settings.published_dir / "current"),
        },
    }


def _deliveries(became: list[Standing]) -> dict[str, int]:
    found: Counter[str] = Counter(standing.status for standing in became)
    found["duplicate"] = sum(len(standing.record.also_received) for standing in became)
    return {status: count for status, count in found.items() if count}


def _with_reason(became: list[Standing], status: str) -> list[dict[str, str]]:
    return [
        {"source": s.record.source, "delivery": s.record.name, "id": s.record.delivery_id, "reason": s.reason}
        for s in became
        if s.status == status
    ]


def show(screen: Console, facts: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    deliveries = ", ".join(f"{count} {status}" for status, count in facts["deliveries"].items()) or "none yet"
    table.add_row("deliveries", deliveries)
    table.add_row("rows accepted", f"{facts['rows_accepted']:,}")
    table.add_row("rows rejected", f"{facts['rows_rejected']:,}")
    published = facts["published"]
    if published:
        shown = published["indicators"] - published["suppressed"]
        table.add_row("indicators published", f"{shown:,}")
        table.add_row("indicators suppressed", f"{published['suppressed']:,} (kept as rows without numbers)")
        table.add_row("audit", ", ".join(f"{count} {name}" for name, count in published["audit"].items()))
        table.add_row("version", published["version"])
        table.add_row("where", published["folder"])
    else:
        table.add_row("published", "nothing yet")
    screen.print(table)
    for status in ("quarantined", "withdrawn"):
        for item in facts[status]:
            screen.print(f"{status}: {item['source']}/{item['delivery']}: {item['reason']}", style="yellow", markup=False)
