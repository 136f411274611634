"""What the contract does not name is taken nowhere: not into rows, not into rejected rows, not into files left behind."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from orchestration.contracts import ContractError, load_contracts
from orchestration.contracts.refused import is_refused
from tests.support.landing import ATTENDANCE, Landing

PLANTED = "Zq7Secret"
PRIVATE = f"{PLANTED}-x"


def traces(home: Path) -> list[str]:
    """Every file below `home` that holds the planted text: in its bytes, or, as Parquet compresses them, in its cells."""
    import duckdb

    found = [str(path) for path in home.rglob("*") if path.is_file() and PLANTED.encode() in path.read_bytes()]
    for path in home.rglob("*.parquet"):
        cells = duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}') AS r WHERE contains(to_json(r)::VARCHAR, '{PLANTED}')").fetchone()
        found += [str(path)] if cells != (0,) else []
    return found


def taken(landing: Landing) -> list[str]:
    """Traces after ingestion; every kind of row was there to be kept."""
    [record] = landing.ingest().deliveries
    assert record.rows_accepted, record.reason
    assert record.rows_rejected
    return traces(landing.raw.parent)


CSV = f"""Student,Note,School,Date,Code
s1,{PRIVATE},A,2024-01-08,P
s2,{PRIVATE},A,never,P
s3,{PRIVATE},A,2024-01-08,P
s3,{PRIVATE},A,2024-01-08,P
s4,{PRIVATE},A,2024-01-08,P,{PRIVATE}
s5,{PRIVATE},A
s6,"{PRIVATE}"x,A,2024-01-08,P
"""


def test_accepted_rejected_repeated_and_ragged_rows_of_a_text_file(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract()
    landing.deliver("d", attendance__csv=CSV)
    assert taken(landing) == []
    assert len(landing.rejected()) == 5


def test_the_planted_text_is_found_where_a_contract_names_its_column(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE.replace("physicalName: School", "physicalName: Note"))
    landing.deliver("d", attendance__csv=CSV)
    assert taken(landing)


def test_rows_of_a_workbook(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        ATTENDANCE.replace("attendance*.csv", "attendance.xlsx").replace(
            "{property: feed, value: attendance}",
            "{property: feed, value: attendance}\n      - {property: reader, value: {format: excel}}",
        )
    )
    book = Workbook()
    sheet = book.worksheets[0]
    for line in CSV.splitlines()[:5]:
        sheet.append(line.split(","))
    stream = io.BytesIO()
    book.save(stream)
    landing.deliver("d", attendance__xlsx=stream.getvalue())
    assert taken(landing) == []


def test_records_of_a_page(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(
        ATTENDANCE.replace("attendance*.csv", "attendance.json").replace(
            "{property: feed, value: attendance}",
            "{property: feed, value: attendance}\n      - {property: reader, value: {format: json}}",
        )
    )
    good = f'{{"Student": "s1", "School": "A", "Date": "2024-01-08", "Code": "P", "Note": "{PRIVATE}", "More": {{"Deep": ["{PRIVATE}"]}}}}'
    landing.deliver("d", attendance__json=f"[{good}, {good.replace('2024-01-08', 'never')}]")
    assert taken(landing) == []


def test_a_quarantined_delivery_leaves_nothing_behind(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE.replace("max_rejected_share: 0.5", "max_rejected_share: 0.01"))
    landing.deliver("2024-02-01", attendance__csv=CSV)
    landing.deliver("2024-02-02", attendance__csv=CSV.replace("Code\n", "Kode\n"))
    landing.deliver("2024-02-03", attendance__csv=CSV + f's7,"{PRIVATE},A\n')
    assert {record.status for record in landing.ingest().deliveries} == {"quarantined"}
    assert traces(landing.raw.parent) == []


def test_a_rejected_row_keeps_the_named_cells_under_their_headers(tmp_path: Path) -> None:
    import duckdb

    landing = Landing(tmp_path).contract()
    landing.deliver("d", attendance__csv=CSV)
    landing.ingest()
    files = [str(path) for path in landing.raw.glob("rejected_row/**/*.parquet")]
    found = duckdb.sql(f"SELECT line, rule, row_text FROM read_parquet({files}) ORDER BY line").fetchall()
    assert found[0] == (3, "date", '{"Student":"s2","School":"A","Date":"never","Code":"P"}')
    assert [(rule, text) for _, rule, text in found[2:]] == [("too_many_fields", None), ("too_few_fields", None), ("stray_quote", None)]


# ---- columns that are never taken ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "password",
        "Password",
        "user.password",
        "PASSWD",
        "pwd",
        "userPwd",
        "client_secret",
        "SSN",
        "studentSSN",
        "Social Security Number",
        "SS#",
        "SS No",
    ],
)
def test_a_password_or_social_security_number_is_refused_by_name(header: str) -> None:
    assert is_refused(header)


@pytest.mark.parametrize(
    "header", ["Secretary", "Class Number", "Passing Score", "Mission", "Lessons", "Session", "ssnap", "Address", "Assessment Id"]
)
def test_headers_that_only_sound_alike_are_not_refused(header: str) -> None:
    assert not is_refused(header)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("physicalName: School}", "physicalName: SSN}"),
        ("physicalName: School}", "physicalName: School, customProperties: [{property: aliases, value: [Password]}]}"),
        ("{name: school_id, physicalName: School}", "{name: school_id, customProperties: [{property: template, value: '{School}-{pwd}'}]}"),
        ("- {property: feed", "- {property: where, value: {column: SSN, in: ['1']}}\n      - {property: feed"),
        ("- {property: feed", "- {property: references, value: {column: School, file: a.csv, key: SSN}}\n      - {property: feed"),
        ("- {property: feed", "- {property: lookups, value: {a: {file: a.csv, key: SSN, value: b}}}\n      - {property: feed"),
        ("- {property: feed", "- {property: record_id, value: Social Security No}\n      - {property: feed"),
    ],
)
def test_no_contract_takes_such_a_column(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in ATTENDANCE
    landing = Landing(tmp_path).contract(ATTENDANCE.replace(right, wrong, 1))
    with pytest.raises(ContractError, match="never taken"):
        load_contracts(landing.contracts)


def test_such_a_column_is_not_taken_by_its_position_either(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE.replace("physicalName: School}", "physicalName: '#2'}"))
    landing.deliver("2024-02-01", attendance__csv="Student,SSN,Date,Code\ns1,1,2024-01-08,P\n")
    [record] = landing.ingest().deliveries
    assert record.status == "quarantined"
