"""One way to link a million records, in a process of its own: `python -m tests.linkage.million WAY RECORDS FOLDER`.

WAY: `data` writes the records; `bare` is Splink alone with the same blocking, comparisons and model, predicting and clustering;
`full` is run_night from nothing and then a night with one new record in a hundred. Prints one line of JSON.
Does not belong here: comparing the ways (test_million.py).
"""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator

from orchestration.identity import clean, night, records, score
from orchestration.identity.blocking import BLOCKING_RULES
from orchestration.identity.comparisons import COMPARISONS
from orchestration.identity.model import Model, splink_comparison
from orchestration.sql import one_row
from tests.linkage import fetch
from tests.linkage.families import make_families

SEED = 401


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(path), config={"threads": 2, "memory_limit": "1200MB", "preserve_insertion_order": False})
    con.execute(f"SET temp_directory = '{path.parent / 'spill'}'; SET enable_progress_bar = false")
    return con


def data(count: int, folder: Path) -> dict[str, float]:
    con = connect(folder / "data.duckdb")
    make_families(con, fetch.package("names"), children=round(count * 0.715), seed=SEED, coverage=0.7)
    records.create_records(con, "family_row", "rec")
    con.execute("CREATE TABLE record AS SELECT *, row_number() OVER (ORDER BY record_id) % 101 = 0 AS is_late FROM rec")
    score.frequencies(con, "rec", "name_frequency")
    con.execute("DROP TABLE family_row")
    (total,) = one_row(con, "SELECT count(*) FILTER (NOT is_late) FROM record")
    return {"records": total}


def bare(folder: Path) -> dict[str, float]:
    con = _copy(folder, "bare")
    trained = Model.load(clean.DATA / "default_model.json")
    chance = {name: {level: u for level, (_, u) in levels.items()} for name, levels in trained.weights.items()}
    truth = {name: {level: m for level, (m, _) in levels.items()} for name, levels in trained.weights.items()}
    began = time.perf_counter()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[splink_comparison(c, chance[c.name], truth[c.name]) for c in COMPARISONS],
        blocking_rules_to_generate_predictions=list(BLOCKING_RULES),
        probability_two_random_records_match=trained.prior,
    )
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register(con.table("incoming")), settings)
    linker.table_management.register_term_frequency_lookup(api.register(con.table("name_frequency")), "full_name")
    scored = linker.inference.predict(threshold_match_weight=score.FLOOR_BITS)
    linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=0.999)
    seconds = time.perf_counter() - began
    (pairs,) = one_row(con, f"SELECT count(*) FROM {scored.physical_name}")
    return {"seconds": seconds, "pairs": pairs}


def full(folder: Path) -> dict[str, float]:
    con = _copy(folder, "full")
    trained = Model.load(clean.DATA / "default_model.json")
    began = time.perf_counter()
    con.execute("BEGIN")
    first = night.run_night(con, "incoming", "incoming_id", trained, "name_frequency")
    con.execute("COMMIT")
    seconds = time.perf_counter() - began
    con.execute("CREATE OR REPLACE TEMP TABLE incoming AS SELECT * EXCLUDE (is_late) FROM held.record")
    _ids(con)
    began = time.perf_counter()
    con.execute("BEGIN")
    second = night.run_night(con, "incoming", "incoming_id", trained, "name_frequency")
    con.execute("COMMIT")
    return {
        "seconds": seconds,
        "pairs": first.pairs_scored,
        "persons": first.persons,
        "night": time.perf_counter() - began,
        "new": second.new,
    }


def _copy(folder: Path, name: str) -> duckdb.DuckDBPyConnection:
    """A database of its own; the records of the first night in temp tables, as a refresh has them."""
    con = connect(folder / f"{name}.duckdb")
    con.execute(f"ATTACH '{folder / 'data.duckdb'}' AS held (READ_ONLY)")
    con.execute("CREATE TEMP TABLE incoming AS SELECT * EXCLUDE (is_late) FROM held.record WHERE NOT is_late")
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
    found = data(count, home) if way == "data" else {"bare": bare, "full": full}[way](home)
    found["gigabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(json.dumps(found) + "\n")
