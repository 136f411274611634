"""Random numbers of the demo region.

Belongs here: one generator per named part, so that a change in one part leaves every other part as it was.
"""

import zlib

import numpy as np


def rng_for(seed: int, *part: str | int) -> np.random.Generator:
    """The generator of one part; the same seed and part always give the same numbers."""
    return np.random.default_rng([seed, zlib.crc32("/".join(map(str, part)).encode())])
