"""Rules a contract adds of its own: references, expectations, records, deletions, other files of the delivery, strictness."""

from pathlib import Path

import pytest

from orchestration.contracts import ContractError, load_contracts
from tests.support.landing import Landing

HEAD = """\
apiVersion: v3.1.0
kind: DataContract
id: elm
name: Elm
version: 1.0.0
status: active
customProperties:
  - property: party
    value: {id: d, name: D, type: district}
  - property: terms
    value: {agreement: test}
  - property: delivery
    value: {max_rejected_share: 0.9, max_gone_share: null}
"""
STUDENTS = """\
  - name: students
    physicalName: users.csv
    customProperties:
      - {property: feed, value: student}
      EXTRA
    properties:
      - {name: student_id, physicalName: Id}
      - {name: first_name, physicalName: First}
"""


def landing(tmp_path: Path, extra: str, *, head: str = "", table: str = STUDENTS, more: str = "") -> Landing:
    """A table of students with one extra (property, value) and more extras of the contract."""
    return Landing(tmp_path).contract(f"{HEAD}{head}schema:\n{table.replace('EXTRA', f'- {{{extra}}}' if extra else '')}{more}")


def ingest(place: Landing, query: str = "SELECT student_id FROM raw.student ORDER BY 1") -> list[tuple[object, ...]]:
    for record in place.ingest().deliveries:
        assert record.status == "accepted", record.reason
    return place.ledger().execute(query).fetchall()


# ---- references ---------------------------------------------------------------------------------------------------------------

ORGS = "property: references, value: {column: Orgs, file: [orgs.csv, '*/orgs.csv'], key: Id, split: ','}"


def test_every_part_of_a_reference_must_stand_in_the_other_file(tmp_path: Path) -> None:
    place = landing(tmp_path, ORGS)
    place.deliver("d", orgs__csv="Name,Id\nA,1\nB, 2 \n", users__csv='Id,First,Orgs\ns1,Ann,1\ns2,Bo,"1, 2"\ns3,Cy,"2,3"\ns4,Di,\n')
    assert ingest(place) == [("s1",), ("s2",), ("s4",)]
    assert place.rejected() == [("users.csv", 4, "Orgs", "reference")]
    [record] = place.ingest().deliveries
    assert record.unused_files == []


def test_a_reference_into_a_file_that_is_not_sent_is_not_checked(tmp_path: Path) -> None:
    place = landing(tmp_path, ORGS)
    place.deliver("d", users__csv="Id,First,Orgs\ns1,Ann,1\n")
    assert ingest(place) == [("s1",)]


def test_changes_refer_to_records_of_earlier_deliveries(tmp_path: Path) -> None:
    place = landing(tmp_path, ORGS, table=STUDENTS.replace("EXTRA", "EXTRA\n      - {property: replacement, value: delta}"))
    place.deliver("d", orgs__csv="Name,Id\nA,1\n", users__csv="Id,First,Orgs\ns1,Ann,9\n")
    assert ingest(place) == [("s1",)]


def test_only_rows_that_meet_the_condition_can_be_referred_to(tmp_path: Path) -> None:
    place = landing(tmp_path, ORGS.replace("key: Id", "key: Id, where: {column: Type, in: [school]}"))
    place.deliver("d", orgs__csv="Type,Id\nschool,1\ndistrict,2\n", users__csv="Id,First,Orgs\ns1,Ann,1\ns2,Bo,2\n")
    assert ingest(place) == [("s1",)]


# ---- expectations and strictness -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("in: [Ann, Bo]", ["1", "2"]),
        ("not_in: [Bo]", ["1", "3", "4"]),
        ("matches: '[A-Z][a-z]+'", ["1", "2"]),
        ("in: [Ann, Bo], split: ','", ["1", "2", "3"]),
        ("in: [Ann], strict_only: true", ["1", "2", "3", "4"]),
        ("in: [Ann], mode: delta", ["1", "2", "3", "4"]),
    ],
)
def test_a_row_that_breaks_an_expectation_is_rejected(tmp_path: Path, rule: str, kept: list[str]) -> None:
    place = landing(tmp_path, f"property: expect, value: {{column: First, {rule}}}")
    place.deliver("d", users__csv='Id,First\n1,Ann\n2,Bo\n3,"Bo,Ann"\n4,x y\n')
    assert [student for (student,) in ingest(place)] == kept
    assert {(column, name) for _, _, column, name in place.rejected()} == ({("first_name", "not_allowed")} if len(kept) < 4 else set())


def test_a_strict_contract_follows_the_rules_that_a_lenient_one_drops(tmp_path: Path) -> None:
    extra = "property: expect, value: {column: First, in: [Ann], strict_only: true}"
    place = landing(tmp_path, extra, head="  - {property: strictness, value: strict}\n")
    place.deliver("d", users__csv="Id,First\n1,Ann\n2,Bo\n")
    assert ingest(place) == [("1",)]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Id,First,metadata.x", ""),
        ("First,Id", "'Id'"),
        ("Id,first", "'First'"),
        ("Id,First,Colour", "'Colour'"),
        ("Id,First,password", "'password'"),
    ],
)
def test_a_strict_contract_insists_on_the_standard_header(tmp_path: Path, header: str, said: str) -> None:
    extra = "property: standard_header, value: [Id, First]"
    place = landing(tmp_path, extra, head="  - {property: strictness, value: strict}\n")
    place.deliver("d", users__csv=header + "\n" + ",".join("1" for _ in header.split(",")) + "\n")
    [record] = place.ingest().deliveries
    assert (record.status == "quarantined", said in record.reason) == (bool(said), True)


# ---- rows that another file speaks of ----------------------------------------------------------------------------------------------

ROLES = "property: where, value: {column: Id, in_file: {file: roles.csv, key: User, where: {column: Role, matches: 'stud.*'}}ABSENT}"


def test_rows_of_people_that_another_file_does_not_name_are_never_taken(tmp_path: Path) -> None:
    place = landing(tmp_path, ROLES.replace("ABSENT", ""))
    place.deliver("d", roles__csv="User,Role\n1,student\n2,teacher\n", users__csv="Id,First\n1,Ann\n2,Zebulon\n")
    assert ingest(place) == [("1",)]
    [record] = place.ingest().deliveries
    assert (record.rows_read, record.rows_excluded) == (1, 1)


def test_without_the_other_file_the_stand_in_condition_holds(tmp_path: Path) -> None:
    place = landing(tmp_path, ROLES.replace("ABSENT", ", absent: {column: First, not_in: [Bo]}"))
    place.deliver("d", users__csv="Id,First\n1,Ann\n2,Bo\n")
    assert ingest(place) == [("1",)]


def test_excluded_rows_are_counted_by_the_texts_the_contract_spells_out(tmp_path: Path) -> None:
    place = landing(tmp_path, "property: where, value: {column: Role, in: [student], count: [teacher, aide]}")
    place.deliver("d", users__csv="Id,First,Role\n1,A,student\n2,B,teacher\n3,C,teacher\n4,D,secret agent\n")
    assert ingest(place) == [("1",)]
    [record] = place.ingest().deliveries
    assert record.rows_excluded == 3
    assert record.tables[0].read_files[0].excluded_as == {"teacher": 2}


# ---- records, their order, and taking them back -------------------------------------------------------------------------------------

CHANGES = STUDENTS.replace(
    "EXTRA",
    "- {property: replacement, value: delta}\n      - {property: record_id, value: Rec}\n      - {property: sequence, value: Version}",
)
DELETES = """\
  - name: deletes
    physicalName: deletes.csv
    customProperties:
      - {property: feed, value: student}
      - {property: optional, value: true}
      - {property: deleted, value: true}
      - {property: deletes_from, value: students}
      - {property: record_id, value: Rec}
      - {property: sequence, value: Version}
"""
RECORDS = "SELECT _record, _sequence, _deleted, _scope, student_id FROM raw.student ORDER BY ALL"


def test_records_keep_the_senders_id_and_the_order_of_their_changes(tmp_path: Path) -> None:
    place = landing(tmp_path, "", table=CHANGES, more=DELETES)
    place.deliver("d", users__csv="Rec,Version,Id,First\nr1,1,s1,Ann\nr1,2,s1,Anne\nr2,5,s2,Bo\n", deletes__csv="Rec,Version\nr2,7\n")
    assert ingest(place, RECORDS) == [
        ("r1", 1, None, "students/*", "s1"),
        ("r1", 2, None, "students/*", "s1"),
        ("r2", 5, None, "students/*", "s2"),
        ("r2", 7, True, "students/*", None),
    ]


def test_a_record_without_id_or_with_an_odd_version_is_rejected(tmp_path: Path) -> None:
    place = landing(tmp_path, "", table=CHANGES, more=DELETES)
    place.deliver("d", users__csv="Rec,Version,Id,First\n,1,s1,Ann\nr1,x,s1,Ann\nr3,,s3,Cy\nr4,1,s4,Di\n")
    assert ingest(place) == [("s4",)]
    assert [(line, column, rule) for _, line, column, rule in place.rejected()] == [
        (2, "Rec", "required"),
        (3, "Version", "whole_number"),
        (4, "Version", "required"),
    ]


def test_one_version_of_a_record_said_twice_is_a_contradiction(tmp_path: Path) -> None:
    place = landing(tmp_path, "", table=CHANGES, more=DELETES)
    place.deliver("d", users__csv="Rec,Version,Id,First\nr1,1,s1,Ann\nr1,1,s1,Anne\nr2,1,s2,Bo\n")
    assert ingest(place) == [("s2",)]
    assert {rule for *_, rule in place.rejected()} == {"duplicate_key"}


def test_a_row_that_takes_a_record_back_needs_nothing_but_its_key(tmp_path: Path) -> None:
    extra = "property: deleted_when, value: {column: State, in: [gone]}"
    place = landing(tmp_path, extra, table=STUDENTS + "      - {name: birth_date, physicalName: Born}\n")
    place.deliver("d", users__csv="Id,First,Born,State\ns1,Ann,2010-01-01,gone\ns2,,never,gone\n,,,gone\ns4,Di,never,\ns5,Ed,2010-01-01,\n")
    assert ingest(place, "SELECT student_id, _deleted FROM raw.student ORDER BY 1") == [("s1", True), ("s2", True), ("s5", False)]
    assert [(line, rule) for _, line, _, rule in place.rejected()] == [(4, "required"), (5, "date")]


def test_a_deletion_beside_its_record_is_a_contradiction(tmp_path: Path) -> None:
    place = landing(tmp_path, "property: deleted_when, value: {column: State, in: [gone]}")
    place.deliver("d", users__csv="Id,First,State\ns1,Ann,\ns1,Ann,gone\ns2,Bo,\n")
    assert ingest(place) == [("s2",)]


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("value: students}", "value: pupils}", "no table 'pupils'"),
        ("value: student}\n      - {property: optional", "value: consent}\n      - {property: optional", "this table must fill it too"),
        ("- {property: deletes_from, value: students}", "", "name it under deletes_from"),
        ("- {property: deleted, value: true}", "", "deletes_from goes with deleted: true"),
        ("- {property: record_id, value: Rec}\n      - {property: sequence, value: Version}\n", "", "both name their record_id"),
    ],
)
def test_a_table_of_deletions_fits_the_table_it_takes_rows_from(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    assert right in DELETES
    place = landing(tmp_path, "", table=CHANGES, more=DELETES.replace(right, wrong))
    with pytest.raises(ContractError, match=says):
        load_contracts(place.contracts)


# ---- repeated rows -------------------------------------------------------------------------------------------------------------------


def test_rows_repeated_on_purpose_are_folded_and_contradictions_are_not(tmp_path: Path) -> None:
    place = landing(tmp_path, "property: duplicates, value: fold")
    place.deliver("d", users__csv="Id,First\n1,Ann\n1,Ann\n1,Ann\n2,Bo\n2,Bob\n3,Cy\n")
    assert ingest(place) == [("1",), ("3",)]
    [record] = place.ingest().deliveries
    assert (record.rows_read, record.rows_accepted, record.rows_rejected, record.rows_excluded) == (4, 2, 2, 2)
    assert {(line, rule) for _, line, _, rule in place.rejected()} == {(5, "duplicate_key"), (6, "duplicate_key")}


# ---- code tables ---------------------------------------------------------------------------------------------------------------------


def lookup(tmp_path: Path, table: str, prop: str) -> Landing:
    """Students whose city comes through the code table."""
    city = f"      - {{name: city, {prop}}}\n"
    return landing(tmp_path, f"property: lookups, value: {{town: {{{table}}}}}", table=STUDENTS + city)


CITY = "SELECT student_id, city FROM raw.student ORDER BY 1"


def test_a_code_table_may_have_a_key_of_two_columns(tmp_path: Path) -> None:
    place = lookup(
        tmp_path,
        "file: towns.csv, key: '{State}|{No}', value: Town",
        "customProperties: [{property: template, value: '{St}|{Town}'}, {property: lookup, value: town}]",
    )
    place.deliver("d", towns__csv="No,State,Town\n1,CT,Elm\n1,MA,Oak\n", users__csv="Id,First,St,Town\n1,A,MA,1\n2,B,CT,1\n3,C,RI,1\n")
    assert ingest(place, CITY) == [("1", "Oak"), ("2", "Elm")]
    assert [(line, rule) for _, line, _, rule in place.rejected()] == [(4, "lookup")]


def test_a_code_of_no_table_may_be_missing_instead_of_wrong(tmp_path: Path) -> None:
    prop = "physicalName: Town, customProperties: [{property: lookup, value: town}, {property: otherwise, value: null}]"
    place = lookup(tmp_path, "file: towns.csv, key: No, value: Town, header: search, extract: '(.*) town'", prop)
    place.deliver("d", towns__csv="List of towns\n\nNo,Town\n1,Elm town\n", users__csv="Id,First,Town\n1,A,1\n2,B,9\n")
    assert ingest(place, CITY) == [("1", "Elm"), ("2", None)]


def test_an_optional_code_table_that_is_not_sent_leaves_the_column_empty(tmp_path: Path) -> None:
    prop = "physicalName: Town, customProperties: [{property: lookup, value: town}]"
    place = lookup(tmp_path, "file: towns.csv, key: No, value: Town, optional: true", prop)
    place.deliver("d", users__csv="Id,First,Town\n1,A,1\n")
    assert ingest(place, CITY) == [("1", None)]


# ---- the text of repeated rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "between", "end"),
    [
        ("", "", "\n"),
        ("Title\n\n", "", "\n"),
        ("", "x9\nx8,a,b\n", "\n"),
        ("", "\n\n", "\n"),
        ("", '5,"two\nlines"\n', "\n"),
        ("Title\n", "x9\n\n", "\r\n"),
        ("Title\n", "x9\n", "\r"),
        ("", "5,never\n", ""),
    ],
    ids=["plain", "title", "ragged", "blank lines", "lines in a cell", "windows", "old mac", "no last line end"],
)
def test_a_repeated_row_keeps_its_text_whatever_stands_around_it(tmp_path: Path, above: str, between: str, end: str) -> None:
    place = landing(tmp_path, "")
    text = f"{above}Id,First\n1, Ann \n{between}2,Bo\n1,Ann\n"
    content = text.replace("\n", end or "\n").removesuffix("\n" if not end else "")
    place.deliver("d", users__csv=content)
    assert ("1",) in ingest(place)
    files = [str(path) for path in place.raw.glob("rejected_row/**/*.parquet")]
    query = f"SELECT line, row_text FROM read_parquet({files}) WHERE rule = 'duplicate_row'"
    assert place.ledger().execute(query).fetchall() == [(text.count("\n"), '{"Id":"1","First":"Ann"}')]


def test_the_line_of_every_rejected_row_is_found_between_thousands_of_them(tmp_path: Path) -> None:
    place = landing(tmp_path, "property: expect, value: {column: First, not_in: [bad]}")
    rows = []
    expected = set()
    for number in range(2, 9_000):
        kind = (number * 7919) % 11
        rows.append({0: "ragged", 1: f"{number},bad", 2: f"{number - number % 5},Ann"}.get(kind, f"{number}x,Ann"))
        expected |= {(number, {0: "too_few_fields", 1: "not_allowed"}[kind])} if kind in (0, 1) else set()
    place.deliver("d", users__csv="Id,First\n" + "\n".join(rows) + "\n")
    [record] = place.ingest().deliveries
    assert record.status == "accepted", record.reason
    found = {(line, rule) for _, line, _, rule in place.rejected() if rule != "duplicate_row"}
    assert found == expected
    seen: set[str] = set()
    repeated = set()
    for number, row in enumerate(rows, 2):
        if row.endswith("Ann"):
            repeated |= {number} if row in seen else set()
            seen.add(row)
    assert {line for _, line, _, rule in place.rejected() if rule == "duplicate_row"} == repeated
