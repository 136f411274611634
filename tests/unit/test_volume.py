"""The alarm of volume: when it sounds, when it keeps still, and who can silence it."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.contracts import load_contracts
from orchestration.ingestion import Standing, read_records
from orchestration.ingestion.operate import reingest
from orchestration.ingestion.record import VolumeChange
from tests.support.landing import ATTENDANCE, HEADER, Landing

RULES = "{replacement: snapshot, max_rejected_share: 0.5}"
HEAD = HEADER.replace("\n", ",State\n")


def contract(rules: str = "replacement: snapshot") -> str:
    deleted = "{property: feed, value: attendance}\n      - {property: deleted_when, value: {column: State, in: [gone]}}"
    return ATTENDANCE.replace(RULES, f"{{{rules}, max_rejected_share: 0.5}}").replace("{property: feed, value: attendance}", deleted)


def marks(*students: int, code: str = "P", day: str = "2024-01-08", state: str = "") -> str:
    return "".join(f"s{student},A,{day},{code},{state}\n" for student in students)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path).contract(contract())


def send(landing: Landing, name: str, rows: str) -> Standing:
    landing.deliver(name, attendance__csv=HEAD + rows)
    return next(s for s in landing.ingest().standings if s.record.name == name)


def in_force(landing: Landing) -> list[str]:
    sql = """SELECT DISTINCT delivery_name FROM governance.delivery_feed JOIN governance.delivery USING (source, delivery_id)
        WHERE in_force AND status <> 'duplicate' ORDER BY 1"""
    return [name for (name,) in landing.ledger().execute(sql).fetchall()]


def test_a_half_exported_file_is_held_back_and_says_how_much_is_gone(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(100)))
    found = send(landing, "2024-02-02", marks(*range(40)))
    assert found.status == "quarantined" and found.problem is not None
    assert (found.problem.rule, found.problem.table) == ("volume", "attendance")
    assert "of 100 records 60 are gone and 0 are new" in found.reason
    assert in_force(landing) == ["2024-02-01"]


def test_half_is_still_accepted(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(100)))
    assert send(landing, "2024-02-02", marks(*range(50))).status == "accepted"


def test_keys_are_counted_not_rows(landing: Landing) -> None:
    """As many rows as before, and every child another: ids were written anew."""
    send(landing, "2024-02-01", marks(*range(100)))
    found = send(landing, "2024-02-02", marks(*range(1000, 1100)))
    assert found.record.volume == [VolumeChange(table="attendance", before=100, gone=100, added=100, exceeded=True)]


def test_other_values_under_the_same_keys_are_no_change_of_volume(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(100)))
    found = send(landing, "2024-02-02", marks(*range(100), code="A"))
    assert found.record.volume == [VolumeChange(table="attendance", before=100, gone=0, added=0, exceeded=False)]


def test_of_few_rows_a_share_says_nothing(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(49)))
    assert send(landing, "2024-02-02", marks(1)).status == "accepted"


def test_new_rows_alarm_only_where_the_contract_says_so(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(60)))
    assert send(landing, "2024-02-02", marks(*range(600))).status == "accepted"
    landing.contract(contract("replacement: snapshot, max_added_share: 2"))
    assert {s.record.name: s.status for s in landing.ingest().standings} == {"2024-02-01": "accepted", "2024-02-02": "quarantined"}


def test_without_a_bound_nothing_alarms(landing: Landing) -> None:
    landing.contract(contract("replacement: snapshot, max_gone_share: null"))
    send(landing, "2024-02-01", marks(*range(100)))
    found = send(landing, "2024-02-02", marks(1))
    assert (found.status, found.record.volume) == ("accepted", [])


def test_a_late_delivery_is_measured_against_what_stood_before_its_own_day(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(60)))
    send(landing, "2024-02-09", marks(*range(500)))
    found = send(landing, "2024-02-02", marks(*range(70)))
    assert (found.status, found.record.volume[0].before) == ("superseded", 60)


def test_what_is_quarantined_or_withdrawn_is_no_measure(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(100)))
    assert send(landing, "2024-02-02", marks(*range(10))).status == "quarantined"
    found = send(landing, "2024-02-03", marks(*range(90)))
    assert (found.status, found.record.volume[0].before) == ("accepted", 100)


def test_changes_alarm_when_they_delete_too_much(landing: Landing) -> None:
    landing.contract(contract("replacement: delta"))
    send(landing, "2024-02-01", marks(*range(100)))
    kept = send(landing, "2024-02-02", marks(*range(40), state="gone"))
    assert kept.status == "accepted"
    assert kept.record.volume == [VolumeChange(table="attendance", before=100, gone=40, added=0, exceeded=False)]
    # sixty stand now: the deletions before count, the keys deleted twice do not
    found = send(landing, "2024-02-03", marks(*range(71), state="gone"))
    assert found.record.volume == [VolumeChange(table="attendance", before=60, gone=31, added=0, exceeded=True)]


def test_a_new_school_year_takes_nothing_from_the_last(landing: Landing) -> None:
    landing.contract(contract("replacement: per_period"))
    send(landing, "2024-02-01", marks(*range(100)))
    new_year = send(landing, "2024-09-01", marks(*range(3), day="2024-09-02"))
    assert (new_year.status, new_year.record.volume) == ("accepted", [])
    assert send(landing, "2024-09-02", marks(*range(3), day="2024-01-08")).status == "quarantined"


def test_added_rows_of_an_appending_source_replace_nothing(landing: Landing) -> None:
    landing.contract(contract("replacement: append"))
    send(landing, "2024-02-01", marks(*range(100)))
    assert send(landing, "2024-02-02", marks(200)).status == "accepted"
    assert in_force(landing) == ["2024-02-01", "2024-02-02"]


def test_rows_without_a_key_are_counted(tmp_path: Path) -> None:
    text = """\
schema:
  - name: returns
    physicalName: attendance*.csv
    customProperties: [{property: feed, value: postsecondary_record}]
    properties:
      - {name: student_id, physicalName: Student}
      - name: search_date
        physicalName: Date
        customProperties: [{property: formats, value: ["%Y-%m-%d"]}]
      - name: record_found
        customProperties: [{property: constant, value: true}]
"""
    landing = Landing(tmp_path).contract(ATTENDANCE[: ATTENDANCE.index("schema:")] + text)
    send(landing, "2024-02-01", marks(*range(100)))
    found = send(landing, "2024-02-02", marks(*range(30)))
    assert found.record.volume == [VolumeChange(table="returns", before=100, gone=70, added=0, exceeded=True)]


def accept(landing: Landing, name: str) -> None:
    record = next(r for r in read_records(landing.raw) if r.name == name)
    reingest(load_contracts(landing.contracts)["elm"], record, inbox=landing.inbox, raw_dir=landing.raw, accept_volume=True)


def test_an_operator_accepts_it_and_reading_again_keeps_the_word(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(100)))
    send(landing, "2024-02-02", marks(*range(40)))
    accept(landing, "2024-02-02")
    assert in_force(landing) == ["2024-02-02"]
    landing.contract(contract().replace("T: tardy", "T: partial"))
    landing.ingest()
    assert in_force(landing) == ["2024-02-02"]


def test_a_reading_that_loses_more_than_was_accepted_alarms_anew(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(100)))
    send(landing, "2024-02-02", marks(*range(30)) + marks(*range(30, 40), code="T"))
    accept(landing, "2024-02-02")
    assert in_force(landing) == ["2024-02-02"]
    landing.contract(contract().replace(", T: tardy", ""))
    landing.ingest()
    assert in_force(landing) == ["2024-02-01"]


def test_accepted_rows_need_no_inbox(landing: Landing) -> None:
    send(landing, "2024-02-01", marks(*range(100)))
    send(landing, "2024-02-02", marks(*range(40)))
    for file in (landing.inbox / "elm" / "2024-02-02").iterdir():
        file.unlink()
    accept(landing, "2024-02-02")
    assert in_force(landing) == ["2024-02-02"]
    count = "SELECT count(*) FROM raw.attendance JOIN governance.delivery_feed USING (source, delivery_id) WHERE in_force"
    assert landing.ledger().execute(count).fetchone() == (40,)


def test_deliveries_read_in_one_run_are_measured_in_the_order_of_their_days(landing: Landing) -> None:
    first = date(2024, 2, 1)
    for number, size in ((2, 60), (0, 100), (1, 20)):
        landing.deliver(f"{first + timedelta(days=number)}", attendance__csv=HEAD + marks(*range(size)))
    found = {s.record.name: s.status for s in landing.ingest().standings}
    assert found == {"2024-02-01": "superseded", "2024-02-02": "quarantined", "2024-02-03": "accepted"}
