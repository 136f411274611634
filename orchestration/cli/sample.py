"""Rows that a contract makes of files, printed for the person who writes it: `datadrives check --show`.

Belongs here: their look. Does not belong here: reading them (reports/sample.py).
"""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.reports.page import shown
from orchestration.reports.sample import Sample

# So many rows stand beside each other on a usual screen.
_BESIDE = 4


def print_samples(screen: Console, samples: Sequence[Sample]) -> None:
    """Each column of the feed on a line of its own, the rows beside each other: feeds are wider than screens."""
    if not samples:
        screen.print("\nNo rows to show: nothing of these files would be taken in.", style="yellow", markup=False)
        return
    screen.print(
        "\nThe first rows of each table as the contract makes them. They hold values of children: keep them on this screen.", markup=False
    )
    for sample in samples:
        screen.print(f"\n{sample.table} → feed {sample.feed}", style="bold", markup=False)
        for first in range(0, len(sample.rows), _BESIDE):
            rows = sample.rows[first : first + _BESIDE]
            table = Table(box=None, padding=(0, 2, 0, 0))
            table.add_column("column", style="dim", no_wrap=True)
            for number in range(first + 1, first + 1 + len(rows)):
                table.add_column(f"row {number}", overflow="fold")
            for place, column in enumerate(sample.columns):
                table.add_row(column, *(_cell(row[place]) for row in rows))
            screen.print(table)
        if not sample.rows:
            screen.print("no row", style="dim")


def _cell(value: str | None) -> Text:
    return Text("missing", style="dim italic") if value is None else Text(shown(value))
