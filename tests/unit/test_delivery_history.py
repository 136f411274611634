"""Raw as it stood at a past version, readings that come and go, and homes made before there were any."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import load_contracts
from orchestration.ingestion import read_records, standings
from orchestration.ingestion.history import forget_readings, write_in_force
from orchestration.ingestion.operate import UnknownDeliveryError, find_delivery, reingest, withdraw
from orchestration.ingestion.record import DeliveryRecord, read_readings
from orchestration.ingestion.rejected import rejected_rows
from orchestration.ingestion.source import NotInInboxError, read_again
from tests.support.landing import ATTENDANCE, GOOD, HEADER, Landing

PARTIAL = ATTENDANCE.replace("T: tardy", "T: partial")


class Published(Landing):
    """A landing whose versions are as empty as folders can be."""

    @property
    def versions(self) -> Path:
        return self.root / "home" / "published"

    def publish(self, version: str) -> None:
        folder = self.versions / version
        folder.mkdir(parents=True)
        write_in_force(folder, read_records(self.raw))

    def marks(self, version: str | None = None) -> list[tuple[object, ...]]:
        """(student, status) of the rows in force, today or at a version."""
        con = self.ledger()
        rows, held = ("raw.attendance", "governance.delivery_feed WHERE in_force") if version is None else (
            f"raw.attendance_as_of('{version}')", f"governance.delivery_feed_at('{version}')",
        )  # fmt: skip
        sql = f"""SELECT student_id, attendance_status FROM {rows}
            SEMI JOIN (FROM {held}) AS held USING (source, delivery_id) ORDER BY ALL"""
        return con.execute(sql).fetchall()

    def record(self, name: str) -> DeliveryRecord:
        return next(r for r in read_records(self.raw) if r.name == name)

    def read(self, name: str) -> DeliveryRecord:
        contract = load_contracts(self.contracts)["elm"]
        return reingest(contract, self.record(name), inbox=self.inbox, raw_dir=self.raw)


@pytest.fixture
def landing(tmp_path: Path) -> Published:
    made = Published(tmp_path)
    made.contract()
    return made


def test_three_versions_a_withdrawal_and_a_change_of_contract(landing: Published) -> None:
    landing.one(HEADER + "s1,A,2024-01-08,T\n", "2024-02-01")
    landing.publish("v1")
    landing.one(HEADER + "s1,A,2024-01-08,P\ns2,A,2024-01-08,T\n", "2024-02-02")
    landing.publish("v2")
    withdraw(landing.raw, landing.record("2024-02-02"), "another district's file")
    landing.contract(PARTIAL).ingest()
    landing.publish("v3")
    expected = {
        "v1": [("s1", "tardy")],
        "v2": [("s1", "present"), ("s2", "tardy")],
        "v3": [("s1", "partial")],
    }
    assert {version: landing.marks(version) for version in expected} == expected
    assert landing.marks() == expected["v3"]
    # the next night lets go of what no version needs, and only of that
    forget_readings(landing.raw, landing.versions)
    assert {version: landing.marks(version) for version in expected} == expected
    shutil.rmtree(landing.versions / "v1")
    shutil.rmtree(landing.versions / "v2")
    gone = forget_readings(landing.raw, landing.versions)
    assert len(gone) == 2
    assert landing.marks("v3") == expected["v3"]
    assert {r.reading for r in read_readings(landing.raw)} == {r.reading for r in read_records(landing.raw)}
    assert not list(landing.raw.glob(f"attendance/source=elm/delivery=*/reading={gone[0].split('/')[-1]}"))


def test_the_version_that_readers_see_can_be_named_current(landing: Published) -> None:
    landing.one(GOOD)
    landing.publish("v1")
    (landing.versions / "current").symlink_to("v1")
    assert landing.marks("current") == landing.marks("v1") == landing.marks()


def test_a_version_that_is_not_kept_is_an_error_not_an_empty_table(landing: Published) -> None:
    landing.one(GOOD)
    with pytest.raises(duckdb.IOException, match="no_such_version"):
        landing.ledger().execute("FROM raw.attendance_as_of('no_such_version')")


def test_a_contract_that_is_changed_back_finds_its_reading(landing: Published) -> None:
    landing.one(GOOD)
    before = landing.marks()
    landing.contract(PARTIAL).ingest()
    assert ("s1", "partial") in landing.marks()
    landing.contract().ingest()
    assert landing.marks() == before
    assert len(list(read_readings(landing.raw))) == 2
    assert landing.ingest().new == 0


def test_reading_again_by_hand_leaves_the_reading_a_version_was_made_of(landing: Published) -> None:
    landing.one(GOOD)
    landing.publish("v1")
    first = landing.record("2024-02-01").reading
    again = landing.read("2024-02-01").reading
    assert again != first
    forget_readings(landing.raw, landing.versions)
    assert {r.reading for r in read_readings(landing.raw)} == {first, again}
    assert landing.marks("v1") == landing.marks()


def test_reading_again_undoes_a_withdrawal(landing: Published) -> None:
    landing.one(GOOD)
    withdraw(landing.raw, landing.record("2024-02-01"), "mistake")
    assert landing.marks() == []
    landing.read("2024-02-01")
    assert len(landing.marks()) == 3


def test_a_decision_outlives_a_change_of_contract_and_the_same_files_again(landing: Published) -> None:
    landing.one(GOOD)
    withdraw(landing.raw, landing.record("2024-02-01"), "mistake")
    landing.contract(PARTIAL).ingest()
    landing.deliver("2024-02-07", attendance__csv=GOOD)
    landing.ingest()
    (standing,) = standings(read_records(landing.raw)).values()
    assert (standing.status, standing.reason) == ("withdrawn", "mistake")


def test_files_that_left_the_inbox_or_changed_there_cannot_be_read_again(landing: Published) -> None:
    folder = landing.deliver("2024-02-01", attendance__csv=GOOD)
    landing.ingest()
    record = landing.record("2024-02-01")
    contract = load_contracts(landing.contracts)["elm"]
    (folder / "attendance.csv").write_text(GOOD + "s9,A,2024-01-08,P\n")
    with pytest.raises(NotInInboxError, match="2024-02-01 is not there as it was received"):
        read_again(contract, record, inbox=landing.inbox, raw_dir=landing.raw)
    shutil.rmtree(folder)
    with pytest.raises(NotInInboxError):
        read_again(contract, record, inbox=landing.inbox, raw_dir=landing.raw)
    assert len(landing.marks()) == 3


def test_rejected_rows_of_one_delivery_as_last_read(landing: Published) -> None:
    landing.one(HEADER + "s1,A,2024-01-08,X\ns2,A,never,P\ns3,A,2024-01-08,P\n")
    landing.contract(PARTIAL.replace("A: absent", "A: absent, X: absent"))
    landing.contract(PARTIAL.replace("A: absent", "A: absent, X: absent").replace("max_rejected_share: 0.5", "max_rejected_share: 0.9"))
    landing.ingest()
    (row,) = rejected_rows(landing.raw, landing.record("2024-02-01"))
    assert (row.table, row.file, row.line, row.column, row.rule) == ("attendance", "attendance.csv", 3, "attendance_date", "date")


def old_form(landing: Published) -> None:
    """Move everything to where it lay before deliveries had readings."""
    for folder in landing.raw.glob("*/source=*/delivery=*/reading=*"):
        for file in folder.iterdir():
            file.rename(folder.parent / file.name)
        folder.rmdir()
    for file in landing.raw.glob("delivery/source=*/delivery=*/record.json"):
        record = DeliveryRecord.model_validate_json(file.read_text())
        file.write_text(record.model_dump_json(exclude={"reading", "number", "volume", "problem", "file_names"}))


def test_a_home_from_before_is_read_again_and_keeps_its_days(landing: Published) -> None:
    landing.deliver("undated", attendance__csv=GOOD)
    landing.ingest()
    before = landing.marks()
    received = landing.record("undated").received_at
    old_form(landing)
    assert [s.status for s in standings(read_records(landing.raw)).values()] == ["quarantined"]
    assert landing.marks() == []
    assert landing.ingest().new == 1
    assert landing.marks() == before
    assert landing.record("undated").received_at == received
    forget_readings(landing.raw, landing.versions)
    assert [r.reading for r in read_readings(landing.raw)] == [landing.record("undated").reading]
    assert not list(landing.raw.glob("*/source=*/delivery=*/*.parquet"))


def test_a_home_from_before_whose_inbox_is_empty_says_so(landing: Published) -> None:
    folder = landing.deliver("2024-02-01", attendance__csv=GOOD)
    landing.ingest()
    old_form(landing)
    shutil.rmtree(folder)
    landing.ingest()
    assert landing.ledger().execute("SELECT status FROM governance.delivery").fetchall() == [("quarantined",)]


@pytest.mark.parametrize(("called", "words"), [("zz", "no delivery 'zz'"), ("", "no delivery"), ("oak/2024-02-01", "no delivery")])
def test_no_delivery_is_called_so(landing: Published, called: str, words: str) -> None:
    landing.one(GOOD)
    with pytest.raises(UnknownDeliveryError, match=words):
        find_delivery(read_records(landing.raw), called)


def test_the_same_files_of_two_sources_are_told_apart_by_source(landing: Published) -> None:
    landing.one(GOOD)
    Landing(landing.root, "oak").contract(ATTENDANCE.replace("id: elm", "id: oak")).one(GOOD)
    records = read_records(landing.raw)
    delivery_id = records[0].delivery_id
    with pytest.raises(UnknownDeliveryError, match=r"elm/.*oak/"):
        find_delivery(records, delivery_id[:6])
    assert find_delivery(records, f"oak/{delivery_id[:6]}").source == "oak"
    assert find_delivery(records, "elm/2024-02-01").source == "elm"
