"""`datadrives demo`: a whole region to try the hub on, made up from a seed.

Does not belong here: how the region is made (demo).
"""

import shutil
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn

from orchestration.cli.console import console
from orchestration.settings import PROJECT_ROOT, Settings, get_settings


def demo(
    children: Annotated[int, typer.Option(min=1, help="how many children live in the region")] = 12_000,
    seed: Annotated[int, typer.Option(help="the same seed makes the same region")] = 2024,
    noise: Annotated[float, typer.Option(min=0, help="how many times as often as usual names, dates, addresses and ids are wrong")] = 1.0,
) -> None:
    """Generate the demo region into the landing folder."""
    from orchestration.demo import Dirt, generate  # noqa: PLC0415  numpy and pyarrow, which no other command of the CLI needs

    settings, screen = get_settings(), console()
    _bring_contracts(settings)
    with Progress(TextColumn("{task.description}"), BarColumn(), console=screen, transient=True) as progress:
        task = progress.add_task("starting")
        done = generate(
            settings.landing,
            settings.home / "demo_truth",
            children=children,
            seed=seed,
            dirt=Dirt().noise(noise),
            progress=lambda name, number, steps: progress.update(task, description=name, completed=number, total=steps),
        )
    screen.print(
        f"Demo region: {done.children:,} children, {done.deliveries} deliveries of {len(done.sources)} sources, "
        f"{done.rows:,} rows in {done.files} files ({done.bytes / 1e6:,.0f} MB) after {done.seconds:.1f} s, in {settings.inbox}"
    )


def _bring_contracts(settings: Settings) -> None:
    """The region's contracts and agreements come with the project; another landing folder gets copies, its own files stay."""
    for folder in ("contracts", "agreements"):
        for file in (PROJECT_ROOT / "raw_landing" / folder).glob("*.yaml"):
            target = settings.landing / folder / file.name
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
