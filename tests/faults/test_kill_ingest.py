"""The process dies during ingestion: no trace of half a delivery, and the next run completes it."""

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion import tables
from tests.support.landing import ATTENDANCE, GOOD, HEADER, Landing

# A child that ends without any clean-up the n-th time the named function is called.
CHILD = """
import os, sys
from pathlib import Path
from orchestration.ingestion import delivery, tables
from tests.support.landing import Landing
name, after, root = sys.argv[1], int(sys.argv[2]), sys.argv[3]
calls = 0
def die(real):
    def wrapped(*args, **kwargs):
        global calls
        calls += 1
        if calls > after:
            os._exit(9)
        return real(*args, **kwargs)
    return wrapped
if name == "rename":
    Path.rename = die(Path.rename)
elif name == "replace":
    Path.replace = die(Path.replace)
else:
    module = tables if hasattr(tables, name) else delivery
    setattr(module, name, die(getattr(module, name)))
Landing(Path(root)).ingest()
"""
DIRTY = GOOD + "s9,A,never,P\n"


@pytest.mark.parametrize(
    ("name", "after"),
    [("scan_file", 0), ("settle_files", 0), ("_move_in", 0), ("rename", 0), ("rename", 1), ("write_record", 0)],
)
def test_killed_while_taking_a_delivery_in(tmp_path: Path, name: str, after: int) -> None:
    landing = Landing(tmp_path).contract()
    landing.deliver("2024-02-01", attendance__csv=DIRTY)
    died = subprocess.run([sys.executable, "-c", CHILD, name, str(after), str(tmp_path)], check=False)
    assert died.returncode == 9
    before = landing.ledger()
    assert before.execute("SELECT count(*) FROM governance.delivery").fetchone() == (0,)
    result = landing.ingest()
    assert (result.new, result.deliveries[0].rows_accepted, result.deliveries[0].rows_rejected) == (1, 3, 1)
    assert landing.ledger().execute("SELECT count(*) FROM raw.attendance").fetchone() == (3,)
    assert not list((landing.raw / ".work").glob("elm-*"))


@pytest.mark.parametrize(("name", "after"), [("_move_in", 0), ("rename", 0), ("write_record", 0)])
def test_killed_while_reading_again_under_a_new_contract(tmp_path: Path, name: str, after: int) -> None:
    landing = Landing(tmp_path).contract()
    landing.one(DIRTY)
    landing.contract(ATTENDANCE.replace("T: tardy", "T: partial"))
    died = subprocess.run([sys.executable, "-c", CHILD, name, str(after), str(tmp_path)], check=False)
    assert died.returncode == 9
    # Until the new reading is whole the old one counts.
    statuses = "SELECT count(*) FILTER (attendance_status = 'tardy'), count(*) FROM raw.attendance"
    assert landing.ledger().execute(statuses).fetchone() == (1, 3)
    landing.ingest()
    con = landing.ledger()
    assert con.execute("SELECT count(*) FILTER (attendance_status = 'partial'), count(*) FROM raw.attendance").fetchone() == (1, 3)
    assert con.execute("SELECT status FROM governance.delivery").fetchall() == [("accepted",)]


def test_a_second_source_is_untouched_by_the_first_ones_bad_file(tmp_path: Path) -> None:
    elm = Landing(tmp_path).contract()
    oak = Landing(tmp_path, "oak").contract(ATTENDANCE.replace("id: elm", "id: oak"))
    elm.one(HEADER + '"never closed\n')
    record = oak.one(GOOD)
    assert record.status == "accepted"
    statuses = oak.ledger().execute("SELECT source, status FROM governance.delivery ORDER BY 1").fetchall()
    assert statuses == [("elm", "quarantined"), ("oak", "accepted")]


@pytest.mark.parametrize("trouble", [MemoryError(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_machine_in_trouble_is_no_fault_of_the_delivery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    landing = Landing(tmp_path).contract()
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(tables, "scan_file", _raising(trouble))
        with pytest.raises(type(trouble)):
            landing.ingest()
    assert landing.ledger().execute("SELECT count(*) FROM governance.delivery").fetchone() == (0,)
    assert [record.status for record in landing.ingest().deliveries] == ["accepted"]


def test_what_nobody_expected_of_one_delivery_stops_no_other_and_tells_no_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    landing = Landing(tmp_path).contract()
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    landing.deliver("2024-02-02", attendance__csv=GOOD + "s9,A,2024-01-08,P\n")
    real, calls = tables.scan_file, iter((True, False))
    broken = _raising(ValueError("Zaphod Beeblebrox"))

    def first_breaks(*given: Any) -> Any:
        return (broken if next(calls) else real)(*given)

    monkeypatch.setattr(tables, "scan_file", first_breaks)
    first, second = landing.ingest().deliveries
    assert (first.status, second.status) == ("quarantined", "accepted")
    assert "an unexpected ValueError in test_kill_ingest.py" in first.reason and "Zaphod" not in first.model_dump_json()


def _raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail
