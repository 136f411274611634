"""Bad input, one test each: nothing is lost in silence, nothing half taken, and the message says what to do."""

import os
import time
from pathlib import Path

import pytest

from orchestration.contracts import ContractError, load_contracts
from orchestration.ingestion import DeliveryRecord, scan_inbox
from tests.support.landing import ATTENDANCE, GOOD, HEADER, Landing


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path).contract()


def counts(record: DeliveryRecord) -> tuple[int, int, int]:
    assert record.rows_read == record.rows_accepted + record.rows_rejected
    return record.rows_read, record.rows_accepted, record.rows_rejected


def test_a_good_file_is_accepted_whole(landing: Landing) -> None:
    record = landing.one(GOOD)
    assert (record.status, counts(record)) == ("accepted", (3, 3, 0))


def test_missing_column_quarantines_and_names_file_and_column(landing: Landing) -> None:
    record = landing.one("Student,School,Code\ns1,A,P\n")
    assert record.status == "quarantined"
    assert "attendance.csv" in record.reason and "'Date'" in record.reason and "add the column" in record.reason


def test_extra_column_is_not_read_and_not_written(landing: Landing) -> None:
    record = landing.one("Student,School,Date,Code,Password\ns1,A,2024-01-08,P,hunter2\n")
    assert counts(record) == (1, 1, 0)
    assert not any(b"hunter2" in path.read_bytes() for path in landing.raw.rglob("*") if path.is_file())


def test_columns_may_come_in_another_order(landing: Landing) -> None:
    landing.one("Code,Date,School,Student\nP,2024-01-08,A,s1\n")
    assert landing.ledger().execute("SELECT student_id, school_id, attendance_status FROM raw.attendance").fetchall() == [
        ("s1", "A", "present")
    ]


def test_wrong_encoding_names_the_line(landing: Landing) -> None:
    record = landing.one(HEADER.encode() + b"s1,A,2024-01-08,P\nJos\xe9,A,2024-01-08,P\n")
    assert record.status == "quarantined" and "line 3" in record.reason and "encoding" in record.reason


def test_the_encoding_of_the_contract_is_used(landing: Landing) -> None:
    landing.contract(
        ATTENDANCE.replace(
            "{property: feed, value: attendance}",
            "{property: feed, value: attendance}\n      - {property: reader, value: {encoding: cp1252}}",
        )
    )
    landing.one(HEADER.encode() + b"Jos\xe9,A,2024-01-08,P\n")
    assert landing.ledger().execute("SELECT student_id FROM raw.attendance").fetchall() == [("José",)]


def test_byte_order_mark_is_not_part_of_the_header(landing: Landing) -> None:
    assert counts(landing.one(b"\xef\xbb\xbf" + GOOD.encode())) == (3, 3, 0)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_kind_of_line_end(landing: Landing, end: str) -> None:
    assert counts(landing.one(GOOD.replace("\n", end))) == (3, 3, 0)


def test_mixed_line_ends_lose_no_row(landing: Landing) -> None:
    assert counts(landing.one(HEADER + "s1,A,2024-01-08,P\r\ns2,A,2024-01-08,P\rs3,A,2024-01-08,P\n")) == (3, 3, 0)


def test_ragged_rows_are_rejected_with_their_line(landing: Landing) -> None:
    record = landing.one(HEADER + "s1,A,2024-01-08,P\ns2,A,2024-01-08\ns3,A,2024-01-08,P,surplus\ns4,A,2024-01-08,A\n")
    assert counts(record) == (4, 2, 2)
    assert landing.rejected() == [("attendance.csv", 3, "", "too_few_fields"), ("attendance.csv", 4, "", "too_many_fields")]


def test_lines_are_right_after_ragged_and_blank_lines(landing: Landing) -> None:
    landing.one(HEADER + "s1,A,2024-01-08\n\ns2,A,2024-01-08,P\ns3,A,yesterday,P\n")
    assert landing.rejected() == [("attendance.csv", 2, "", "too_few_fields"), ("attendance.csv", 5, "attendance_date", "date")]


def test_lines_are_right_after_a_line_end_inside_quotes(landing: Landing) -> None:
    landing.one(HEADER + 's1,"A\nannex",2024-01-08,P\ns2,A,2024-01-08,Z\n')
    assert landing.rejected() == [("attendance.csv", 4, "attendance_status", "code")]


def test_a_quote_never_closed_quarantines_and_names_its_line(landing: Landing) -> None:
    record = landing.one(HEADER + 's1,A,2024-01-08,P\ns2,"A,2024-01-08,P\ns3,A,2024-01-08,P\n')
    assert record.status == "quarantined" and "line 3" in record.reason and "never closed" in record.reason


def test_repeated_row_is_taken_once(landing: Landing) -> None:
    record = landing.one(GOOD + "s1,A,2024-01-08,P\n")
    assert counts(record) == (4, 3, 1)
    assert landing.rejected() == [("attendance.csv", 5, "student_id", "duplicate_row")]


def test_contradicting_rows_are_all_rejected(landing: Landing) -> None:
    record = landing.one(GOOD + "s1,A,2024-01-08,A\n")
    assert counts(record) == (4, 2, 2)
    assert landing.rejected() == [
        ("attendance.csv", 2, "student_id", "duplicate_key"),
        ("attendance.csv", 5, "student_id", "duplicate_key"),
    ]


@pytest.mark.parametrize("text", ["2024-13-01", "2023-02-29", "01/08/2024", "./."])
def test_unparseable_date_is_rejected(landing: Landing, text: str) -> None:
    landing.one(GOOD + f"s9,A,{text},P\n")
    assert landing.rejected() == [("attendance.csv", 5, "attendance_date", "date")]


def test_unmapped_code_is_rejected(landing: Landing) -> None:
    landing.one(GOOD + "s9,A,2024-01-08,X\n")
    assert landing.rejected() == [("attendance.csv", 5, "attendance_status", "code")]


def test_missing_required_value_is_rejected(landing: Landing) -> None:
    landing.one(GOOD + ",A,2024-01-08,P\n")
    assert landing.rejected() == [("attendance.csv", 5, "student_id", "required")]


def test_na_is_a_value(landing: Landing) -> None:
    assert counts(landing.one(HEADER + "NA,A,2024-01-08,P\n")) == (1, 1, 0)


def test_empty_file_is_quarantined(landing: Landing) -> None:
    record = landing.one("")
    assert record.status == "quarantined" and "empty" in record.reason


def test_header_only_file_is_quarantined_and_what_stood_stays(landing: Landing) -> None:
    landing.one(GOOD, "2024-02-01")
    record = landing.one(HEADER, "2024-02-02")
    assert record.status == "quarantined" and "no rows" in record.reason
    assert landing.ledger().execute("SELECT count(*) FROM governance.delivery_feed WHERE in_force").fetchone() == (1,)


def test_too_many_rejected_rows_quarantine_the_delivery(landing: Landing) -> None:
    record = landing.one(HEADER + "s1,A,2024-01-08,P\ns2,A,x,P\ns3,A,y,P\n")
    assert record.status == "quarantined" and "2 of 3 rows" in record.reason
    assert landing.ledger().execute("SELECT count(*) FROM raw.attendance").fetchone() == (0,)
    assert len(landing.rejected()) == 2


def test_missing_file_is_quarantined(landing: Landing) -> None:
    landing.deliver("2024-02-01", roster__csv=GOOD)
    [record] = landing.ingest().deliveries
    assert record.status == "quarantined" and "attendance*.csv" in record.reason


def test_a_file_still_growing_is_left_for_the_next_run(landing: Landing) -> None:
    folder = landing.deliver("2024-02-01", attendance__csv=GOOD)
    scan = scan_inbox(landing.inbox, ["elm"], settle_seconds=3600, wait=False)
    assert (scan.deliveries, [d.name for d in scan.unsettled]) == ([], ["2024-02-01"])
    old = time.time() - 7200
    os.utime(folder / "attendance.csv", (old, old))
    assert [d.name for d in scan_inbox(landing.inbox, ["elm"], settle_seconds=3600, wait=False).deliveries] == ["2024-02-01"]


def test_an_upload_with_a_part_file_is_left_for_the_next_run(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD, attendance__csv__part="s9")
    assert landing.ingest().deliveries == []


def test_the_same_delivery_twice_changes_nothing(landing: Landing) -> None:
    landing.one(GOOD, "2024-02-01")
    before = {path: path.stat().st_mtime_ns for path in landing.raw.rglob("*.parquet")}
    landing.deliver("2024-02-05 again", attendance__csv=GOOD)
    again = landing.ingest()
    assert again.new == 0 and len(again.deliveries) == 1
    assert {path: path.stat().st_mtime_ns for path in landing.raw.rglob("*.parquet")} == before
    statuses = landing.ledger().execute("SELECT delivery_name, status, rows_read FROM governance.delivery ORDER BY 1").fetchall()
    assert statuses == [("2024-02-01", "accepted", 3), ("2024-02-05 again", "duplicate", 0)]


def test_an_older_delivery_after_a_newer_one_does_not_replace_it(landing: Landing) -> None:
    landing.one(GOOD, "2024-02-01")
    landing.one(HEADER + "s1,A,2023-01-09,P\n", "2024-01-01")
    statuses = landing.ledger().execute("SELECT delivery_name, status FROM governance.delivery ORDER BY 1").fetchall()
    assert statuses == [("2024-01-01", "superseded"), ("2024-02-01", "accepted")]


def test_a_newer_delivery_replaces_the_older_one(landing: Landing) -> None:
    landing.one(GOOD, "2024-02-01")
    landing.one(HEADER + "s1,A,2024-01-09,P\n", "2024-03-01")
    assert landing.ledger().execute("SELECT as_of::VARCHAR FROM governance.delivery_feed WHERE in_force").fetchall() == [("2024-03-01",)]


def test_unknown_source_folder_is_named_not_read(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD)
    (landing.inbox / "oak" / "2024-02-01").mkdir(parents=True)
    (landing.inbox / "elm" / "stray.csv").write_text(GOOD)
    assert sorted(scan_inbox(landing.inbox, ["elm"]).unknown) == ["elm/stray.csv", "oak"]


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("physicalName: Date", "physicalname: Date", "physicalname"),
        ("value: attendance}", "value: attendence}", "attendence"),
        ("A: absent", "A: abscent", "abscent"),
        ("name: school_id", "name: school_key", "school_key"),
        ("type: district", "type: distrct", "type"),
        ("property: formats", "property: fromats", "fromats"),
        ("{name: school_id, physicalName: School}", "{name: school_id, physicalName: School]", "YAML"),
    ],
)
def test_a_contract_with_a_typo_names_file_line_and_field(tmp_path: Path, right: str, wrong: str, words: str) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE.replace(right, wrong, 1))
    with pytest.raises(ContractError) as caught:
        load_contracts(landing.contracts)
    problem = caught.value.problems[0]
    place = ATTENDANCE.index(right)
    assert problem.file.name == "elm.yaml" and words in str(problem)
    assert problem.line == ATTENDANCE.count("\n", 0, place) + 1, problem


def test_no_message_holds_a_delivered_value(landing: Landing) -> None:
    record = landing.one(HEADER + "Zaphod,A,Beeblebrox,P\n")
    said = record.model_dump_json() + str(landing.ledger().execute("FROM governance.rejected_row").fetchall())
    assert "Zaphod" not in said and "Beeblebrox" not in said
    kept = landing.ledger().execute("SELECT row_text FROM raw.rejected_row").fetchall()
    assert "Beeblebrox" in str(kept)


def test_only_the_owner_may_look_into_the_raw_folder(landing: Landing) -> None:
    landing.one(GOOD)
    assert landing.raw.stat().st_mode & 0o777 == 0o700


def test_changes_by_key_need_a_key(tmp_path: Path) -> None:
    text = ATTENDANCE.replace("replacement: snapshot", "replacement: delta").replace("value: attendance}", "value: postsecondary_record}")
    with pytest.raises(ContractError, match="the feed has no key"):
        load_contracts(Landing(tmp_path).contract(text).contracts)
