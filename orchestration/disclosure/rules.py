"""The disclosure rules as data: how few is too few, and how extreme a rate may be shown.

Belongs here: thresholds and their reasons. Does not belong here: SQL (protect.py), or a measure's own `n_min`,
which is a column of the seed measure_variant and may only raise the minimum, never lower it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodingTier:
    """For groups of at least `persons` people, a rate outside `bottom`..`top` is shown as that bound."""

    persons: int
    bottom: float
    top: float


@dataclass(frozen=True)
class Rules:
    """One policy for everything the hub computes.

    `minimum`: a count below it is hidden, and zero is hidden with the rest: a published zero would tell that every
    hidden cell holds at least one child. `tiers`: largest groups first (NCES 2011-603): a rate near 0 or 1 speaks about
    every member of its group, so small groups may only say "at most" or "at least". `coverage_step`: coverage in finer
    steps would give back the number of children left out.
    """

    minimum: int
    tiers: tuple[CodingTier, ...]
    coverage_step: float

    def __post_init__(self) -> None:
        if self.minimum < 1:
            msg = "minimum must be at least 1: zero would publish every cell"
            raise ValueError(msg)
        if not self.tiers or self.tiers[-1].persons > self.minimum:
            msg = "the smallest tier must begin at or below the minimum, so that every published rate has one"
            raise ValueError(msg)
        if [t.persons for t in self.tiers] != sorted((t.persons for t in self.tiers), reverse=True):
            msg = "tiers must stand from the largest group to the smallest: the first that fits is used"
            raise ValueError(msg)


RULES = Rules(
    minimum=10,
    tiers=(
        CodingTier(persons=300, bottom=0.01, top=0.99),
        CodingTier(persons=100, bottom=0.02, top=0.98),
        CodingTier(persons=40, bottom=0.05, top=0.95),
        CodingTier(persons=20, bottom=0.10, top=0.90),
        CodingTier(persons=10, bottom=0.20, top=0.80),
    ),
    coverage_step=0.05,
)
