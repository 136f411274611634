"""How common names are: the stock that children of the demo region are named from.

Belongs here: names with their shares (census of 1990, package `names`), short forms (package `nicknames`), other spellings of a name.
Does not belong here: who bears which name (population.py).
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from nicknames import name_triplets

from orchestration.demo import names

_TODAY = 0.5  # share of children with a first name of their own generation, which the census does not know yet
_ODD = 0.006
_SHORT_FORMS = 4  # of one name; the package lists rare ones too
_OTHER_SCRIPTS = Path(__file__).parent / "data" / "other_scripts.txt"


@dataclass(frozen=True)
class Pool:
    """Places in a list of names, and for each the share of people whose name comes no later than it."""

    place: np.ndarray
    until: np.ndarray

    def draw(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        return self.place[np.searchsorted(self.until, rng.random(rows), side="right")]


def _pool(shares: dict[int, float]) -> Pool:
    until = np.cumsum(np.array([*shares.values()]))
    return Pool(np.array([*shares]), until[:-1] / until[-1])


@dataclass(frozen=True)
class Stock:
    """Every name once, in the order of the alphabet, and pools to draw from.

    `native`: the name in its bearer's own script, else the same; `scripts`: the pools of each such language."""

    names: list[str]
    native: list[str]
    pools: dict[str, Pool]
    scripts: tuple[dict[str, Pool], ...]

    def next_in_alphabet(self, place: np.ndarray) -> np.ndarray:
        """The name that looks most alike, as parents of twins choose it."""
        return (place + 1) % len(self.names)


def _census(file: str) -> dict[str, float]:
    """Name → share of the population, spelt as people write it."""
    shares: dict[str, float] = {}
    for line in (files("names") / file).read_text(encoding="ascii").splitlines():
        name, share, *_ = line.split()
        shares[name.title()] = float(share) + 0.0002  # the rarest are printed as 0.000
    return shares


def _stock(pools: dict[str, dict[str, float]], native: dict[str, str], scripts: list[dict[str, dict[str, float]]]) -> Stock:
    every = sorted({name for pool in [*pools.values(), *(pool for part in scripts for pool in part.values())] for name in pool})
    place = {name: i for i, name in enumerate(every)}

    def placed(shares: dict[str, float]) -> Pool:
        return _pool({place[name]: share for name, share in sorted(shares.items())})

    return Stock(
        names=every,
        native=[native.get(name, name) for name in every],
        pools={kind: placed(shares) for kind, shares in pools.items()},
        scripts=tuple({kind: placed(shares) for kind, shares in part.items()} for part in scripts),
    )


def _blend(census: dict[str, float], today: list[str]) -> dict[str, float]:
    total = sum(census.values())
    mixed = {name: share / total * (1 - _TODAY) for name, share in census.items()}
    for name in today:
        mixed[name] = mixed.get(name, 0.0) + _TODAY / len(today)
    return mixed


@cache
def languages() -> list[tuple[dict[str, str], ...]]:
    """Of each language of another script its girls' names, boys' names and surnames: as written in Latin letters → in its own."""
    lines = _OTHER_SCRIPTS.read_text(encoding="utf-8").splitlines()
    kinds = [line.split("/") for line in lines if not line.startswith("#")]
    return [tuple(dict(pair.split(":", 1) for pair in kind.split()) for kind in language) for language in kinds]


@cache
def first_names() -> Stock:
    """Pools girl and boy."""
    scripts = [{"girl": dict.fromkeys(girls, 1.0), "boy": dict.fromkeys(boys, 1.0)} for girls, boys, _ in languages()]
    pools = {"girl": _blend(_census("dist.female.first"), names.GIRLS), "boy": _blend(_census("dist.male.first"), names.BOYS)}
    return _stock(pools, {latin: own for girls, boys, _ in languages() for latin, own in (girls | boys).items()}, scripts)


@cache
def surnames() -> Stock:
    """Pools general, hispanic and asian; of each other script one, any."""
    census = _census("dist.all.last")
    folded = {name.replace("'", "").title(): name for name in names.SURNAMES_GENERAL}
    general = {names.ACCENTED.get(name, folded.get(name, name)): share for name, share in census.items()}
    odd = sum(census.values()) * _ODD / len(names.ODD_SURNAMES)
    general |= dict.fromkeys(names.ODD_SURNAMES, odd)
    pools = {"general": general}
    for kind, listed in (("hispanic", names.SURNAMES_HISPANIC), ("asian", names.SURNAMES_ASIAN)):
        pools[kind] = {names.ACCENTED.get(name, name): census.get(name, 0.0002) for name in listed}
    own = {latin: own for *_, last in languages() for latin, own in last.items()}
    return _stock(pools, own, [{"any": dict.fromkeys(last, 1.0)} for *_, last in languages()])


@dataclass(frozen=True)
class ShortForms:
    """Short forms by place of the first name: `count` of them from `start` on in `forms`."""

    forms: list[str]
    start: np.ndarray
    count: np.ndarray

    def of(self, place: np.ndarray, which: np.ndarray) -> pa.Array:
        """One short form per child, `which` between 0 and 1 choosing it; null where the name has none."""
        chosen = self.start[place] + (which * self.count[place]).astype(np.int64)
        return pa.array(self.forms, pa.string()).take(pa.array(chosen, mask=self.count[place] == 0))


@cache
def short_forms() -> ShortForms:
    listed: dict[str, list[str]] = {}
    for name, _, short in name_triplets():
        own = listed.setdefault(name, [])
        if len(own) < _SHORT_FORMS and short not in own and short != name:
            own.append(short)
    every = [listed.get(name.lower(), []) for name in first_names().names]
    count = np.array([len(own) for own in every])
    return ShortForms([short.title() for own in every for short in own], np.concatenate([[0], np.cumsum(count)[:-1]]), count)


def plain(text: pa.Array) -> pa.Array:
    """The text without accents, as a system writes it that knows ASCII only."""
    return pc.replace_substring_regex(pc.utf8_normalize(text, form="NFD"), pattern=r"\p{Mn}", replacement="")
