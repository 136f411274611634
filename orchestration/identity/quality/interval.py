"""Intervals of estimated shares.

Belongs here: arithmetic of counts. Does not belong here: what is counted (estimate.py).
Wilson 1927; for a share put together from strata, Wilson with the sample size at which one simple sample would be as sure.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Stratum:
    """`pairs` in all, of which `answered` were looked at and `wrong` found wrong."""

    pairs: int
    answered: int
    wrong: int


@dataclass(frozen=True)
class Share:
    """A share with its interval; `covered`: how much of all pairs lies in strata that somebody looked into."""

    value: float
    low: float
    high: float
    covered: float


def wilson(wrong: float, answered: float) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) where nothing was looked at."""
    if answered <= 0:
        return 0.0, 1.0
    share = wrong / answered
    spread = Z_95 * math.sqrt(share * (1 - share) / answered + Z_95**2 / (4 * answered**2))
    middle = share + Z_95**2 / (2 * answered)
    scale = 1 + Z_95**2 / answered
    low = 0.0 if wrong <= 0 else (middle - spread) / scale
    high = 1.0 if wrong >= answered else (middle + spread) / scale
    return max(low, 0.0), min(high, 1.0)


def stratified(strata: Sequence[Stratum]) -> Share | None:
    """The share of wrong pairs over all strata that have answers; None where none has."""
    looked = [s for s in strata if s.answered and s.pairs]
    pairs, total = sum(s.pairs for s in looked), sum(s.pairs for s in strata)
    if not pairs:
        return None
    value = sum(s.pairs / pairs * s.wrong / s.answered for s in looked)
    # A stratum without a mistake is not without doubt, so its variance is that of one more mistake and one more hit.
    smooth = [((s.wrong + 1) / (s.answered + 2), s) for s in looked]
    variance = sum((s.pairs / pairs) ** 2 * p * (1 - p) / s.answered for p, s in smooth)
    middle = sum(s.pairs / pairs * p for p, s in smooth)
    size = middle * (1 - middle) / variance
    low, high = wilson(value * size, size)
    return Share(value, low, high, pairs / total)
