"""Contracts: what is read, what is refused, how a profile is overridden."""

from pathlib import Path

import pytest

from orchestration.contracts import ContractError, load_contract, load_contracts
from tests.support.landing import ATTENDANCE, Landing

ONEROSTER = """\
apiVersion: v3.1.0
kind: DataContract
id: elm
name: Elm district, OneRoster
version: 2.0.0
status: active
customProperties:
  - property: party
    value: {id: district-elm, name: Elm School District, type: district}
  - {property: profile, value: oneroster-1.1}
  - property: terms
    value: {agreement: test}
schema:
  - name: students
    properties:
      - {name: preferred_name, physicalName: metadata.preferredName}
  - name: attendance
    physicalName: absences.csv
    customProperties:
      - {property: feed, value: attendance}
    properties:
      - {name: student_id, physicalName: id}
      - {name: attendance_date, physicalName: day}
      - name: attendance_status
        customProperties: [{property: constant, value: absent}]
"""


def load(tmp_path: Path, text: str):
    return load_contracts(Landing(tmp_path).contract(text).contracts)["elm"]


def problems(tmp_path: Path, text: str) -> str:
    with pytest.raises(ContractError) as caught:
        load(tmp_path, text)
    return str(caught.value)


def test_parts_are_typed(tmp_path: Path) -> None:
    contract = load(tmp_path, ATTENDANCE)
    assert (contract.source, contract.party.id, contract.freshness_days, contract.feeds) == ("elm", "district-elm", 1, ["attendance"])
    assert contract.attendance.register_kind == "positive"
    assert contract.tables[0].files == ("attendance*.csv",)


def test_the_only_id_system_is_the_default(tmp_path: Path) -> None:
    [table] = load(tmp_path, ATTENDANCE).tables
    assert {p.name: p.constant for p in table.properties}["student_id_system"] == "local"


def test_a_profile_brings_tables_that_the_contract_overrides_and_extends(tmp_path: Path) -> None:
    contract = load(tmp_path, ONEROSTER)
    tables = {table.name: table for table in contract.tables}
    assert set(tables) == {"orgs", "students", "student_grades", "demographics", "enrollments", "attendance"}
    assert {p.name for p in tables["students"].properties} >= {"preferred_name", "first_name", "last_name"}
    assert tables["students"].files == ("users.csv",)


def test_the_profile_reads_no_password_email_or_phone() -> None:
    profile = (Path("orchestration/contracts/profiles") / "oneroster-1.1.yaml").read_text()
    named = {line.split("physicalName:")[1].strip(" }\n") for line in profile.splitlines() if "physicalName:" in line}
    assert not named & {"password", "email", "phone", "sms", "username", "agentSourcedIds"}


def test_hash_follows_the_meaning_not_the_layout(tmp_path: Path) -> None:
    first = load(tmp_path / "a", ATTENDANCE)
    spaced = load(tmp_path / "b", ATTENDANCE.replace("schema:", "\n# a comment\nschema:"))
    other = load(tmp_path / "c", ATTENDANCE.replace("T: tardy", "T: partial"))
    assert first.hash == spaced.hash != other.hash


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("id: elm", "id: oak", "must equal the file name"),
        ("      - {name: student_id, physicalName: Student}\n", "", "needs student_id"),
        ("physicalName: Student}", "physicalName: Student, customProperties: [{property: constant, value: x}]}", "exactly one origin"),
        ("student_ids\n    value: {local: {}}", "student_ids\n    value: {local: {}, state: {}}", "needs student_id_system"),
        ("max_rejected_share: 0.5", "max_rejected_share: 50", "max_rejected_share"),
        ("  - property: terms\n    value: {agreement: test}\n", "", "terms"),
        ("value: {agreement: test}", "value: {agreement: test, sla: 3}", "sla"),
        ("schema:", "schemas:", "schemas"),
    ],
)
def test_what_does_not_hold_is_refused_in_words(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    assert right in ATTENDANCE
    assert says in problems(tmp_path, ATTENDANCE.replace(right, wrong, 1))


def test_replacing_by_period_needs_a_year_or_a_date(tmp_path: Path) -> None:
    text = ONEROSTER.replace("  - property: terms", "  - {property: delivery, value: {replacement: per_period}}\n  - property: terms")
    said = problems(tmp_path, text)
    assert "orgs: replacement per_period needs school_year" in said
    assert "attendance: replacement" not in said


def test_unknown_profile_names_the_known_ones(tmp_path: Path) -> None:
    assert "oneroster-1.1" in problems(tmp_path, ONEROSTER.replace("value: oneroster-1.1", "value: oneroster-9"))


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE.replace("A: absent", "A: abscent").replace("name: school_id", "name: school_key"))
    Landing(tmp_path, "oak").contract("[]")
    with pytest.raises(ContractError) as caught:
        load_contracts(landing.contracts)
    assert {problem.file.name for problem in caught.value.problems} == {"elm.yaml", "oak.yaml"}
    assert len(caught.value.problems) == 3


def test_shipped_contracts_are_sound() -> None:
    for file in [*Path("raw_landing/contracts").glob("*.yaml"), *Path("tests/open_data/contracts").glob("*.yaml")]:
        assert load_contract(file).source == file.stem
