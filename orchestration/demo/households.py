"""Which children of the demo region make a family, and when each was born.

Belongs here: family sizes, births, twins. Does not belong here: names (population.py) or addresses (movement.py).
The children of a family stand in consecutive rows, a second twin after its twin.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.demo.seeds import rng_for

_SIZES = (0.42, 0.36, 0.15, 0.07)  # of families with one, two, three, four children
_TWIN = 0.033  # of births after the first
_YEAR = 365
_SEPTEMBER_2 = 244  # days after January 1


@dataclass(frozen=True)
class Households:
    """`of`: the household of each child; the other columns are by child too."""

    count: int
    of: np.ndarray
    birth_date: np.ndarray  # datetime64[D]
    kindergarten_year: np.ndarray
    is_second_twin: np.ndarray  # the twin stands in the row before

    @property
    def is_twin(self) -> np.ndarray:
        return self.is_second_twin | np.append(self.is_second_twin[1:], False)


def build_households(children: int, first_year: int, last_year: int, seed: int) -> Households:
    """Families of children who begin kindergarten between the two school years, both included."""
    rng = rng_for(seed, "households")
    sizes = 1 + rng.choice(len(_SIZES), children, p=_SIZES)
    of = np.repeat(np.arange(children), sizes)[:children]
    is_first = np.diff(of, prepend=-1) > 0
    second_twin = ~is_first & (rng.random(children) < _TWIN)
    second_twin &= ~np.append(False, second_twin[:-1])  # no triplets
    gap = np.where(is_first | second_twin, 0, 330 + rng.integers(0, 1300, children))
    since_first = np.cumsum(gap)
    since_first -= since_first[np.flatnonzero(is_first)][of]
    cohorts = last_year - first_year + 1
    born = (rng.integers(0, cohorts * _YEAR, children)[of] + since_first) % (cohorts * _YEAR)
    year, day = np.divmod(born, _YEAR)
    kindergarten = first_year + year
    # born between September 2 and September 1, so that five years are full when kindergarten begins
    january = (kindergarten - 7 - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return Households(int(of[-1]) + 1, of, january + _SEPTEMBER_2 + day, kindergarten, second_twin)
