"""How sources write down the children they know: each child once, with mistakes of its own.

Belongs here: names, birth dates, sex and addresses as a source has them, and which mistake stands in which record. Does not belong here:
the truth (population.py, homes.py), how often mistakes happen (dirt.py) or the layout of any source.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo import mistakes
from orchestration.demo.dirt import Dirt
from orchestration.demo.homes import Homes, city_of, street_address, zip_of
from orchestration.demo.population import FIRST_NAMES, SURNAMES, Population
from orchestration.demo.stock import first_names, plain, short_forms, surnames
from orchestration.demo.text import choose, join, pick

_AGAIN = 5.0  # how much more often a child who goes by a short form is written by it


@dataclass(frozen=True)
class Written:
    """One row per child as a source wrote it; a missing birth date is NaT, `male` -1 where the sex is missing.

    `errors`: by kind, which rows have it."""

    first: pa.Array
    middle: pa.Array
    last: pa.Array
    new_last: pa.Array  # what the source writes from `renamed_on` on
    renamed_on: np.ndarray
    preferred: pa.Array
    birth_date: np.ndarray
    male: np.ndarray
    errors: dict[str, np.ndarray] = field(default_factory=dict)

    def take(self, rows: np.ndarray) -> "Written":
        index = pa.array(rows)
        return Written(
            self.first.take(index), self.middle.take(index), self.last.take(index), self.new_last.take(index), self.renamed_on[rows],
            self.preferred.take(index), self.birth_date[rows], self.male[rows], {kind: mask[rows] for kind, mask in self.errors.items()},
        )  # fmt: skip

    def last_on(self, day: np.ndarray | np.datetime64) -> pa.Array:
        """The surname as it stood with the source on a day."""
        return choose(self.renamed_on <= day, self.new_last, self.last)

    def sex(self, male: str, female: str) -> pa.Array:
        return pick([female, male], self.male)


def write_people(
    population: Population, child: np.ndarray, rng: np.random.Generator, dirt: Dirt, *, missing_birth_date: float = 0.0
) -> Written:
    """The given children as one source knows them."""
    n = len(child)
    errors: dict[str, np.ndarray] = {}
    short = short_forms().of(population.first_name[child], population.short_form[child])
    goes_by = population.goes_by_short_form[child]
    own_script = population.writes_other_script[child] & (rng.random(n) < dirt.other_script)
    errors["other_script"] = own_script
    first = _first(population, child, rng, dirt, short, own_script, errors)
    last = _surname(population, child, population.last_name[child], own_script, rng, dirt, errors)
    new_last = _surname(population, child, population.new_last_name[child], own_script, rng, dirt, {})
    unheard = rng.random(n) < dirt.old_surname
    errors["old_surname"] = unheard & ~np.isnat(population.renamed_on[child])
    first, last = _swapped(first, last, rng.random(n) < dirt.swapped_names, errors)
    return Written(
        first=first,
        middle=_middle(population, child, rng, dirt, errors),
        last=last,
        new_last=new_last,
        renamed_on=np.where(unheard, np.datetime64("NaT"), population.renamed_on[child]),
        preferred=choose(goes_by & (rng.random(n) < 0.7), short, None),
        birth_date=_birth_date(population.birth_date[child], rng, dirt, dirt.empty(missing_birth_date), errors),
        male=_sex(population.is_male[child], rng, dirt, errors),
        errors=errors,
    )


def _first(
    population: Population, child: np.ndarray, rng: np.random.Generator, dirt: Dirt, short: pa.Array, own_script: np.ndarray,
    errors: dict[str, np.ndarray],
) -> pa.Array:  # fmt: skip
    place, n = population.first_name[child], len(child)
    first = choose(own_script, pick(first_names().native, place), pick(FIRST_NAMES, place))
    rate = np.where(population.goes_by_short_form[child], min(dirt.nickname * _AGAIN, 0.9), dirt.nickname)
    nickname = (rng.random(n) < rate) & np.asarray(short.is_valid()) & ~own_script
    first = choose(nickname, short, first)
    family = population.households.of
    sibling = np.where(np.append(family[1:], -1) == family, np.arange(population.size) + 1, np.arange(population.size) - 1)[child]
    has_one = (sibling >= 0) & (family[sibling] == family[child])
    mistaken = has_one & (rng.random(n) < dirt.sibling_name)
    first = choose(mistaken, pick(FIRST_NAMES, population.first_name[np.maximum(sibling, 0)]), first)
    errors |= {"nickname": nickname & ~mistaken, "sibling_name": mistaken}
    first, errors["first_typo"] = mistakes.at(rng.random(n) < dirt.first_typo, first, mistakes.typed(rng))
    first, errors["first_scanned"] = mistakes.at(rng.random(n) < dirt.scanned_name, first, mistakes.scanned(rng))
    return first


def _surname(
    population: Population, child: np.ndarray, place: np.ndarray, own_script: np.ndarray, rng: np.random.Generator, dirt: Dirt,
    errors: dict[str, np.ndarray],
) -> pa.Array:  # fmt: skip
    n, second_place = len(child), population.second_last_name[child]
    own = choose(own_script, pick(surnames().native, place), pick(SURNAMES, place))
    second = pick(SURNAMES, second_place)
    both = (second_place >= 0) & (place >= 0)
    draw = rng.random(n)
    dropped = both & (draw < dirt.part_dropped)
    otherwise = both & ~dropped & (draw < dirt.part_dropped + dirt.parts_joined)
    hyphen = population.is_hyphenated[child] ^ otherwise
    last = choose(both & hyphen, join(own, second, sep="-"), choose(both, join(own, second, sep=" "), own))
    which = rng.random(n) < 0.7  # mostly the second part goes
    last = choose(dropped, choose(which, own, second), last)
    errors |= {"part_dropped": dropped, "parts_joined": otherwise}
    last, _ = mistakes.at(rng.random(n) < dirt.no_accents, last, plain)
    last, errors["last_typo"] = mistakes.at(rng.random(n) < dirt.last_typo, last, mistakes.typed(rng))
    last, errors["last_scanned"] = mistakes.at(rng.random(n) < dirt.scanned_name, last, mistakes.scanned(rng))
    return last


def _swapped(first: pa.Array, last: pa.Array, swapped: np.ndarray, errors: dict[str, np.ndarray]) -> tuple[pa.Array, pa.Array]:
    errors["swapped_names"] = swapped
    return choose(swapped, last, first), choose(swapped, first, last)


def _middle(population: Population, child: np.ndarray, rng: np.random.Generator, dirt: Dirt, errors: dict[str, np.ndarray]) -> pa.Array:
    n = len(child)
    true = pc.utf8_slice_codeunits(pick(FIRST_NAMES, population.middle_name[child]), 0, 1)
    missing, wrong = rng.random(n) < dirt.middle_missing, rng.random(n) < dirt.middle_wrong
    other = pick([chr(65 + i) for i in range(26)], rng.integers(0, 26, n))
    has_one = np.asarray(true.is_valid())
    errors |= {"middle_missing": missing & has_one, "middle_wrong": wrong & has_one & ~missing}
    return choose(missing, None, choose(wrong & has_one, other, true))


def _birth_date(true: np.ndarray, rng: np.random.Generator, dirt: Dirt, missing: float, errors: dict[str, np.ndarray]) -> np.ndarray:
    written, n = true.copy(), len(true)
    rates = {
        "birth_year_off": dirt.birth_year_off,
        "birth_day_month_swapped": dirt.birth_day_month_swapped,
        "birth_digit": dirt.birth_digit,
    }
    for kind, share in rates.items():
        mask = (rng.random(n) < share) & (written == true)
        if kind == "birth_year_off":
            made = mistakes.year_off(true, rng, mask)
        elif kind == "birth_digit":
            made = mistakes.digit_wrong(true, rng, mask)
        else:
            made = mistakes.day_month_swapped(true, mask)
        written = np.where(mask, made, written)
        errors[kind] = mask & (written != true)
    gone = rng.random(n) < max(missing, dirt.birth_missing)
    errors["birth_missing"] = gone
    return np.where(gone, np.datetime64("NaT"), written)


def _sex(is_male: np.ndarray, rng: np.random.Generator, dirt: Dirt, errors: dict[str, np.ndarray]) -> np.ndarray:
    missing, wrong = rng.random(len(is_male)) < dirt.sex_missing, rng.random(len(is_male)) < dirt.sex_wrong
    errors |= {"sex_missing": missing, "sex_wrong": wrong & ~missing}
    return np.where(missing, -1, (is_male ^ wrong).astype(np.int64))


@dataclass(frozen=True)
class Addresses:
    """Street, city and zip as a source has them; all empty where it has no address."""

    street: pa.Array
    city: pa.Array
    zip: pa.Array
    errors: dict[str, np.ndarray]


def write_addresses(homes: Homes, before: Homes, child: np.ndarray, children: int, rng: np.random.Generator, dirt: Dirt) -> Addresses:
    """Where the children live, or lived before they moved; `homes` and `before` are of all children of the region.

    Every child of the region draws, so that one source errs alike year after year."""
    old, missing, mistyped, wrong_zip, digit = (rng.random(children)[child] for _ in range(5))
    here, earlier = homes.take(child), before.take(child)
    home = earlier.where(old < dirt.address_old, here)
    street, typo = mistakes.at(mistyped < dirt.street_typo, street_address(home), mistakes.typed(rng))
    right = zip_of(home, children)
    other = join(pc.utf8_slice_codeunits(right, 0, 4), pick([str(i) for i in range(10)], (digit * 10).astype(np.int64)))
    zips = choose(wrong_zip < dirt.zip_wrong, other, right)
    gone = missing < dirt.address_missing
    errors = {"address_missing": gone, "address_old": home.differs(here) & ~gone, "street_typo": typo & ~gone}
    errors["zip_wrong"] = np.asarray(pc.not_equal(zips, right)) & ~gone
    return Addresses(choose(gone, None, street), choose(gone, None, city_of(home)), choose(gone, None, zips), errors)
