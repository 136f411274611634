"""Wall time and peak memory of one way to a table, in a process of its own: `python -m tests.bench.measure WAY LANDING HOME`.

Prints one line of JSON. Does not belong here: comparing the ways (test_attendance.py, test_ingest.py).
"""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb

SEED = Path("dbt_project/seeds/measure_variant.csv")


def baseline(landing: Path, home: Path) -> dict[str, float]:
    """The hand-written script on bare DuckDB."""
    home.mkdir(parents=True)
    folder = next((landing / "inbox" / "elm").iterdir())
    began = time.perf_counter()
    with duckdb.connect(str(home / "baseline.duckdb")) as con:
        for name, path in (("attendance", folder / "attendance.csv"), ("students", folder / "students.csv"), ("variants", SEED)):
            con.execute(f"SET VARIABLE {name} = '{path}'")
        con.execute(Path(__file__).with_name("baseline.sql").read_text())
    return {"seconds": time.perf_counter() - began}


def product(landing: Path, home: Path) -> dict[str, float]:
    """The refresh job; `seconds` until marts.indicator stands, `published` until the version is public, and each step."""
    from orchestration.run import StepEvent, run_refresh
    from orchestration.settings import Settings, prepare_environment

    settings = Settings(landing=landing, home=home, settle_seconds=0)
    prepare_environment(settings)
    marks: dict[str, float] = {}
    began = time.perf_counter()

    def listen(event: StepEvent) -> None:
        if event.kind in ("started", "finished"):
            marks[f"{event.step} {event.kind}"] = time.perf_counter() - began

    outcome = run_refresh(settings, listen)
    if not outcome.success:
        sys.exit("; ".join(outcome.problems))
    steps = {
        step: marks[f"{step} finished"] - marks[f"{step} started"] for step in (key.split()[0] for key in marks if key.endswith("started"))
    }
    first = min(value for key, value in marks.items() if key.endswith("started"))
    return {"seconds": marks["candidate started"] - first, "published": time.perf_counter() - began, "start_up": first, **steps}


def copy(landing: Path, home: Path) -> dict[str, float]:
    """The register as Parquet, its columns typed and nothing else: what DuckDB needs for reading and writing alone."""
    home.mkdir(parents=True)
    folder = next((landing / "inbox" / "elm").iterdir())
    began = time.perf_counter()
    with duckdb.connect() as con:
        con.execute(
            f"""COPY (
                SELECT student_id, school_id, date, code
                FROM read_csv('{folder / "attendance.csv"}', header = true, auto_detect = false, delim = ',', quote = '"', ignore_errors = true,
                    columns = {{'student_id': 'VARCHAR', 'school_id': 'VARCHAR', 'date': 'DATE', 'code': 'VARCHAR'}})
            ) TO '{home / "attendance.parquet"}' (FORMAT parquet, COMPRESSION zstd)"""
        )
        rows = con.execute(f"SELECT count(*) FROM '{home / 'attendance.parquet'}'").fetchone()
    return {"seconds": time.perf_counter() - began, "rows": rows[0] if rows else 0}


def ingest(landing: Path, home: Path) -> dict[str, float]:
    """The hub's ingestion of the same delivery: typed, checked, codes mapped, repeated rows found, bad rows split off and kept."""
    from orchestration.contracts import load_contracts
    from orchestration.ingestion import ingest_source
    from orchestration.settings import Settings

    settings = Settings(landing=landing, home=home, settle_seconds=0)
    contract = load_contracts(landing / "contracts")["elm"]
    began = time.perf_counter()
    found = ingest_source(contract, inbox=landing / "inbox", raw_dir=home / "raw", memory_limit=settings.memory_limit)
    seconds = time.perf_counter() - began
    [record] = found.deliveries
    if record.status != "accepted":
        sys.exit(record.reason)
    return {"seconds": seconds, "rows": record.rows_accepted, "rejected": record.rows_rejected}


WAYS = {"baseline": baseline, "product": product, "copy": copy, "ingest": ingest}

if __name__ == "__main__":
    way, landing, home = sys.argv[1:4]
    found = WAYS[way](Path(landing), Path(home))
    peaks = [resource.getrusage(who).ru_maxrss / 1024**2 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    sys.stdout.write(json.dumps({**found, "peak_gib": max(peaks)}) + "\n")
