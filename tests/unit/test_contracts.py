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
    assert set(tables) == {"orgs", "students", "student_grades", "demographics", "enrollments", "final_marks", "attendance"}
    assert {p.name for p in tables["students"].properties} >= {"preferred_name", "first_name", "last_name"}
    assert tables["students"].files == ("users.csv", "*/users.csv")


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


def test_the_page_on_contracts_names_every_key() -> None:
    import re

    from orchestration.contracts import model

    written = set(re.findall(r"[A-Za-z_0-9]+", Path("docs/contracts.md").read_text()))
    parts = (
        model.Party, model.Terms, model.DeliveryRules, model.IdSystem, model.AttendanceRules, model.Manifest, model.Reader, model.KeyFile,
        model.Condition, model.Unpivot, model.Lookup, model.Reference, model.Expectation, model.IfMissing,
    )  # fmt: skip
    keys = {info.alias or name for part in parts for name, info in part.model_fields.items()}
    keys |= {*model.CONTRACT_EXTRAS, *model.TABLE_EXTRAS, *model.PROPERTY_EXTRAS, "name", "has", "lacks"}
    assert keys - written == set()


# ---- checks of the language --------------------------------------------------------------------------------------------------


def with_extra(extra: str, level: str = "table") -> str:
    """The attendance contract with one more extra of its table, or of the column school_id."""
    if level == "table":
        return ATTENDANCE.replace("- {property: feed, value: attendance}", f"- {{property: feed, value: attendance}}\n      - {{{extra}}}")
    return ATTENDANCE.replace("physicalName: School}", f"physicalName: School, customProperties: [{{{extra}}}]}}")


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("property: reader, value: {format: xml}", "xml needs record"),
        ("property: reader, value: {format: fixed_width}", "needs fields"),
        ("property: reader, value: {format: fixed_width, fields: {Student: [0, 3]}}", "first character is at least 1"),
        (
            "property: reader, value: {format: fixed_width, fields: {Student: [1, 3], School: [4, 4], Date: [5, 14]}}",
            "where does 'Code' stand",
        ),
        ("property: reader, value: {sheet: Days}", "sheet is for format excel"),
        ("property: reader, value: {record: a.b}", "record is for format json or xml"),
        ("property: reader, value: {encoding: klingon}", "no such encoding"),
        ("property: reader, value: {footer: '('}", "footer: '(' is not a regular expression"),
        ("property: reader, value: {keep_empty: true}", "keep_empty"),
        ("property: unpivot, value: {}", "which columns?"),
        ("property: unpivot, value: {groups: {Name: 'x(.)'}}", "no name for a slot"),
        ("property: unpivot, value: {groups: {value: 'x.'}}", "needs one group in brackets"),
        ("property: unpivot, value: {groups: {value: 'x(.)'}, columns: {a: b}}", "not both"),
        ("property: where, value: {column: School}", "say in, not_in"),
        ("property: where, value: {column: School, matches: '(?=a)'}", "look-around"),
        ("property: where, value: {column: School, in: [a], absent: {column: School, in: [b]}}", "goes with in_file"),
        ("property: expect, value: {column: School}", "exactly one of in, not_in and matches"),
        ("property: expect, value: {column: School, in: [a], matches: b}", "exactly one of in, not_in and matches"),
        ("property: optional_sequence, value: true", "goes with sequence"),
        ("property: lookups, value: {a: {file: a.csv, key: b, value: c, extract: d}}", "one group in brackets"),
        ("property: layouts, value: []", "layouts is a list"),
        ("property: layouts, value: [{name: a}, {name: a}]", "two layouts are named 'a'"),
        ("property: duplicates, value: once", "duplicates"),
    ],
)
def test_a_wrong_extra_of_a_table_is_named_with_its_line(tmp_path: Path, extra: str, says: str) -> None:
    text = with_extra(extra)
    line = next(number for number, content in enumerate(text.splitlines(), 1) if extra in content)
    said = problems(tmp_path, text)
    assert says in said
    assert f"elm.yaml:{line}:" in said


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("property: number_format, value: roman", "number_format"),
        ("property: number_format, value: words", "for number columns"),
        ("property: ranges, value: true", "has no school_id_low, school_id_high, school_id_marker"),
        ("property: marker_pattern, value: '.*'", "has no school_id_marker"),
        ("property: extract, value: '(?<=a)(b)'", "look-around"),
        ("property: from_unpivot, value: value", "exactly one origin"),
        ("property: template, value: '{file:year}'", "file_name has no group 'year'"),
        ("property: template, value: '{unpivot:name}'", "the table has no unpivot"),
    ],
)
def test_a_wrong_extra_of_a_property_is_named(tmp_path: Path, extra: str, says: str) -> None:
    assert says in problems(tmp_path, with_extra(extra, "property"))


def test_an_optional_column_cannot_hold_what_every_row_needs(tmp_path: Path) -> None:
    text = ATTENDANCE.replace(
        "physicalName: Student}", "physicalName: Student, customProperties: [{property: optional_column, value: true}]}"
    )
    assert "would lose them all" in problems(tmp_path, text)


def test_extras_of_a_profile_are_defaults_and_its_mistakes_are_told_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.contracts import profile

    base = ATTENDANCE.replace("id: elm", "id: base").replace(
        "register: positive, silence: unknown", "register: negative, silence: not_taken"
    )
    (tmp_path / "base.yaml").write_text(base)
    middle = "apiVersion: v3.1.0\nkind: DataContract\nid: middle\nversion: 1.0.0\nstatus: active\ncustomProperties:\n  - {property: profile, value: base}\n"
    (tmp_path / "middle.yaml").write_text(middle + "  - {property: strictness, value: strict}\n")
    monkeypatch.setattr(profile, "PROFILES", tmp_path)
    own = middle.replace("id: middle", "id: elm").replace("value: base", "value: middle")
    contract = load(tmp_path / "own", own)
    assert (contract.attendance.silence, contract.strictness, contract.party.id) == ("not_taken", "strict", "district-elm")
    other = load(tmp_path / "other", own + "  - property: attendance\n    value: {register: positive, silence: unknown}\n")
    assert other.attendance.silence == "unknown"
    (tmp_path / "base.yaml").write_text(base.replace("T: tardy", "T: late"))
    assert f"{tmp_path / 'base.yaml'}:" in problems(tmp_path / "wrong", own)


def test_a_profile_that_names_itself_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.contracts import profile

    text = "apiVersion: v3.1.0\nkind: DataContract\nid: elm\nversion: 1.0.0\nstatus: active\ncustomProperties:\n  - {property: profile, value: elm}\n"
    (tmp_path / "elm.yaml").write_text(text)
    monkeypatch.setattr(profile, "PROFILES", tmp_path)
    assert "in a circle" in problems(tmp_path / "own", text)


def test_the_files_of_a_table_in_the_contract_replace_those_of_the_profile(tmp_path: Path) -> None:
    text = ONEROSTER.replace("  - name: students\n", "  - name: students\n    physicalName: pupils.csv\n")
    assert {table.name: table.files for table in load(tmp_path, text).tables}["students"] == ("pupils.csv",)
