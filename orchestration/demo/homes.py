"""Where the children of the demo region live: addresses, and how they change as families move.

Belongs here: the address of every child at a point in time, and its text. Does not belong here: who moves when (movement.py).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.demo import names, text
from orchestration.demo.households import Households
from orchestration.demo.region import DISTRICTS, SHARES, zip_code, zip_count

_FLATS = 0.22  # of homes are in a house of several
_CITIES = ("Alder", "Birch", "Cedar")


@dataclass(frozen=True)
class Homes:
    """One row per child. `zone`: place on the district's map, from 0 to 1; `flat` 0 = a house of one's own."""

    district: np.ndarray
    zone: np.ndarray
    house_number: np.ndarray
    street: np.ndarray
    flat: np.ndarray

    def copy(self) -> "Homes":
        return Homes(*(column.copy() for column in vars(self).values()))

    def take(self, rows: np.ndarray) -> "Homes":
        return Homes(*(column[rows] for column in vars(self).values()))

    def where(self, mask: np.ndarray, other: "Homes") -> "Homes":
        """This home where the mask holds, else the other."""
        return Homes(*(np.where(mask, own, others) for own, others in zip(vars(self).values(), vars(other).values(), strict=True)))

    def differs(self, other: "Homes") -> np.ndarray:
        return np.any([own != others for own, others in zip(vars(self).values(), vars(other).values(), strict=True)], axis=0)

    def resettle(self, rng: np.random.Generator, households: Households, moves: np.ndarray) -> None:
        """Families that move find another house in their district."""
        fresh = _draw(rng, households.count)
        for name in ("zone", "house_number", "street", "flat"):
            getattr(self, name)[moves] = getattr(fresh, name)[households.of[moves]]

    def change_district(self, moves: np.ndarray, district: np.ndarray) -> None:
        self.district[moves] = district[moves]


def first_homes(rng: np.random.Generator, households: Households) -> Homes:
    return _draw(rng, households.count).take(households.of)


def _draw(rng: np.random.Generator, rows: int) -> Homes:
    return Homes(
        district=rng.choice(len(SHARES), rows, p=SHARES).astype(np.int8),
        zone=rng.random(rows, dtype=np.float32),
        house_number=rng.integers(1, 2400, rows, dtype=np.int16),
        street=rng.integers(0, len(names.STREETS) * len(names.STREET_KINDS), rows, dtype=np.int16),
        flat=np.where(rng.random(rows) < _FLATS, rng.integers(1, 25, rows), 0).astype(np.int8),
    )


def street_address(homes: Homes) -> pa.Array:
    name, kind = np.divmod(homes.street.astype(np.int64), len(names.STREET_KINDS))
    house = text.join(text.number(homes.house_number), text.pick(names.STREETS, name), text.pick(names.STREET_KINDS, kind), sep=" ")
    return text.choose(homes.flat > 0, text.join(house, text.number(homes.flat), sep=" Apt "), house)


def zip_of(homes: Homes, children: int) -> pa.Array:
    """Zip code by district and zone, in a region of so many children."""
    counts = [zip_count(children, district) for district in DISTRICTS]
    codes = [zip_code(district, i / counts[d], counts[d]) for d, district in enumerate(DISTRICTS) for i in range(counts[d])]
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return text.pick(codes, first[homes.district] + (homes.zone * np.array(counts)[homes.district]).astype(np.int64))


def city_of(homes: Homes) -> pa.Array:
    return text.pick(_CITIES, homes.district)
