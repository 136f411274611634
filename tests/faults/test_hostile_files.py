"""Files that mean harm, or look like it: each is refused with one clear line, nothing hangs, and no other source notices."""

import gzip
import json
import os
import random
import socket
import struct
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from orchestration.contracts import load_contracts
from orchestration.ingestion import DeliveryRecord, ingest_source
from orchestration.limits import Limits
from orchestration.settings import Settings
from tests.support.landing import ATTENDANCE, GOOD, HEADER, Landing

SMALL = Limits(
    max_archive_bytes=8 << 20, max_archive_ratio=20, max_files=50, max_field_bytes=1 << 20, max_columns=1000, max_sheet_cells=5000
)
FORMATS = {
    "delimited": ("attendance*.csv", "{}"),
    "json": ("attendance*.json", "{format: json}"),
    "xml": ("attendance*.xml", "{format: xml, record: Event}"),
    "excel": ("attendance*.xlsx", "{format: excel}"),
    "fixed_width": ("attendance*.txt", "{format: fixed_width, fields: {Student: [1, 4], School: [5, 7], Date: [8, 17], Code: [18, 18]}}"),
}


def landing_for(root: Path, form: str = "delimited") -> Landing:
    files, reader = FORMATS[form]
    text = ATTENDANCE.replace("attendance*.csv", files).replace(
        "{property: feed, value: attendance}",
        f"{{property: feed, value: attendance}}\n      - {{property: reader, value: {reader}}}",
    )
    return Landing(root).contract(text)


def read(landing: Landing, limits: Limits = SMALL) -> DeliveryRecord:
    """Take in everything that waits; the newest record, which must say in one line what is wrong."""
    contract = load_contracts(landing.contracts)[landing.source]
    record = ingest_source(contract, inbox=landing.inbox, raw_dir=landing.raw, limits=limits).deliveries[-1]
    assert "\n" not in record.reason and "Traceback" not in record.reason
    assert not (landing.raw / ".work").exists() or not list((landing.raw / ".work").glob("elm-*")), "the work folder is left behind"
    return record


def refused(record: DeliveryRecord, rule: str, named: str = "") -> None:
    assert record.status == "quarantined" and record.problem is not None, record
    assert (record.problem.rule, named in record.reason) == (rule, True), record.reason
    assert record.rows_read == 0


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_for(tmp_path)


def zipped(files: dict[str, bytes], level: int = 9) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return held.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def with_part(book: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one of its parts replaced."""
    with zipfile.ZipFile(BytesIO(book)) as bundle:
        parts = {member: bundle.read(member) for member in bundle.namelist()}
    return zipped({**parts, name: content})


# ------------------------------------------------------------------------------------------------------------- archives


def test_zip_bomb(landing: Landing) -> None:
    landing.deliver("2024-02-01", bomb__zip=zipped({"attendance.csv": b"0" * (30 << 20)}))
    refused(read(landing), "archive", "bomb.zip")


def test_zip_bomb_as_the_whole_delivery(landing: Landing) -> None:
    (landing.inbox / "elm").mkdir(parents=True)
    (landing.inbox / "elm" / "2024-02-01.zip").write_bytes(zipped({"attendance.csv": b"0" * (30 << 20)}))
    refused(read(landing), "archive", "2024-02-01.zip")


def test_zip_bomb_inside_a_zip(landing: Landing) -> None:
    inner = zipped({f"{n}.csv": b"0" * (3 << 20) for n in range(12)})
    landing.deliver("2024-02-01", outer__zip=zipped({"inner.zip": inner}))
    refused(read(landing), "archive", "inner.zip")


def test_zips_nested_for_ever(landing: Landing) -> None:
    packed = zipped({"attendance.csv": GOOD.encode()})
    for _ in range(6):
        packed = zipped({"deeper.zip": packed})
    landing.deliver("2024-02-01", outer__zip=packed)
    refused(read(landing), "archive", "outer.zip")


def test_gzip_bomb(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv__gz=gzip.compress(b"0" * (30 << 20)))
    refused(read(landing), "archive", "attendance.csv.gz")


def test_many_small_archives_count_together(landing: Landing) -> None:
    noise = random.Random(1).randbytes(1 << 20)
    landing.deliver("2024-02-01", **{f"part{n}__zip": zipped({"x.bin": noise}) for n in range(10)})
    refused(read(landing), "archive")


def test_zip_that_lies_about_its_sizes(landing: Landing) -> None:
    packed = bytearray(zipped({"attendance.csv": b"0" * (30 << 20)}))
    place = packed.rindex(b"PK\x01\x02") + 24
    packed[place : place + 4] = struct.pack("<I", 100)
    landing.deliver("2024-02-01", bomb__zip=bytes(packed))
    refused(read(landing), "archive", "bomb.zip")


@pytest.mark.parametrize("name", ["../../escaped.csv", "/escaped.csv", "a/../../escaped.csv", "..\\escaped.csv"])
def test_path_traversal(landing: Landing, tmp_path: Path, name: str) -> None:
    landing.deliver("2024-02-01", outer__zip=zipped({"attendance.csv": GOOD.encode(), name: b"x"}))
    refused(read(landing), "archive", "outer.zip")
    assert not list(tmp_path.rglob("escaped.csv")) and not Path("/escaped.csv").exists()


def test_link_inside_a_zip(landing: Landing) -> None:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as bundle:
        member = zipfile.ZipInfo("attendance.csv")
        member.external_attr = 0o120777 << 16
        bundle.writestr(member, "/etc/passwd")
    landing.deliver("2024-02-01", outer__zip=held.getvalue())
    refused(read(landing), "archive", "outer.zip")


def test_encrypted_zip(landing: Landing) -> None:
    packed = bytearray(zipped({"attendance.csv": GOOD.encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + offset] |= 1
    landing.deliver("2024-02-01", outer__zip=bytes(packed))
    refused(read(landing), "encrypted", "outer.zip")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no more", GOOD.encode(), zipped({"attendance.csv": GOOD.encode()})[:-30]])
def test_broken_archives(landing: Landing, content: bytes) -> None:
    landing.deliver("2024-02-01", outer__zip=content, attendance__csv=GOOD)
    refused(read(landing), "archive", "outer.zip")


def test_cut_gzip(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv__gz=gzip.compress(GOOD.encode())[:-12])
    refused(read(landing), "archive", "attendance.csv.gz")


def test_refused_archive_is_known_again_by_its_bytes(landing: Landing) -> None:
    packed = zipped({"attendance.csv": GOOD.encode()})[:-30]
    landing.deliver("2024-02-01", outer__zip=packed)
    first = read(landing)
    os.utime(landing.deliver("2024-02-02", outer__zip=packed) / "outer.zip", (1, 1))
    again = read(landing)
    assert (again.delivery_id, [receipt.name for receipt in again.also_received]) == (first.delivery_id, ["2024-02-02"])


# --------------------------------------------------------------------------------------------------- links, devices, numbers


def test_link_to_a_file_is_not_followed(landing: Landing, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(GOOD)
    folder = landing.deliver("2024-02-01", other__csv=GOOD)
    (folder / "attendance.csv").symlink_to(tmp_path / "secret.csv")
    refused(read(landing), "special_file", "attendance.csv")


def test_link_to_a_folder_is_not_followed(landing: Landing, tmp_path: Path) -> None:
    folder = landing.deliver("2024-02-01", attendance__csv=GOOD)
    (folder / "loop").symlink_to(folder)
    refused(read(landing), "special_file", "loop")


def test_link_in_place_of_a_delivery(landing: Landing, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "attendance.csv").write_text(GOOD)
    (landing.inbox / "elm").mkdir(parents=True)
    (landing.inbox / "elm" / "2024-02-01").symlink_to(elsewhere)
    refused(read(landing), "special_file", "2024-02-01")


@pytest.mark.parametrize("name", ["attendance.csv", "notes.txt", "x.zip", "x.csv.gz"])
def test_pipe_does_not_hang(landing: Landing, name: str) -> None:
    folder = landing.deliver("2024-02-01", attendance1__csv=GOOD)
    os.mkfifo(folder / name)
    refused(read(landing), "special_file", name)


def test_pipe_in_place_of_a_delivery_does_not_hang(landing: Landing) -> None:
    (landing.inbox / "elm").mkdir(parents=True)
    os.mkfifo(landing.inbox / "elm" / "2024-02-01.zip")
    refused(read(landing), "special_file", "2024-02-01.zip")


def test_socket(landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(landing.deliver("2024-02-01", attendance__csv=GOOD))  # the path of a socket may be no longer than 108 bytes
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("door")
        refused(read(landing), "special_file", "door")


def test_too_many_files(landing: Landing) -> None:
    landing.deliver("2024-02-01", **{f"attendance{n}__csv": GOOD for n in range(60)})
    refused(read(landing), "too_many_files")
    landing.deliver("2024-02-02", outer__zip=zipped({f"{n}.csv": b"x" for n in range(60)}))
    refused(read(landing), "too_many_files", "outer.zip")


def test_file_name_with_line_ends_does_not_break_the_line(landing: Landing) -> None:
    folder = landing.deliver("2024-02-01", attendance__csv=GOOD)
    (folder / "attendance\n2024-02-01 accepted.csv").write_text(GOOD)
    refused(read(landing), "special_file", "attendance?2024-02-01 accepted.csv")


def test_file_name_that_is_no_text(landing: Landing) -> None:
    folder = landing.deliver("2024-02-01", attendance__csv=GOOD)
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv")).write_text(GOOD)
    refused(read(landing), "special_file", "caf?.csv")


# --------------------------------------------------------------------------------------------------------------- text


def test_ten_megabyte_field(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD + "x" * (10 << 20) + ",A,2024-01-08,P\n")
    refused(read(landing), "field_too_long", "line 5")


def test_ten_megabyte_field_over_many_lines(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD + '"' + "x" * 79 + "\n" * 1 + ("y" * 79 + "\n") * 130_000 + '",A,2024-01-08,P\n')
    record = read(landing)
    assert record.rows_accepted <= 3 and (record.status == "quarantined" or record.rows_rejected == 1)


def test_half_a_megabyte_in_a_field_is_read(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=HEADER.replace("\n", ",Note\n") + "s1,A,2024-01-08,P," + "x" * (1 << 19) + "\n")
    assert read(landing).rows_accepted == 1


def test_long_line_of_short_fields_is_read(landing: Landing) -> None:
    names = [f"Note {n}" for n in range(900)]
    notes = ["x" * 3000] * 900
    text = f"Student,School,Date,Code,{','.join(names)}\ns1,A,2024-01-08,P,{','.join(notes)}\n"
    landing.deliver("2024-02-01", attendance__csv=text)
    assert read(landing).rows_accepted == 1


def test_nul_byte(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD + "s\0,A,2024-01-08,P\n")
    refused(read(landing), "nul_byte", "line 5")


def test_million_columns(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=HEADER.rstrip() + "," * 1_000_000 + "\n")
    refused(read(landing), "too_many_columns", "line 1")


def test_million_columns_below_the_header(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD + "s9" + "," * 500_000 + "\n")
    refused(read(landing), "too_many_columns", "line 5")


def test_far_too_many_columns_deep_in_the_file_are_one_bad_row(landing: Landing) -> None:
    rows = "".join(f"s{n},A,2024-01-08,P\n" for n in range(10, 9000))
    landing.deliver("2024-02-01", attendance__csv=GOOD + rows + "s9" + "," * 500_000 + "\n")
    record = read(landing)
    assert (record.rows_accepted, record.rows_rejected) == (8993, 1)


def test_header_that_holds_line_ends(landing: Landing) -> None:
    landing.deliver(
        "2024-02-01",
        attendance__csv='Elm,"the\ndistrict",,\n\nStudent,School,Date,Code,"Note\n(any)"\ns1,A,2024-01-08,P,\ns2,A,2024-01-08,Z,\n',
    )
    assert read(landing).rows_accepted == 1
    assert landing.rejected() == [("attendance.csv", 7, "attendance_status", "code")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_where_utf_8_is_agreed(landing: Landing, encoding: str) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD.encode(encoding))
    refused(read(landing), "encoding", "attendance.csv")


def test_half_a_letter_at_the_end(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD.encode() + b"s9,A,2024-01-10,P\xc3")
    refused(read(landing), "encoding", "line 5")


@pytest.mark.parametrize("ends", ["\r", "\n\r", "\r\r\n", "\r\n"])
def test_odd_line_ends_lose_no_row(landing: Landing, ends: str) -> None:
    landing.deliver("2024-02-01", attendance__csv=GOOD.replace("\n", ends))
    assert read(landing).rows_accepted == 3


def test_repeated_row_is_told_by_its_line_whatever_ends_the_lines(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=(GOOD + GOOD.splitlines()[1] + "\n").replace("\n", "\r"))
    assert read(landing).rows_rejected == 1
    assert landing.rejected() == [("attendance.csv", 5, "student_id", "duplicate_row")]


def test_binary_noise_under_a_text_name(landing: Landing) -> None:
    landing.deliver("2024-02-01", attendance__csv=random.Random(4).randbytes(5000))
    assert read(landing).status == "quarantined"


@pytest.mark.parametrize("start", ["=", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")'])
def test_formula_in_a_text_file_is_rejected(landing: Landing, start: str) -> None:
    cell = '"' + start.replace('"', '""') + '"'
    landing.deliver("2024-02-01", attendance__csv=GOOD + f"{cell},A,2024-01-08,P\n")
    assert read(landing).rows_rejected == 1
    assert landing.rejected() == [("attendance.csv", 5, "student_id", "formula")]


# ----------------------------------------------------------------------------------------------------- JSON, XML, workbooks


@pytest.mark.parametrize("depth", [1_000, 1_000_000])
def test_deep_json(tmp_path: Path, depth: int) -> None:
    landing = landing_for(tmp_path, "json")
    rows = '{"Student": "a", "School": "A", "Date": "2024-01-08", "Code": "P", "x": ' + "[" * depth + "]" * depth + "}"
    landing.deliver("2024-02-01", attendance__json=f"[{rows}]")
    record = read(landing)
    assert record.rows_accepted == 1 or record.status == "quarantined"


def test_deep_json_that_never_closes(tmp_path: Path) -> None:
    landing = landing_for(tmp_path, "json")
    landing.deliver("2024-02-01", attendance__json="[" * 1_000_000)
    refused(read(landing), "broken_json", "attendance.json")


def test_long_field_and_nul_byte_in_json(tmp_path: Path) -> None:
    landing = landing_for(tmp_path, "json")
    row = {"Student": "a", "School": "A", "Date": "2024-01-08", "Code": "P"}
    landing.deliver("2024-02-01", attendance__json=json.dumps([row, {**row, "School": "x" * (2 << 20)}]))
    refused(read(landing), "field_too_long", "line 2")
    landing.deliver("2024-02-02", attendance__json=json.dumps([{**row, "School": "x\0"}]))
    refused(read(landing), "nul_byte", "line 1")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><x><Event><Student>&i;</Student></Event></x>"
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x><Event><Student>&y;</Student></Event></x>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x><Event/></x>',
    ],
)
def test_xml_entities(tmp_path: Path, text: str) -> None:
    landing = landing_for(tmp_path, "xml")
    landing.deliver("2024-02-01", attendance__xml=text)
    refused(read(landing), "entity", "attendance.xml")


def test_deep_and_long_xml(tmp_path: Path) -> None:
    landing = landing_for(tmp_path, "xml")
    landing.deliver("2024-02-01", attendance__xml="<Event>" + "<a>" * 100_000)
    refused(read(landing), "unreadable", "attendance.xml")
    landing.deliver("2024-02-02", attendance__xml=f"<x><Event><Student>{'x' * (2 << 20)}</Student></Event></x>")
    refused(read(landing), "field_too_long", "attendance.xml")


SHEET = "xl/worksheets/sheet1.xml"
ROWS: list[list[object]] = [["Student", "School", "Date", "Code"], ["a", "A", "2024-01-08", "P"]]


def test_zip_bomb_inside_a_workbook(tmp_path: Path) -> None:
    landing = landing_for(tmp_path, "excel")
    landing.deliver("2024-02-01", attendance__xlsx=with_part(workbook(ROWS), SHEET, b"<worksheet>" + b" " * (40 << 20) + b"</worksheet>"))
    refused(read(landing), "archive", "attendance.xlsx")


def test_entities_inside_a_workbook(tmp_path: Path) -> None:
    landing = landing_for(tmp_path, "excel")
    landing.deliver("2024-02-01", attendance__xlsx=with_part(workbook(ROWS), SHEET, LAUGHS.encode()))
    refused(read(landing), "entity", "attendance.xlsx")


def test_workbook_that_lies_about_its_size(tmp_path: Path) -> None:
    landing = landing_for(tmp_path, "excel")
    book = workbook([*ROWS, ["b", "A", "2024-01-08", "P"]])
    with zipfile.ZipFile(BytesIO(book)) as bundle:
        sheet = bundle.read(SHEET)
    assert b'<dimension ref="A1:D3"' in sheet
    landing.deliver("2024-02-01", attendance__xlsx=with_part(book, SHEET, sheet.replace(b'ref="A1:D3"', b'ref="A1:B2"')))
    assert read(landing).rows_accepted == 2
    far = sheet.replace(b'r="D3"', b'r="XFD1048576"').replace(b'<row r="3"', b'<row r="1048576"')
    landing.deliver("2024-02-02", attendance__xlsx=with_part(book, SHEET, far))
    refused(read(landing), "too_many_columns", "attendance.xlsx")


def test_too_many_cells(tmp_path: Path) -> None:
    landing = landing_for(tmp_path, "excel")
    landing.deliver("2024-02-01", attendance__xlsx=workbook([*ROWS, *([["a", "A", "2024-01-08", "P"]] * 2000)]))
    refused(read(landing), "archive", "attendance.xlsx")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (OLE + "Workbook".encode("utf-16-le"), "old_workbook"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (GOOD.encode(), "unreadable"),
        (b"<html><table><tr><td>Student</td></tr></table></html>", "unreadable"),
        (zipped({"attendance.csv": GOOD.encode()}), "unreadable"),
        (workbook(ROWS)[:-100], "unreadable"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, rule: str) -> None:
    landing = landing_for(tmp_path, "excel")
    landing.deliver("2024-02-01", attendance__xlsx=content)
    refused(read(landing), rule, "attendance.xlsx")


# ------------------------------------------------------------------------------------------------------------- altogether


@pytest.mark.parametrize("form", FORMATS)
def test_noise_in_every_format_is_refused_in_one_line(tmp_path: Path, form: str) -> None:
    landing = landing_for(tmp_path, form)
    name = FORMATS[form][0].replace("*", "")
    noise = random.Random(7)
    for number in range(6):
        content = noise.randbytes(noise.randrange(1, 4000))
        landing.deliver(f"2024-02-0{number + 1}", **{name.replace(".", "__"): content})
    contract = load_contracts(landing.contracts)["elm"]
    records = ingest_source(contract, inbox=landing.inbox, raw_dir=landing.raw).deliveries
    assert [record.status for record in records] == ["quarantined"] * 6


def test_what_stood_before_still_stands(landing: Landing) -> None:
    landing.one(GOOD, "2024-01-01")
    landing.deliver("2024-02-01", bomb__zip=zipped({"attendance.csv": b"0" * (30 << 20)}))
    refused(read(landing), "archive")
    assert landing.ledger().execute("SELECT delivery_name FROM governance.delivery WHERE status = 'accepted'").fetchall() == [
        ("2024-01-01",)
    ]


def test_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().limits == Limits()
    monkeypatch.setenv("DATADRIVES_MAX_FIELD_BYTES", "2048")
    monkeypatch.setenv("DATADRIVES_MAX_ARCHIVE_RATIO", "7")
    assert Settings().limits == replace(Limits(), max_field_bytes=2048, max_archive_ratio=7)
