"""The trained model: how much each level of agreement weighs. Trained seldom, kept as a versioned file, frozen in between.

Belongs here: training, saving, loading, term frequencies. Does not belong here: scoring pairs (score.py).
Chance agreement (u) is counted over random pairs that agree on no other telling field, so that the few true matches among random
pairs cannot pass for chance: in a small town they would. True agreement (m) comes from Splink's expectation maximisation.
Fellegi & Sunter 1969; Splink 5.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from splink import Linker, SettingsCreator

from orchestration.identity.blocking import BLOCKING_RULES, TRAINING_RULES
from orchestration.identity.comparisons import COMPARISONS, CORE, TELLING, Comparison
from orchestration.identity.scratch import splink_api
from orchestration.sql import one_row

SAMPLE_RECORDS = 1500
TRAINED_ON_AT_MOST = 200_000
SURE_BITS = 10.0
FEWEST_SURE = 100


@dataclass(frozen=True)
class Model:
    """`weights[comparison][level] = (m, u)`, level as in gamma_<comparison>; `prior` is the chance that two random records are one child.

    `version` is a hash of the content; two models with the same numbers are the same model.
    """

    weights: dict[str, dict[int, tuple[float, float]]]
    prior: float
    trained_on: int
    trained_at: str

    @property
    def version(self) -> str:
        return hashlib.sha256(json.dumps([self.weights, self.prior], sort_keys=True).encode()).hexdigest()[:12]

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".aside")
        told = {"version": self.version, "prior": self.prior, "trained_on": self.trained_on, "trained_at": self.trained_at}
        aside.write_text(json.dumps(told | {"weights": self.weights}, indent=1), encoding="utf-8")
        aside.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Model":
        data = json.loads(path.read_text(encoding="utf-8"))
        weights = {name: {int(level): (m, u) for level, (m, u) in levels.items()} for name, levels in data["weights"].items()}
        return cls(weights, data["prior"], data["trained_on"], data["trained_at"])


def train(con: duckdb.DuckDBPyConnection, records: str, *, seed: int = 7) -> Model:
    """Train on table `records` (columns of records.py). Needs some hundred records that are in more than one source."""
    total = int(one_row(con, f"SELECT count(*) FROM {records}")[0])
    _draw(con, records, TRAINED_ON_AT_MOST, seed, "training_record")
    chance = _chance(con, seed)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[splink_comparison(comparison, chance[comparison.name]) for comparison in CORE],
        blocking_rules_to_generate_predictions=list(BLOCKING_RULES),
        em_convergence=1e-4,
    )
    with splink_api(con) as api:
        linker = Linker(api.register(con.table("training_record")), settings)
        linker.training.estimate_probability_two_random_records_match([TRAINING_RULES[0]], recall=0.7)
        for rule in TRAINING_RULES[1:]:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        trained = linker.misc.save_model_to_json()
        guess = float(trained["probability_two_random_records_match"])
        scored = linker.inference.predict(threshold_match_probability=0.001).physical_name
        prior = _settled_prior(con, scored, guess)
        weights = _weights(trained) | _counted_weights(con, scored, chance)
    con.execute("DROP TABLE training_record")
    rounded = {name: {level: (_rounded(m), _rounded(u)) for level, (m, u) in levels.items()} for name, levels in weights.items()}
    return Model(rounded, _rounded(prior), total, datetime.now(UTC).isoformat(timespec="seconds"))


def _rounded(share: float) -> float:
    """To six digits: sums over many cores differ in their last ones."""
    return float(f"{share:.6g}")


def _draw(con: duckdb.DuckDBPyConnection, records: str, most: int, seed: int, target: str) -> None:
    """By a hash of the record's number: the same records give the same model, in whatever order and on however many cores they are read."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {target} AS FROM {records} ORDER BY hash(record_id, {seed}), record_id LIMIT {most}")


def splink_comparison(comparison: Comparison, chance: dict[int, float], truth: dict[int, float] | None = None) -> dict[str, Any]:
    """The comparison as Splink wants it, with u (and m, once known) fixed."""
    levels: list[dict[str, Any]] = [{"sql_condition": comparison.null, "is_null_level": True, "label_for_charts": "nothing to compare"}]
    numbered = [(len(comparison.levels) - place, level.condition, level.label, level.tf) for place, level in enumerate(comparison.levels)]
    for number, condition, label, tf in [*numbered, (0, "ELSE", "different", None)]:
        level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": label, "u_probability": chance[number]}
        level["fix_u_probability"] = True
        if truth is not None:
            level |= {"m_probability": truth[number], "fix_m_probability": True}
        if tf is not None:
            level["tf_adjustment_column"] = tf
        levels.append(level)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def trained_comparisons(model: Model) -> list[dict[str, Any]]:
    """All comparisons as Splink wants them, with the weights of the model fixed."""
    shares = [(comparison, model.weights[comparison.name]) for comparison in COMPARISONS]
    return [splink_comparison(c, {n: u for n, (_, u) in levels.items()}, {n: m for n, (m, _) in levels.items()}) for c, levels in shares]


def _chance(con: duckdb.DuckDBPyConnection, seed: int) -> dict[str, dict[int, float]]:
    """Share of each level among random pairs that agree on none of the other telling fields; half a pair is added to each level."""
    _draw(con, "training_record", SAMPLE_RECORDS, seed, "chance_record")
    cases = ", ".join(f"{comparison.case(counting=True)} AS {comparison.name}" for comparison in COMPARISONS)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE chance_pair AS SELECT {cases} "
        "FROM chance_record AS l JOIN chance_record AS r ON l.record_id < r.record_id"
    )
    found: dict[str, dict[int, float]] = {}
    for comparison in COMPARISONS:
        others = " AND ".join(f"{other.name} < {least}" for other, least in TELLING if other is not comparison)
        rows = con.execute(f"SELECT {comparison.name}, count(*) FROM chance_pair WHERE {others} GROUP BY 1").fetchall()
        found[comparison.name] = _shares(comparison, dict(rows))
    con.execute("DROP TABLE chance_pair; DROP TABLE chance_record")
    return found


def _counted_weights(
    con: duckdb.DuckDBPyConnection, scored: str, chance: dict[str, dict[int, float]]
) -> dict[str, dict[int, tuple[float, float]]]:
    """(m, u) of the comparisons outside the core: m is counted over pairs of which the core is sure; too few, and they weigh nothing."""
    found: dict[str, dict[int, tuple[float, float]]] = {}
    for comparison in COMPARISONS:
        if comparison in CORE:
            continue
        rows = con.execute(
            f"""SELECT {comparison.case(counting=True)}, count(*) FROM {scored} AS s
            JOIN training_record AS l ON l.record_id = s.record_id_l JOIN training_record AS r ON r.record_id = s.record_id_r
            WHERE s.match_weight >= {SURE_BITS} GROUP BY 1"""
        ).fetchall()
        counts = {level: count for level, count in rows if level >= 0}
        by_chance = chance[comparison.name]
        truth = _shares(comparison, counts) if sum(counts.values()) >= FEWEST_SURE else by_chance
        found[comparison.name] = {level: (truth[level], by_chance[level]) for level in by_chance}
    return found


def _shares(comparison: Comparison, rows: dict[int, int]) -> dict[int, float]:
    """Share of each level among the pairs that say something; half a pair is added to each level."""
    levels = range(len(comparison.levels) + 1)
    total = sum(rows.get(level, 0) for level in levels) + 0.5 * len(levels)
    return {level: (rows.get(level, 0) + 0.5) / total for level in levels}


def _weights(trained: dict[str, Any]) -> dict[str, dict[int, tuple[float, float]]]:
    """(m, u) by level; a level never seen among matches gets the weight of chance, neither for nor against."""
    weights: dict[str, dict[int, tuple[float, float]]] = {}
    for comparison in trained["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        weights[comparison["output_column_name"]] = {
            len(levels) - 1 - place: (level.get("m_probability") or level["u_probability"], level["u_probability"])
            for place, level in enumerate(levels)
        }
    return weights


def _settled_prior(con: duckdb.DuckDBPyConnection, scored: str, guess: float) -> float:
    """The share of all pairs that are matches: that share at which the scored pairs' probabilities add up to itself."""
    (pairs,) = one_row(con, "SELECT count(*) * (count(*) - 1) / 2.0 FROM training_record")
    prior = guess
    for _ in range(20):
        shift = math.log2(prior / (1 - prior)) - math.log2(guess / (1 - guess))
        (matches,) = one_row(con, f"SELECT coalesce(sum(1 / (1 + pow(2, -(match_weight + {shift})))), 0) FROM {scored}")
        prior = max(matches, 1) / pairs
    return prior
