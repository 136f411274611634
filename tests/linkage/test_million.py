"""A million records: time against Splink alone with the same blocking in the same run, peak memory, and a night of 10,000 new ones.

`make linkage-bench`; LINKAGE_RECORDS says how many. Not part of `make linkage`.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.linkage import measure

RECORDS = int(os.environ.get("LINKAGE_RECORDS", "0"))


@pytest.mark.skipif(not RECORDS, reason="LINKAGE_RECORDS is not set")
def test_a_million_records_cost_little_more_than_splink_alone(tmp_path):
    found = {way: run(way, tmp_path) for way in ("data", "bare", "full", "night")}
    bare, full, night = found["bare"], found["full"], found["night"]
    linking = {way: found[way]["seconds"] - found[way]["training"] for way in ("bare", "full")}
    figures = {
        "full to Splink alone": full["seconds"] / bare["seconds"],
        "full to Splink alone, without training": linking["full"] / linking["bare"],
        "night to full": night["seconds"] / full["seconds"],
        "night to full without training": night["seconds"] / linking["full"],
    }
    measure.tell(json.dumps(found | {"ratios": figures}, indent=1))
    assert bare["pairs"] == full["pairs"], "both must look at the same pairs"
    assert full["seconds"] <= 1.5 * bare["seconds"] and linking["full"] <= 1.5 * linking["bare"]
    assert night["seconds"] <= 0.05 * full["seconds"]
    assert max(full["gigabytes"], night["gigabytes"]) <= 2


def run(way, folder):
    done = subprocess.run(
        [sys.executable, "-m", "tests.linkage.million", way, str(RECORDS), str(folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=3600,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])
