"""A manifest against the files it speaks of: one test per way in which they can disagree, and what bulk and delta come to mean."""

from pathlib import Path

import pytest

from orchestration.ingestion import DeliveryRecord, Standing
from tests.support.landing import ATTENDANCE, Landing

SCHOOLS = """\
  - name: schools
    physicalName: schools.csv
    customProperties:
      - {property: feed, value: school}
      - {property: replacement, value: snapshot}
    properties:
      - {name: school_id, physicalName: Id}
      - {name: school_name, physicalName: Name}
      - name: organization_type
        customProperties: [{property: constant, value: school}]
"""
MANIFEST = """\
  - property: manifest
    value:
      file: [manifest.csv, "*/manifest.csv"]
      name: propertyName
      value: value
      files: {file.marks: attendance.csv, file.schools: schools.csv, file.classes: classes.csv}
      expect: {version: ["1.1", "1.2"]}
"""
CONTRACT = ATTENDANCE.replace("schema:\n", MANIFEST + "schema:\n").replace(
    "{property: feed, value: attendance}",
    '{property: feed, value: attendance}\n      - {property: deleted_when, value: {column: State, in: [gone]}}',
).replace("physicalName: attendance*.csv", "physicalName: attendance.csv") + SCHOOLS  # fmt: skip
HEAD = "Student,School,Date,Code,State\n"
MARKS = HEAD + "s1,A,2024-01-08,P,\ns2,A,2024-01-08,A,\n"
NAMES = "Id,Name\nA,Alder\n"


def manifest(marks: str = "bulk", schools: str = "bulk", *more: str, version: str = "1.1") -> str:
    lines = ["propertyName,value", f"version,{version}", f"file.marks,{marks}", f"file.schools,{schools}", "file.classes,absent", *more]
    return "\n".join(lines) + "\n"


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path).contract(CONTRACT)


def standing(landing: Landing, name: str) -> Standing:
    return next(s for s in landing.ingest().standings if s.record.name == name)


def quarantined(landing: Landing, name: str = "2024-02-01") -> str:
    """Why; nothing of such a delivery is in raw."""
    found = standing(landing, name)
    assert found.status == "quarantined" and found.problem is not None and found.problem.rule == "manifest"
    assert landing.ledger().execute("SELECT count(*) FROM raw.attendance").fetchone() == (0,)
    return found.reason


def replacements(record: DeliveryRecord) -> dict[str, str]:
    return {table.table: table.replacement for table in record.tables}


def test_files_as_declared_are_taken(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(), attendance__csv=MARKS, schools__csv=NAMES)
    found = standing(landing, "2024-02-01")
    assert (found.status, found.record.rows_accepted, found.record.unused_files) == ("accepted", 3, [])
    assert replacements(found.record) == {"attendance": "snapshot", "schools": "snapshot"}


def test_a_promised_file_that_is_missing(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(), attendance__csv=MARKS)
    said = quarantined(landing)
    assert "manifest.csv, line 4" in said and "promises schools.csv" in said


def test_a_file_that_is_there_though_declared_absent(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(schools="absent"), attendance__csv=MARKS, schools__csv=NAMES)
    assert "schools.csv is absent, and schools.csv is there" in quarantined(landing)


def test_a_file_of_the_layout_that_the_manifest_does_not_declare(landing: Landing) -> None:
    said = "propertyName,value\nversion,1.1\nfile.marks,bulk\n"
    landing.deliver("2024-02-01", manifest__csv=said, attendance__csv=MARKS, schools__csv=NAMES)
    assert "no line for it" in quarantined(landing)


def test_a_line_missing_for_a_file_that_is_not_there_is_no_matter(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv="propertyName,value\nversion,1.1\nfile.marks,bulk\n", attendance__csv=MARKS)
    # schools.csv is not optional, and no line says it is left out
    found = standing(landing, "2024-02-01")
    assert found.status == "accepted"


@pytest.mark.parametrize("value", ["", "some", "Bulk?"])
def test_a_value_that_means_nothing(landing: Landing, value: str) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(marks=value), attendance__csv=MARKS, schools__csv=NAMES)
    said = quarantined(landing)
    assert "absent, bulk or delta" in said and "some" not in said


def test_a_version_the_contract_does_not_understand(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(version="2.0"), attendance__csv=MARKS, schools__csv=NAMES)
    assert "1.1 or 1.2" in quarantined(landing)


def test_two_lines_that_contradict_each_other(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest("bulk", "bulk", "file.marks,delta"), attendance__csv=MARKS, schools__csv=NAMES)
    assert "line 6" in quarantined(landing)


@pytest.mark.parametrize("content", [b"", b"name,value\nx,y\n", b"\xff\xfe\x00p", b'propertyName,value\nversion,"1.1\n'])
def test_a_manifest_that_cannot_be_read(landing: Landing, content: bytes) -> None:
    landing.deliver("2024-02-01", manifest__csv=content, attendance__csv=MARKS, schools__csv=NAMES)
    quarantined(landing)


def test_header_with_marks_of_required_columns_and_a_byte_order_mark(landing: Landing) -> None:
    said = "\ufeff" + manifest().replace("propertyName,value", "propertyName!,value!")
    landing.deliver("2024-02-01", manifest__csv=said, attendance__csv=MARKS, schools__csv=NAMES)
    assert standing(landing, "2024-02-01").status == "accepted"


def test_a_manifest_alone_is_accepted_and_changes_nothing(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(), attendance__csv=MARKS, schools__csv=NAMES)
    landing.ingest()
    before = landing.ledger().execute("FROM governance.delivery_feed").fetchall()
    landing.deliver("2024-02-02", manifest__csv=manifest("absent", "absent"))
    assert standing(landing, "2024-02-02").status == "accepted"
    assert landing.ledger().execute("FROM governance.delivery_feed").fetchall() == before


def test_a_whole_file_without_rows_would_end_every_record(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(), attendance__csv=MARKS, schools__csv=NAMES)
    landing.ingest()
    landing.deliver("2024-02-02", manifest__csv=manifest(schools="absent"), attendance__csv=HEAD)
    found = standing(landing, "2024-02-02")
    assert found.status == "quarantined" and found.problem is not None and found.problem.rule == "header_only"
    assert landing.ledger().execute("SELECT count(*) FROM governance.delivery_feed WHERE in_force").fetchone() == (2,)


def test_changes_before_any_whole_file_wait_for_it(landing: Landing) -> None:
    landing.deliver("2024-02-02", manifest__csv=manifest("delta", "absent"), attendance__csv=HEAD + "s2,A,2024-01-08,T,\n")
    found = standing(landing, "2024-02-02")
    assert found.status == "quarantined" and found.problem is not None and found.problem.rule == "delta_without_bulk"
    landing.deliver("2024-02-01", manifest__csv=manifest(), attendance__csv=MARKS, schools__csv=NAMES)
    assert standing(landing, "2024-02-02").status == "accepted"
    held = landing.ledger().execute(
        "SELECT replacement, in_force, by_key FROM governance.delivery_feed WHERE feed = 'attendance' ORDER BY 1"
    )
    assert held.fetchall() == [("delta", True, True), ("snapshot", True, True)]


def test_whole_and_changed_files_in_one_delivery(landing: Landing) -> None:
    landing.deliver("2024-02-01", manifest__csv=manifest(), attendance__csv=MARKS, schools__csv=NAMES)
    landing.ingest()
    change = HEAD + "s2,A,2024-01-08,T,\ns1,A,2024-01-08,P,gone\n"
    landing.deliver(
        "2024-02-02", manifest__csv=manifest("delta"), attendance__csv=change, schools__csv=NAMES.replace("Alder", "Alder High")
    )
    assert replacements(standing(landing, "2024-02-02").record) == {"attendance": "delta", "schools": "snapshot"}
    sql = "SELECT table_name, period, replacement, in_force FROM governance.delivery_feed ORDER BY delivery_order, table_name"
    assert landing.ledger().execute(sql).fetchall() == [
        ("attendance", "*", "snapshot", True),
        ("schools", "*", "snapshot", False),
        ("attendance", "*", "delta", True),
        ("schools", "*", "snapshot", True),
    ]


def test_bulk_of_a_table_that_replaces_by_period_ends_no_other_year(landing: Landing) -> None:
    landing.contract(CONTRACT.replace("replacement: snapshot", "replacement: per_period"))
    year = HEAD + "s1,A,2023-01-09,P,\n"
    landing.deliver("2024-02-01", manifest__csv=manifest("bulk", "absent"), attendance__csv=year)
    landing.deliver("2024-02-02", manifest__csv=manifest("bulk", "absent"), attendance__csv=MARKS)
    landing.deliver("2024-02-03", manifest__csv=manifest("delta", "absent"), attendance__csv=HEAD + "s1,A,2024-01-08,A,\n")
    landing.ingest()
    sql = "SELECT period, replacement, in_force FROM governance.delivery_feed ORDER BY delivery_order"
    expected = [("2023", "per_period", True), ("2024", "per_period", True), ("2024", "delta", True)]
    assert landing.ledger().execute(sql).fetchall() == expected
    landing.deliver("2024-02-04", manifest__csv=manifest("bulk", "absent"), attendance__csv=MARKS.replace("A,\n", "T,\n"))
    landing.ingest()
    assert landing.ledger().execute(sql).fetchall() == [
        ("2023", "per_period", True),
        ("2024", "per_period", False),
        ("2024", "delta", False),
        ("2024", "per_period", True),
    ]


def test_each_manifest_speaks_of_the_files_beside_it(landing: Landing) -> None:
    folder = landing.deliver("2024-02-01", attendance__csv=b"")
    (folder / "attendance.csv").unlink()
    (folder / "sis").mkdir()
    for name, text in {"manifest.csv": manifest(schools="absent"), "attendance.csv": MARKS}.items():
        (folder / "sis" / name).write_text(text)
    anywhere = {
        "physicalName: attendance.csv": 'physicalName: "*attendance.csv"',
        "physicalName: schools.csv": 'physicalName: "*schools.csv"',
    }
    text = CONTRACT
    for beside, below in anywhere.items():
        text = text.replace(beside, below)
    landing.contract(text)
    found = standing(landing, "2024-02-01")
    assert (found.status, found.record.rows_accepted) == ("accepted", 2)


def test_without_a_manifest_the_contract_decides(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=MARKS, schools__csv=NAMES)
    assert replacements(standing(landing, "2024-02-01").record) == {"attendance": "snapshot", "schools": "snapshot"}


STRICT = CONTRACT.replace("schema:\n", "  - {property: strictness, value: strict}\nschema:\n")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "there is no manifest"),
        ({"manifest.csv": manifest("bulk", "bulk", "file.teachers,absent")}, "a line about a file that this layout does not know"),
        ({"manifest.csv": manifest(), "notes.csv": "a,b\n"}, "a file that this layout does not know"),
        ({"manifest.csv": manifest().replace("file.classes,absent\n", "")}, "no line for classes.csv"),
    ],
)
def test_a_strict_contract_knows_every_file_and_every_line(landing: Landing, files: dict[str, str], words: str) -> None:
    landing.contract(STRICT)
    folder = landing.deliver("2024-02-01", attendance__csv=MARKS, schools__csv=NAMES)
    for name, text in files.items():
        (folder / name).write_text(text)
    assert words in quarantined(landing)
    landing.contract(CONTRACT)
    assert standing(landing, "2024-02-01").status == "accepted"
