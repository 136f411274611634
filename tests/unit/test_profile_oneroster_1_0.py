"""The profile oneroster-1.0: files of pre-final bindings, whose headers have other names and other places."""

from pathlib import Path

import pytest

from tests.support.profiles import Bundle, bundle, counts


@pytest.fixture
def sent(tmp_path: Path) -> Bundle:
    return bundle(tmp_path, "oneroster-1.0")


def test_a_bundle_is_taken_without_a_manifest(sent: Bundle) -> None:
    record = sent.deliver()
    assert (record.status, record.reason, sent.rejected()) == ("accepted", "", [])
    assert counts(record)["students"] == (3, 0, 1)


def test_demographics_are_keyed_by_user_sourced_id_and_birthdate_is_one_word(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("student", "student_id", "birth_date", "sex", "is_hispanic", table="demographics")
    assert rows == [("st1", "2001-03-04", "female", False), ("st3", "2001-11-30", "male", True)]


def test_the_final_header_is_read_as_well(sent: Bundle) -> None:
    sent.edit("demographics.csv", "userSourcedId", "sourcedId").edit("users.csv", ",grade,", ",grades,").deliver()
    assert len(sent.in_force("student", "birth_date", table="demographics")) == 2
    assert dict(sent.in_force("enrollment", "student_id", "grade_level", table="student_grades")) == {"st1": "09", "st3": "09"}


def test_the_grade_stands_under_grade(sent: Bundle) -> None:
    sent.deliver()
    assert dict(sent.in_force("enrollment", "student_id", "grade_level", table="student_grades")) == {"st1": "09", "st3": "09"}


def test_metadata_columns_in_the_middle_shift_nothing(sent: Bundle) -> None:
    sent.deliver()
    assert sent.in_force("school", "school_id", "school_name", "district_id") == [
        ("d1", "Fixture School District", None),
        ("s1", "North School", "d1"),
    ]


def test_inactive_means_gone(sent: Bundle) -> None:
    sent.deliver()
    assert {row[0] for row in sent.in_force("student", "student_id")} == {"st1", "st3"}
    assert {row[0] for row in sent.in_force("enrollment", "student_id")} == {"st1", "st3"}


def test_neither_agents_nor_user_ids_are_read(sent: Bundle) -> None:
    record = sent.deliver()
    read = {words for table in record.tables for file in table.read_files for words in file.columns.values()}
    assert not read & {"agents", "userId", "username", "password", "email"}


def test_sessions_without_school_year_leave_the_year_open(sent: Bundle) -> None:
    """The year is then that of the dates, of the roster or of the delivery, as core decides."""
    sent.deliver()
    assert {row[0] for row in sent.in_force("enrollment", "school_year", table="enrollments")} == {None}


def test_several_orgs_in_one_cell_give_the_first(sent: Bundle) -> None:
    sent.deliver()
    assert dict(sent.in_force("enrollment", "student_id", "school_id", table="student_grades"))["st3"] == "s1"
