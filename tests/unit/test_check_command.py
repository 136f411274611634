"""`datadrives check`: what scripts and people are told about files that are not delivered yet, and that nothing stays behind."""

import json
import os
import signal
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.hub import Hub
from tests.support.landing import ATTENDANCE, GOOD, HEADER

BAD = HEADER + "s1,A,2024-01-08,P\ns2,A,01/08/2024,P\n"
SCHOOLS = """\
  - name: schools
    physicalName: schools.csv
    customProperties:
      - {property: feed, value: school}
    properties:
      - {name: school_id, physicalName: School}
      - {name: school_name, physicalName: Name}
      - name: organization_type
        customProperties: [{property: constant, value: school}]
"""


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A contract and a place for files, no inbox, no home; temporary files in a folder of the test."""
    hub = Hub(tmp_path, {"TMPDIR": str(tmp_path / "tmp")})
    (tmp_path / "tmp").mkdir()
    (hub.landing / "contracts").mkdir(parents=True)
    (hub.landing / "contracts" / "elm.yaml").write_text(ATTENDANCE, encoding="utf-8")
    return hub


def put(hub: Hub, name: str, text: str) -> str:
    path = hub.root / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def check(hub: Hub, *args: str) -> subprocess.CompletedProcess[str]:
    return hub.run("check", *args)


def facts(hub: Hub, *args: str) -> dict[str, Any]:
    done = check(hub, *args, "--json")
    found = json.loads(done.stdout)
    assert found["exit_code"] == done.returncode and found["ok"] == (done.returncode == 0)
    return found


def test_good_files_end_with_0_and_leave_nothing_behind(hub: Hub) -> None:
    before = put(hub, "attendance.csv", GOOD)
    done = check(hub, before, "--source", "elm")
    assert done.returncode == 0, done.stderr
    assert "These files can be sent as they are" in done.stderr and "All 3 rows are fine" in done.stderr and done.stdout == ""
    left = sorted(str(path.relative_to(hub.root)) for path in hub.root.rglob("*") if path.is_file())
    assert left == ["files/attendance.csv", "landing/contracts/elm.yaml"] and not list((hub.root / "tmp").iterdir())
    assert Path(before).read_text() == GOOD


def test_rejected_rows_end_with_3_and_are_named_without_their_values(hub: Hub) -> None:
    done = check(hub, put(hub, "attendance.csv", BAD), "--source", "elm")
    assert done.returncode == 3
    assert "Column “Date”: this is not a date as agreed." in done.stderr and "attendance.csv, line 3 (1 row)" in done.stderr
    assert "what to do: write the date in the agreed form. January 31, 2024, for example, is written 2024-01-31." in done.stderr
    assert "01/08/2024" not in done.stderr and "s2" not in done.stderr


def test_strict_takes_a_rejected_row_for_a_failure(hub: Hub) -> None:
    assert check(hub, put(hub, "attendance.csv", BAD), "--source", "elm", "--strict").returncode == 1


def test_more_rejected_rows_than_agreed_end_with_1(hub: Hub) -> None:
    found = facts(hub, put(hub, "attendance.csv", BAD + "s3,A,x,P\ns4,A,x,P\n"), "--source", "elm")
    assert (found["exit_code"], found["kind"]) == (1, "refused") and "3 of 4 rows have mistakes" in found["sentence"]


def test_a_file_that_cannot_be_taken_ends_with_1(hub: Hub) -> None:
    found = facts(hub, put(hub, "attendance.csv", "Student,School,Code\n1,2,P\n"), "--source", "elm")
    assert found["exit_code"] == 1
    assert [(item["file"], item["column"], item["rule"]) for item in found["findings"]] == [("attendance.csv", "Date", "missing_column")]


def test_json_holds_names_counts_and_lines_and_no_values(hub: Hub) -> None:
    extra = BAD.replace("Code\n", "Code,Teacher\n").replace(",P\n", ",P,Quill\n")
    found = facts(hub, put(hub, "attendance.csv", extra), put(hub, "notes.txt", "hello"), "--source", "elm")
    (table,) = found["tables"]
    assert (table["file"], table["read"], table["accepted"], table["rejected"]) == ("attendance.csv", 2, 1, 1)
    (finding,) = found["findings"]
    assert (finding["column"], finding["lines"], finding["rows"], finding["unit"]) == ("Date", [3], 1, "line")
    assert (found["columns_not_taken"], found["unused_files"]) == ({"attendance.csv": ["Teacher"]}, ["notes.txt"])
    assert not [value for value in ("Quill", "s2", "01/08/2024") if value in json.dumps(found)]


def test_one_file_of_several_is_judged_alone_and_a_folder_as_a_delivery(hub: Hub) -> None:
    (hub.landing / "contracts" / "elm.yaml").write_text(ATTENDANCE + SCHOOLS, encoding="utf-8")
    file = put(hub, "attendance.csv", GOOD)
    alone = facts(hub, file, "--source", "elm")
    assert alone["exit_code"] == 0 and alone["not_among_them"] == [{"feed": "school", "files": "schools.csv"}]
    whole = facts(hub, str(Path(file).parent), "--source", "elm")
    assert whole["exit_code"] == 1 and whole["findings"][0]["rule"] == "missing_file"


def test_a_zip_file_is_judged_as_a_delivery(hub: Hub) -> None:
    bundle = hub.root / "2024-02-01.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("attendance.csv", GOOD)
    found = facts(hub, str(bundle), "--source", "elm")
    assert found["exit_code"] == 0 and found["tables"][0]["file"] == "attendance.csv"


def test_files_the_contract_does_not_know_end_with_1_and_say_what_is_looked_for(hub: Hub) -> None:
    found = facts(hub, put(hub, "absences.csv", GOOD), "--source", "elm")
    assert found["exit_code"] == 1 and "attendance*.csv" in found["sentence"] and found["unused_files"] == ["absences.csv"]


def test_a_contract_file_may_be_given_instead_of_a_source(hub: Hub) -> None:
    contract = hub.root / "elm.yaml"
    contract.write_text(ATTENDANCE, encoding="utf-8")
    assert check(hub, put(hub, "attendance.csv", GOOD), "--contract", str(contract)).returncode == 0


@pytest.mark.parametrize("args", [["--source", "oak"], [], ["--contract", "broken.yaml"]])
def test_a_wrong_call_ends_with_2_and_says_what_to_give(hub: Hub, args: list[str]) -> None:
    (hub.root / "broken.yaml").write_text("kind: DataContract\n", encoding="utf-8")
    done = check(hub, put(hub, "attendance.csv", GOOD), *args)
    assert done.returncode == 2 and ("elm" in done.stderr or "broken.yaml" in done.stderr) and "Traceback" not in done.stderr


def test_a_file_that_is_not_there_ends_with_2(hub: Hub) -> None:
    assert check(hub, "nowhere.csv", "--source", "elm").returncode == 2


def test_two_files_of_one_name_are_no_delivery(hub: Hub) -> None:
    done = check(hub, put(hub, "a/attendance.csv", GOOD), put(hub, "b/attendance.csv", GOOD), "--source", "elm")
    assert done.returncode == 2 and "each name once" in done.stderr


def test_the_report_is_the_senders_page(hub: Hub) -> None:
    page = hub.root / "report.html"
    done = check(hub, put(hub, "attendance.csv", BAD), "--source", "elm", "--report", str(page))
    html = page.read_text(encoding="utf-8")
    assert done.returncode == 3 and "These files can be sent, but some rows would be set aside" in html
    assert "line 3" in html and "01/08/2024" not in html and '.csv" download' not in html


def test_show_prints_the_rows_as_the_contract_makes_them(hub: Hub) -> None:
    done = check(hub, put(hub, "attendance.csv", BAD), "--source", "elm", "--show", "2")
    assert done.returncode == 3 and done.stdout == "" and "attendance → feed attendance" in done.stderr
    lines = {line.split()[0]: line.split()[1:] for line in done.stderr.splitlines() if line.startswith(("student_id ", "attendance_"))}
    # The sender's code has become the hub's; the rejected row is none.
    assert lines == {"student_id": ["s1"], "attendance_date": ["2024-01-08"], "attendance_status": ["present"]}


def test_show_prints_no_more_rows_than_asked_for_and_none_of_refused_files(hub: Hub) -> None:
    done = check(hub, put(hub, "attendance.csv", GOOD), "--source", "elm", "--show", "1")
    assert "row 1" in done.stderr and "row 2" not in done.stderr and "s2" not in done.stderr
    refused = check(hub, put(hub, "attendance.csv", HEADER + "s9,A,x,P\n"), "--source", "elm", "--show", "1")
    assert refused.returncode == 1 and "No rows to show" in refused.stderr and "s9" not in refused.stderr


def test_shown_rows_reach_neither_scripts_nor_the_senders_page(hub: Hub) -> None:
    file, page = put(hub, "attendance.csv", GOOD), hub.root / "report.html"
    done = check(hub, file, "--source", "elm", "--show", "3", "--json")
    assert done.returncode == 2 and "leave one out" in done.stdout and "2024-01-08" not in done.stdout + done.stderr
    check(hub, file, "--source", "elm", "--show", "3", "--report", str(page))
    assert "2024-01-08" not in page.read_text(encoding="utf-8")


def test_ended_from_outside_it_leaves_nothing_behind(hub: Hub) -> None:
    file = put(hub, "attendance.csv", HEADER + "".join(f"s{n},A,2024-01-08,P\n" for n in range(3_000_000)))
    running = subprocess.Popen(hub.command("check", file, "--source", "elm"), env=hub.environment, stderr=subprocess.PIPE)
    end = time.monotonic() + 30
    while not list((hub.root / "tmp").iterdir()) and running.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGTERM and not list((hub.root / "tmp").iterdir())
