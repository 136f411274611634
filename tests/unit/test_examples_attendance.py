"""Each example of examples/ through the real ingestion and dbt: rows taken and rejected, and every day, as worked out by hand.

Does not belong here: rules of a day one by one (unit tests beside the models), publishing (tests/pipeline/test_examples.py).
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from orchestration.identity.identify import refresh_identity
from orchestration.ingestion import DeliveryRecord, build_ledger, ingest_source
from tests.support.dbt_warehouse import DbtWarehouse
from tests.support.examples import EXAMPLES, contracts, days_by_hand, days_of
from tests.support.sign_in_sheet import write

# table: (accepted, rejected); rejected rows: (file, line, column, rule)
TAKEN: dict[str, dict[str, tuple[int, int]]] = {
    "example-powerschool": {
        "schools": (2, 0), "students": (6, 0), "enrollment": (5, 0), "earlier_enrollment": (1, 0), "calendar": (24, 0), "attendance": (10, 1),
    },
    "example-infinite-campus": {"schools": (2, 0), "students": (5, 0), "enrollment": (5, 0), "calendar": (14, 0), "periods": (23, 0), "days": (7, 1)},
    "example-skyward": {"students": (4, 0), "enrollment": (4, 0), "calendar": (7, 0), "unexcused": (3, 0), "excused": (2, 1), "other": (1, 0), "tardy": (2, 0)},
    "example-synergy": {"students": (4, 0), "enrollment": (4, 0), "calendar": (7, 0), "mornings": (10, 1), "afternoons": (5, 0)},
    "example-aeries": {"students": (5, 0), "enrollment": (5, 0), "calendar": (14, 0), "days": (5, 1), "periods": (37, 0)},
    "example-aspen": {"students": (4, 0), "enrollment": (4, 0), "calendar": (14, 0), "whole_days": (6, 1), "mornings": (7, 0), "afternoons": (7, 0)},
    "example-salesforce-pmm": {"participants": (3, 0), "programs": (2, 0), "engagements": (3, 0), "deliveries": (8, 1)},
    # every row of the one report carries its participant and class again
    "example-apricot": {"participants": (3, 0), "classes": (2, 0), "attendance": (10, 2)},
    "example-afterschool21": {"participants": (4, 0), "activities": (3, 0), "attendance": (25, 1)},
    "example-sign-in-sheet": {"participants": (4, 0), "sign_in": (10, 1)},
}  # fmt: skip
REJECTED = {
    "example-powerschool": [("ATTENDANCE.csv", 13, "attendance_date", "date")],
    "example-infinite-campus": [("AttDayAggregation.csv", 11, "minutes_absent", "required")],
    "example-skyward": [("StudentAttendance.csv", 10, "attendance_date", "lookup")],
    "example-synergy": [("EPC_STU_ATT_DAILY.csv", 12, "student_id", "lookup")],
    "example-aeries": [("ATT.csv", 15, "attendance_date", "date")],
    "example-aspen": [("attendance_dump.csv", 15, "student_id", "required")],
    "example-salesforce-pmm": [("pmdm__ServiceDelivery__c.csv", 11, "program_id", "lookup")],
    "example-apricot": [
        ("Participant Attendance.csv", 12, "delivery_record_id", "duplicate_row"),
        ("Participant Attendance.csv", 13, "session_status", "code"),
    ],
    "example-afterschool21": [("Attendance by Session.csv", 9, "session_status", "code")],
    "example-sign-in-sheet": [("Sign-in 2024-25.xlsx", 7, "session_status", "code")],
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> DbtWarehouse:
    """All examples ingested; the ledger built."""
    warehouse = DbtWarehouse(tmp_path_factory.mktemp("examples"))
    for contract in contracts().values():
        ingest_source(contract, inbox=EXAMPLES / "inbox", raw_dir=warehouse.folder / "raw")
    with warehouse.connect() as con:
        build_ledger(con, warehouse.folder / "raw", contracts())
    return warehouse


@pytest.fixture(scope="module")
def records(warehouse: DbtWarehouse) -> dict[str, DeliveryRecord]:
    raw = warehouse.folder / "raw"
    return {
        source: record
        for source, contract in contracts().items()
        for record in ingest_source(contract, inbox=EXAMPLES / "inbox", raw_dir=raw).deliveries
    }


@pytest.fixture(scope="module")
def built(warehouse: DbtWarehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same with staging and the days of persons built."""
    warehouse.dbt("run", "--select", "staging")
    with warehouse.connect() as con:
        refresh_identity(con, warehouse.folder / "identity")
    warehouse.dbt("run", "--select", "+attendance_day", "+attendance_anomaly", "--exclude", "staging")
    with warehouse.connect() as con:
        yield con


def test_every_example_has_its_figures() -> None:
    assert set(contracts()) == set(TAKEN) == set(REJECTED) == {path.name for path in (EXAMPLES / "inbox").iterdir()}


@pytest.mark.parametrize("source", TAKEN)
def test_rows_of_each_table_are_taken_or_rejected(records: dict[str, DeliveryRecord], source: str) -> None:
    record = records[source]
    assert (record.status, record.reason) == ("accepted", "")
    assert {table.table: (table.rows_accepted, table.rows_rejected) for table in record.tables} == TAKEN[source]


@pytest.mark.parametrize("source", TAKEN)
def test_each_rejected_row_has_its_line_and_reason(warehouse: DbtWarehouse, source: str) -> None:
    with warehouse.connect() as con:
        found = con.execute(
            "select file, line, column_name, rule from governance.rejected_row where source = ? order by line", [source]
        ).fetchall()
    assert found == REJECTED[source]


def test_every_school_day_is_as_worked_out_by_hand(built: duckdb.DuckDBPyConnection) -> None:
    assert days_of(built) == days_by_hand()


@pytest.mark.parametrize(
    ("student", "enrolled", "absent", "unknown"),
    [
        ("4101", 5, "1.5", 1),        # one unmapped code: that day counts neither way
        ("4103", 5, "1", 0),          # track B had no school on the 5th
        ("9001", 6, "0.5", 0),
        ("610001", 6, "1.75", 0),
        ("10-1", 6, "2", 0),          # a whole day, a third and two thirds: exactly two days
        ("10-2", 5, "2", 1),          # no register of the 5th was taken
        ("L803", 5, "1.25", 1),
    ],
)  # fmt: skip
def test_days_of_the_year_add_up_exactly(built: duckdb.DuckDBPyConnection, student: str, enrolled: int, absent: str, unknown: int) -> None:
    found = built.execute(
        """select days_enrolled, days_absent::decimal(9, 4), days_not_marked from core.fct_attendance_year
        inner join identity.person_key using (person_id) where student_id = ?""",
        [student],
    ).fetchall()
    assert found == [(enrolled, Decimal(absent), unknown)]


def test_a_transfer_day_counts_once_and_at_the_new_school(built: duckdb.DuckDBPyConnection) -> None:
    """At one district the exit day counts and both schools claim it; at the other the exit day is the entry day."""
    for student in ("4102", "70003"):
        days = built.execute(
            """select count(*), count(distinct attendance_date), count(distinct school_id) from core.attendance_day
            inner join identity.person_key using (person_id) where student_id = ?""",
            [student],
        ).fetchone()
        assert days == (6, 6, 2)


def test_what_the_old_school_marks_after_the_move_is_counted_as_doubtful(built: duckdb.DuckDBPyConnection) -> None:
    marks = built.execute(
        """select school_id, attendance_status from core.fct_attendance inner join identity.person_key using (person_id)
        where student_id = '4102' order by 1"""
    ).fetchall()
    assert marks == [("example-powerschool-district:100", "absent_unexcused"), ("example-powerschool-district:200", "absent_excused")]


def test_doubtful_marks_are_counted(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute("select party_id, anomaly, row_count from core.attendance_anomaly order by 1, 2").fetchall()
    assert found == [
        ("example-aeries-district", "mark_nobody_knows", 2),
        ("example-aspen-district", "mark_nobody_knows", 1),
        ("example-aspen-district", "mark_on_no_school_day", 2),  # a trip ahead, a mark after the exit
        ("example-powerschool-district", "enrollment_without_attendance", 1),  # withdrawn on the first day
        ("example-powerschool-district", "mark_nobody_knows", 1),
        ("example-powerschool-district", "mark_on_no_school_day", 2),  # the old school, a day off of the track
        ("example-skyward-district", "mark_on_no_school_day", 1),
        ("example-synergy-district", "mark_on_no_school_day", 1),  # an enrolment that does not count
    ]


def test_only_sources_that_need_it_are_folded(built: duckdb.DuckDBPyConnection) -> None:
    folds = dict(built.execute("select source, folds from staging.int_attendance_rule").fetchall())
    assert {source for source, does in folds.items() if does} == {
        "example-infinite-campus", "example-skyward", "example-synergy", "example-aeries", "example-aspen",
    }  # fmt: skip
    assert {row[0] for row in built.execute("select distinct source from staging.int_attendance_folded").fetchall()} == {
        source for source, does in folds.items() if does
    }


def test_the_sign_in_workbook_is_the_one_its_script_writes(tmp_path: Path) -> None:
    write(tmp_path / "again.xlsx")
    (kept,) = (EXAMPLES / "inbox" / "example-sign-in-sheet").rglob("*.xlsx")
    cells = [
        {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(path).worksheets}
        for path in (tmp_path / "again.xlsx", kept)
    ]
    assert cells[0] == cells[1]
