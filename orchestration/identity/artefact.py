"""Which trained model is in use: files of model-<version>.json, `current.json` that names one, and the name frequencies frozen with it.

Belongs here: choosing, keeping and replacing models, and when the first one is trained. Does not belong here: training (model.py).
The shipped model was trained on generated families; it serves until a hub has enough records of its own, and where it never does.
"""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.identity.clean import DATA
from orchestration.identity.comparisons import COMPARISONS
from orchestration.identity.in_use import CURRENT
from orchestration.identity.model import Model, train
from orchestration.identity.score import frequencies
from orchestration.sql import one_row

DEFAULT_MODEL = DATA / "default_model.json"
FREQUENCIES = "model_frequency"
LEAST_RECORDS, LEAST_ROSTERS, LEAST_MATCHES, LEAST_BITS = 2000, 2, 500, 5.0


@dataclass(frozen=True)
class Choice:
    """The model to use and what to remember of the choice: its name frequencies with the night, the model once the night is committed."""

    model: Model
    is_new: bool
    tried_with: int
    frequencies_are_new: bool = False

    def freeze(self, con: duckdb.DuckDBPyConnection) -> None:
        """Keep the name frequencies of the model, and no others'."""
        if self.frequencies_are_new:
            con.execute("DELETE FROM identity.name_frequency")
            con.execute(f"INSERT INTO identity.name_frequency BY NAME SELECT '{self.model.version}' AS model, * FROM {FREQUENCIES}")

    def keep(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self.is_new:
            self.model.save(folder / f"model-{self.model.version}.json")
        version = self.model.version if self.is_new or (folder / f"model-{self.model.version}.json").exists() else None
        aside = folder / f"{CURRENT}.aside"
        aside.write_text(json.dumps({"version": version, "tried_with": self.tried_with}), encoding="utf-8")
        aside.replace(folder / CURRENT)


def choose_model(con: duckdb.DuckDBPyConnection, folder: Path, records: str) -> Choice:
    """The current model; trained now where there is none yet and `records` suffice. Its name frequencies: temp table FREQUENCIES."""
    current, tried_with = _read_current(folder)
    choice = Choice(current or Model.load(DEFAULT_MODEL), is_new=False, tried_with=tried_with)
    if current is None:
        named = _named_records(con, records)
        if named >= max(LEAST_RECORDS, 2 * tried_with):
            trained = train(con, records)
            sound = _is_sound(trained, named)
            choice = Choice(trained if sound else choice.model, is_new=sound, tried_with=named)
    return load_frequencies(con, choice, records, trained_here=choice.is_new or current is not None)


def load_frequencies(con: duckdb.DuckDBPyConnection, choice: Choice, records: str, *, trained_here: bool) -> Choice:
    """Temp table FREQUENCIES: those frozen with the model, taken from `records` the first time. The shipped model knows none."""
    known = f"FROM identity.name_frequency WHERE model = '{choice.model.version}'"
    if trained_here and not one_row(con, f"SELECT count(*) {known}")[0]:
        frequencies(con, records, FREQUENCIES)
        return replace(choice, frequencies_are_new=True)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {FREQUENCIES} AS SELECT full_name, tf_full_name {known}")
    return choice


def train_anew(con: duckdb.DuckDBPyConnection, records: str) -> Choice:
    """Train on `records` whatever is in use. Raises ValueError where what comes out cannot tell children apart."""
    named = _named_records(con, records)
    trained = train(con, records)
    if not _is_sound(trained, named):
        raise ValueError("too few children stand in two rosters to learn from; the model in use stays")
    return load_frequencies(con, Choice(trained, is_new=True, tried_with=named), records, trained_here=True)


def current_model(folder: Path) -> Model:
    """The model in use, without training one."""
    return _read_current(folder)[0] or Model.load(DEFAULT_MODEL)


def _read_current(folder: Path) -> tuple[Model | None, int]:
    """A model of an older release that compared otherwise is as good as none."""
    try:
        current = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, 0
    path = folder / f"model-{current['version']}.json"
    if current["version"] is None or not path.exists():
        return None, int(current["tried_with"])
    model = Model.load(path)
    return (model, int(current["tried_with"])) if fits(model) else (None, 0)


def fits(model: Model) -> bool:
    """The model weighs exactly the levels that are compared."""
    return {name: set(levels) for name, levels in model.weights.items()} == {c.name: set(range(len(c.levels) + 1)) for c in COMPARISONS}


def _named_records(con: duckdb.DuckDBPyConnection, records: str) -> int:
    """Records that can be compared, or 0 where they stand in one roster only."""
    comparable = "full_name IS NOT NULL AND birth IS NOT NULL"
    named, rosters = one_row(con, f"SELECT count(*), count(DISTINCT roster) FROM {records} WHERE {comparable}")
    return int(named) if rosters >= LEAST_ROSTERS else 0


def _is_sound(model: Model, records: int) -> bool:
    """Learned from real matches: there were enough of them, agreement speaks for a pair and disagreement against it."""

    def bits(comparison: str, level: int) -> float:
        m, u = model.weights[comparison][level]
        return math.log2(m / u)

    enough = model.prior * records * (records - 1) / 2 >= LEAST_MATCHES
    tops = [bits(name, max(model.weights[name])) for name in ("name", "birth")]
    return enough and min(tops) >= LEAST_BITS and max(bits("name", 0), bits("birth", 0)) < 0
