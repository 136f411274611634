"""The profile school-data-sync: v2.1 files."""

from pathlib import Path

import pytest

from orchestration.contracts.profile import PROFILES
from tests.support.profiles import Bundle, bundle, counts


@pytest.fixture
def sent(tmp_path: Path) -> Bundle:
    return bundle(tmp_path, "school-data-sync")


def test_the_files_are_taken(sent: Bundle) -> None:
    record = sent.deliver()
    assert (record.status, sent.rejected(), record.unused_files) == ("accepted", [], ["courses.csv", "relationships.csv"])
    assert counts(record) == {
        "orgs": (3, 0, 1),
        "students": (3, 0, 2),
        "roles": (3, 0, 1),
        "demographics": (2, 0, 1),
        "enrollments": (3, 0, 1),
        "flags": (3, 0, 1),
    }


def test_the_password_column_is_named_nowhere(sent: Bundle) -> None:
    assert "physicalName: password" not in (PROFILES / "school-data-sync.yaml").read_text(encoding="utf-8")
    record = sent.deliver()
    read = {words for table in record.tables for file in table.read_files for words in file.columns.values()}
    assert not read & {"password", "username", "email", "phone", "sms", "activeDirectoryMatchId"}
    # not even beside a rejected row
    sent.edit("users.csv", "Ada,One,hunter2", ",,hunter2").edit("roles.csv", "st1,s1,student", "st1,s1,pupil").deliver("2024-10-31")
    assert sent.ledger().execute("SELECT count(*) FROM raw.rejected_row WHERE contains(row_text, 'hunter2')").fetchall() == [(0,)]


def test_teachers_and_guardians_are_set_aside(sent: Bundle) -> None:
    sent.deliver()
    assert sent.in_force("student", "student_id") == [("st1",), ("st2",), ("st3",)]


def test_who_is_whose_guardian_is_not_taken(sent: Bundle) -> None:
    record = sent.deliver()
    assert "relationships.csv" not in {file.name for table in record.tables for file in table.read_files}


def test_a_year_is_named_by_its_fall(sent: Bundle) -> None:
    """Unlike OneRoster, which names it by its spring: schoolYear 2024 begins in August 2024."""
    sent.deliver()
    assert {row[0] for row in sent.in_force("enrollment", "school_year")} == {2025}


def test_a_class_enrolment_takes_school_and_year_from_its_class(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("enrollment", "student_id", "class_id", "school_id", "school_year", table="enrollments")
    assert rows == [("st1", "k1", "s1", 2025), ("st2", "k1", "s1", 2025), ("st3", "k2", "s2", 2025)]


def test_races_come_as_a_list_of_codes_and_ethnicity_apart(sent: Bundle) -> None:
    sent.deliver()
    flags = ("student_id", "is_asian", "is_white", "is_black", "is_hispanic")
    assert sent.in_force("student", *flags, table="demographics") == [("st1", True, True, None, None), ("st2", None, None, None, True)]


def test_flags_become_student_groups_and_unknown_ones_are_set_aside(sent: Bundle) -> None:
    sent.deliver()
    assert sent.in_force("student_group", "student_id", "student_group", "school_year") == [
        ("st1", "section_504", 2025),
        ("st1", "students_with_disabilities", 2025),
        ("st2", "free_meals", 2025),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("roles.csv", "st1,s1,", "st1,s9,", ("roles", 2, "school_id", "reference")),
        ("enrollments.csv", "k1,st1,", "k9,st1,", ("enrollments", 2, "class_id", "reference")),
        ("enrollments.csv", "k1,st1,", "k1,zz1,", ("enrollments", 2, "student_id", "reference")),
    ],
)
def test_a_row_about_nobody_or_nowhere_is_rejected(sent: Bundle, file: str, old: str, new: str, found: tuple[object, ...]) -> None:
    sent.edit(file, old, new).deliver()
    assert found in sent.rejected()


def test_a_role_that_nobody_knows_is_rejected_instead_of_left_out(sent: Bundle) -> None:
    sent.edit("roles.csv", "st3,s2,student", "st3,s2,pupil").deliver()
    assert [row for row in sent.rejected() if row[0] == "roles"] == [("roles", 4, "role", "not_allowed")]


def test_a_file_without_the_optional_columns_is_read(sent: Bundle) -> None:
    lines = [",".join(line.split(",")[:3]) for line in sent.files["roles.csv"].decode().splitlines()]
    sent.files["roles.csv"] = ("\n".join(lines) + "\n").encode()
    assert counts(sent.deliver())["roles"] == (3, 0, 1)
