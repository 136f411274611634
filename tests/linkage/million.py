"""One way to link a million records, in a process of its own: `python -m tests.linkage.million WAY RECORDS FOLDER`.

WAY: `data` writes the records; `bare` is Splink alone with the same blocking and comparisons: it trains, predicts and clusters; `full` is
the hub's first night, training included; `night` is the next one, with one new record in a hundred. Prints one line of JSON.
Does not belong here: comparing the ways (test_million.py).
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator

from orchestration.identity import clean, model, records, score
from orchestration.identity import night as nights
from orchestration.identity.blocking import BLOCKING_RULES, TRAINING_RULES
from orchestration.identity.compare import compare_records
from orchestration.identity.comparisons import CORE, Comparison
from orchestration.identity.model import Model
from orchestration.sql import one_row
from tests.linkage.families import make_families

SEED = 401
_SETTINGS: dict[str, Any] = {
    "link_type": "dedupe_only",
    "unique_id_column_name": "record_id",
    "blocking_rules_to_generate_predictions": list(BLOCKING_RULES),
    "retain_matching_columns": False,
    "em_convergence": 1e-4,
}


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(path), config={"threads": 2, "memory_limit": "1200MB", "preserve_insertion_order": False})
    con.execute(f"SET temp_directory = '{path.parent / 'spill'}'; SET enable_progress_bar = false")
    return con


def data(count: int, folder: Path) -> dict[str, float]:
    con = connect(folder / "data.duckdb")
    make_families(con, children=round(count * 0.715), seed=SEED, coverage=0.7)
    records.create_records(con, "family_row", "rec")
    con.execute("CREATE TABLE record AS SELECT *, row_number() OVER (ORDER BY record_id) % 101 = 0 AS is_late FROM rec")
    score.frequencies(con, "rec", "frequency")
    con.execute("CREATE TABLE name_frequency AS FROM frequency")
    con.execute("DROP TABLE family_row")
    (total,) = one_row(con, "SELECT count(*) FILTER (NOT is_late) FROM record")
    return {"records": total}


def bare(folder: Path) -> dict[str, float]:
    con = _copy(folder, "bare")
    began = time.perf_counter()
    _train_alone(con)
    training = time.perf_counter() - began
    trained = _model()
    settings = SettingsCreator(
        **_SETTINGS, comparisons=model.trained_comparisons(trained), probability_two_random_records_match=trained.prior
    )
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register(con.table("incoming")), settings)
    linker.table_management.register_term_frequency_lookup(api.register(con.table("name_frequency")), "full_name")
    scored = linker.inference.predict(threshold_match_weight=score.FLOOR_BITS)
    linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=0.999)
    seconds = time.perf_counter() - began
    (pairs,) = one_row(con, f"SELECT count(*) FROM {scored.physical_name}")
    return {"seconds": seconds, "training": training, "pairs": pairs}


def _train_alone(con: duckdb.DuckDBPyConnection) -> None:
    """As Splink's documentation has it, on as many records as the hub trains on. What is learned is timed and then left: both ways score by
    one model, so that they keep the same pairs."""
    con.execute(f"CREATE TEMP TABLE sample AS FROM incoming ORDER BY record_id LIMIT {model.TRAINED_ON_AT_MOST}")
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register(con.table("sample")), SettingsCreator(**_SETTINGS, comparisons=[_blank(c) for c in CORE]))
    linker.training.estimate_probability_two_random_records_match([TRAINING_RULES[0]], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    for rule in TRAINING_RULES[1:]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)


def full(folder: Path) -> dict[str, float]:
    con = _copy(folder, "full")
    began = time.perf_counter()
    model.train(con, "incoming")
    training = time.perf_counter() - began
    first = _night(con)
    return {"seconds": time.perf_counter() - began, "training": training, "pairs": first.pairs_scored, "persons": first.persons}


def night(folder: Path) -> dict[str, float]:
    con = _copy(folder, "full", late=True)
    began = time.perf_counter()
    second = _night(con)
    return {"seconds": time.perf_counter() - began, "new": second.new, "pairs": second.pairs_scored}


def _night(con: duckdb.DuckDBPyConnection) -> nights.Night:
    compared = compare_records(con, "incoming", "incoming_id", _model(), "name_frequency")
    con.begin()
    found = nights.run_night(con, compared)
    con.commit()
    return found


def _model() -> Model:
    return Model.load(clean.DATA / "default_model.json")


def _blank(comparison: Comparison) -> dict[str, Any]:
    """The comparison before anything is known of its weights."""
    levels = range(len(comparison.levels) + 1)
    told = model.splink_comparison(comparison, dict.fromkeys(levels, 0.5))
    for level in told["comparison_levels"]:
        level.pop("u_probability", None)
        level.pop("fix_u_probability", None)
    return told


def _copy(folder: Path, name: str, *, late: bool = False) -> duckdb.DuckDBPyConnection:
    """A database of its own; the records of a night in temp tables, as a refresh has them. `late`: with those of the second night."""
    con = connect(folder / f"{name}.duckdb")
    con.execute(f"ATTACH '{folder / 'data.duckdb'}' AS held (READ_ONLY)")
    con.execute(f"CREATE TEMP TABLE incoming AS SELECT * EXCLUDE (is_late) FROM held.record WHERE {late} OR NOT is_late")
    con.execute("CREATE TEMP TABLE name_frequency AS FROM held.name_frequency")
    _ids(con)
    return con


def _ids(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE incoming_id AS "
        "SELECT record_id, student_id_issuer, student_id_system, student_id, false AS is_shared FROM incoming"
    )


if __name__ == "__main__":
    way, count, home = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    found = data(count, home) if way == "data" else {"bare": bare, "full": full, "night": night}[way](home)
    found["gigabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(json.dumps(found) + "\n")
