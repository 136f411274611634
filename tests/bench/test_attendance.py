"""18 million attendance marks, landed CSV to marts.indicator, against one hand-written DuckDB script on the same files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb

from tests.bench.school_year import land

ROWS = int(os.environ.get("BENCH_ROWS", "18000000"))
COMPARED = "variant_id, unit_type, unit_id, student_group, numerator::BIGINT AS numerator, denominator::BIGINT AS denominator"


def measure(way: str, landing: Path, home: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.measure", way, str(landing), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_landed_csv_to_indicator(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    land(landing, ROWS)
    bare = measure("baseline", landing, tmp_path / "baseline")
    ours = measure("product", landing, tmp_path / "home")
    report = {name: round(value, 2) for name, value in ours.items()}
    sys.stdout.write(
        f"\n{ROWS:,} rows\nbaseline {bare['seconds']:.1f} s, {bare['peak_gib']:.2f} GiB\n"
        f"product  {ours['seconds']:.1f} s, {ours['peak_gib']:.2f} GiB\nratio    {ours['seconds'] / bare['seconds']:.2f}\n{report}\n"
    )
    with duckdb.connect() as con:
        con.execute(
            f"ATTACH '{tmp_path}/baseline/baseline.duckdb' AS bare (READ_ONLY); ATTACH '{tmp_path}/home/warehouse.duckdb' AS hub (READ_ONLY)"
        )
        by_hand = f"SELECT {COMPARED} FROM bare.chronic_absence"
        computed = f"""SELECT {COMPARED} FROM hub.marts.indicator WHERE measure_id = 'chronic_absence_rate' AND denominator > 0
            AND unit_type IN ('school', 'district', 'community') AND (student_group = 'all' OR student_group LIKE 'sex_%' OR student_group LIKE 'race_%')"""
        for left, right in ((by_hand, computed), (computed, by_hand)):
            assert con.execute(f"SELECT count(*) FROM ({left} EXCEPT {right})").fetchone() == (0,)
        assert con.execute(f"SELECT count(*) > 100 FROM ({by_hand})").fetchone() == (True,)
