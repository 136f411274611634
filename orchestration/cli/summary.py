"""What was published and where: the table at the end of a refresh, and `status`.

Belongs here: reading the published files and the delivery records. Does not belong here: opening the build file.
"""

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.ingestion import DeliveryRecord, read_records, statuses
from orchestration.publishing.versions import current_release
from orchestration.settings import Settings


def summary(settings: Settings) -> dict[str, Any]:
    records = read_records(settings.raw_dir)
    used = [record for record in records if record.status == "accepted"]
    release = current_release(settings.published_dir)
    return {
        "deliveries": _deliveries(records),
        "rows_accepted": sum(record.rows_accepted for record in used),
        "rows_rejected": sum(record.rows_rejected for record in used),
        "quarantined": [{"source": r.source, "delivery": r.name, "reason": r.reason} for r in records if r.status == "quarantined"],
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


def _deliveries(records: list[DeliveryRecord]) -> dict[str, int]:
    found: Counter[str] = Counter(statuses(records).values())
    found["duplicate"] = sum(len(record.also_received) for record in records)
    return {status: count for status, count in found.items() if count}


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
    for item in facts["quarantined"]:
        screen.print(f"quarantined: {item['source']}/{item['delivery']}: {item['reason']}", style="yellow", markup=False)
