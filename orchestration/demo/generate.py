"""The demo region: a made-up community that anyone can have, from a seed.

Belongs here: the order in which the region comes about and is written down, and the summary of it.
Does not belong here: any one party's files (district_*.py, partner_*.py, state_*.py ...) or the truth behind them (world.py).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.demo import (
    clearinghouse,
    consents,
    district_alder,
    district_birch,
    district_cedar,
    early_childhood,
    partner_crm,
    partner_tables,
    partner_workbooks,
    state_longitudinal,
    state_published,
)
from orchestration.demo.dirt import Dirt
from orchestration.demo.drop import Inbox, Tally
from orchestration.demo.truth import Truth
from orchestration.demo.world import build_world

YEARS = (2021, 2022, 2023, 2024)

# The published aggregates come last: they follow from the true attendance that the districts' writers gathered.
_WRITERS = (
    ("Alder City schools", district_alder.write),
    ("Birch Valley schools", district_birch.write),
    ("Cedar County schools", district_cedar.write),
    ("partners' workbooks", partner_workbooks.write),
    ("partners' tables", partner_tables.write),
    ("mentoring database", partner_crm.write),
    ("early childhood", early_childhood.write),
    ("state student file", state_longitudinal.write),
    ("college records", clearinghouse.write),
    ("consents", consents.write),
    ("published aggregates", state_published.write),
)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DemoSummary:
    """What was generated; `sources` by source id."""

    children: int
    years: tuple[int, ...]
    seconds: float
    sources: dict[str, Tally]

    @property
    def deliveries(self) -> int:
        return sum(tally.deliveries for tally in self.sources.values())

    @property
    def files(self) -> int:
        return sum(tally.files for tally in self.sources.values())

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.sources.values())

    @property
    def bytes(self) -> int:
        return sum(tally.bytes for tally in self.sources.values())


def _silence(_name: str, _number: int, _total: int) -> None:
    """Progress that nobody watches."""


def generate(
    landing: Path,
    truth: Path,
    *,
    children: int = 12_000,
    seed: int = 2024,
    years: Sequence[int] = YEARS,
    dirt: Dirt | None = None,
    progress: Progress | None = None,
) -> DemoSummary:
    """Write the region's deliveries under landing/inbox and the truth under `truth`.

    The same arguments give the same bytes. `years` are the years in which school years end. `progress` is told the name of each
    step, its number and how many there are. Deliveries that already stand under the same name are replaced.
    """
    started = time.monotonic()
    span = tuple(sorted(years))
    if children < 0 or not span or span != tuple(range(span[0], span[-1] + 1)):
        raise ValueError("children must not be negative and years must be one unbroken range")
    if Path(truth).resolve().is_relative_to(Path(landing).resolve()):
        raise ValueError("the truth must not lie in the landing folder")
    inbox = Inbox(Path(landing))
    if children:
        steps = len(_WRITERS) + 2
        tell = progress or _silence
        tell("children, schools and programs", 1, steps)
        world = build_world(children, seed, span, dirt or Dirt())
        kept = Truth(Path(truth))
        for number, (name, write) in enumerate(_WRITERS, start=2):
            tell(name, number, steps)
            write(inbox, world, kept)
        inbox.close()
        tell("the truth, kept aside", steps, steps)
        kept.write(world)
    return DemoSummary(children, span, time.monotonic() - started, inbox.tallies)
