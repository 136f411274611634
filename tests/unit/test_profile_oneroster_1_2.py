"""Where the profile oneroster-1.2 differs from 1.1: roles in a file of their own, preferred names, primary org, more kinds of files.

Does not belong here: what both have in common (test_profile_oneroster_bundles.py).
"""

from pathlib import Path

import pytest

from tests.support.profiles import Bundle, bundle, counts
from tests.unit.test_profile_oneroster_bundles import LATER, STAMP, changes


@pytest.fixture
def sent(tmp_path: Path) -> Bundle:
    return bundle(tmp_path, "oneroster-1.2")


def test_a_role_at_a_school_is_an_enrolment_with_its_days(sent: Bundle) -> None:
    """A role at the district, as a guardian, as a teacher or of the sender's own kind is none."""
    record = sent.deliver()
    assert counts(record)["roles"] == (6, 0, 4)
    rows = sent.in_force("enrollment", "student_id", "school_id", "entry_date", "exit_date", "is_primary", table="roles")
    assert rows == [
        ("st1", "s1", "2024-08-15", "2025-06-10", True),
        ("st2", "s1", "2024-08-15", None, True),
        ("st3", "s1", "2024-08-15", "2025-01-17", True),
        ("st3", "s2", "2025-01-20", None, False),
        ("st4", "s2", "2024-08-15", None, True),
        ("st5", "s2", None, None, True),
    ]


def test_whoever_roles_calls_no_student_is_set_aside_everywhere(sent: Bundle) -> None:
    """A teacher has grades too: those taught."""
    record = sent.deliver()
    assert (counts(record)["students"], counts(record)["student_grades"], counts(record)["demographics"]) == (
        (5, 0, 2),
        (5, 0, 2),
        (5, 0, 1),
    )


def test_preferred_names_and_the_primary_org_are_read(sent: Bundle) -> None:
    sent.deliver()
    assert ("st1", "Addie") in sent.in_force("student", "student_id", "preferred_name", table="students")
    assert dict(sent.in_force("enrollment", "student_id", "school_id", table="student_grades"))["st4"] == "s2"


def test_a_letter_stands_before_a_number_as_the_mark(sent: Bundle) -> None:
    sent.deliver()
    assert sent.in_force("course_mark", "student_id", "mark") == [("st1", "A"), ("st2", "81")]


def test_every_file_of_the_standard_is_known_to_the_manifest(sent: Bundle) -> None:
    for name in ("userProfiles", "lineItemScoreScales", "resources"):
        sent.edit("manifest.csv", f"file.{name},absent", f"file.{name},bulk")
        sent.files[f"{name}.csv"] = b"sourcedId,status,dateLastModified\nq1,,\n"
    record = sent.deliver()
    assert record.status == "accepted"
    # and none of these is read: accounts and passwords stand in userProfiles
    assert {"userProfiles.csv", "lineItemScoreScales.csv", "resources.csv"} <= set(record.unused_files)


def test_a_role_of_nobody_or_nowhere_is_rejected(sent: Bundle) -> None:
    sent.edit("roles.csv", "r4,,,st4,", "r4,,,zz4,").edit("roles.csv", ",,s2,\nr6", ",,s9,\nr6").deliver()
    assert [row for row in sent.rejected() if row[0] == "roles"] == [
        ("roles", 5, "student_id", "reference"),
        ("roles", 6, "school_id", "reference"),
    ]


def test_a_primary_org_nobody_knows_is_rejected_with_the_grade_and_keeps_the_name(sent: Bundle) -> None:
    sent.edit("users.csv", "hunter2,,Addie,,,s1,,901", "hunter2,,Addie,,,s9,,901").deliver()
    assert sent.rejected() == [("student_grades", 2, "school_id", "reference")]
    assert ("st1",) in sent.in_force("student", "student_id", table="students")


def test_role_types_are_an_enumeration_to_a_strict_contract(sent: Bundle) -> None:
    assert sent.strict().edit("roles.csv", "st1,primary", "st1,main").deliver().status == "accepted"
    assert [row[2:] for row in sent.rejected()] == [("is_primary", "yes_no")]


def test_a_delta_of_users_without_roles_is_known_by_its_grade(sent: Bundle) -> None:
    """Nobody knows whether a user without grade is a student: the earlier row stays."""
    sent.deliver()
    header, *lines = sent.files["users.csv"].decode().splitlines()
    named = {line.split(",")[0]: line.replace(",,,true", f",active,{STAMP},true") for line in lines}
    rows = [header, named["st1"].replace(",One,", ",Uno,"), named["g1"], named["st2"].replace('"09,10"', "").replace("Ben", "Bob"), ""]
    changes(sent, users="delta").files["users.csv"] = "\n".join(rows).encode()
    assert sent.deliver(LATER).status == "accepted"
    names = dict(sent.in_force("student", "student_id", "last_name", table="students"))
    assert (names["st1"], names["st2"], "g1" in names) == ("Uno", "Two", False)


def test_a_student_who_becomes_something_else_leaves_by_delta(sent: Bundle) -> None:
    sent.deliver()
    header = sent.files["roles.csv"].decode().splitlines()[0]
    row = f"r4,active,{STAMP},st4,primary,aide,2024-10-01,,s2,"
    changes(sent, roles="delta").files["roles.csv"] = f"{header}\n{row}\n".encode()
    assert sent.deliver(LATER).status == "accepted"
    assert "st4" not in {row[0] for row in sent.in_force("enrollment", "student_id", table="roles")}


def test_changes_of_roles_beside_changes_of_users_do_not_end_the_others(sent: Bundle) -> None:
    """The roles of a delta are not all roles: a user who is not among them may be a student all the same."""
    sent.deliver()
    users, roles = (sent.files[name].decode().splitlines() for name in ("users.csv", "roles.csv"))
    row = users[1].replace(",,,true", f",active,{STAMP},true").replace(",One,", ",Uno,")
    changes(sent, users="delta", roles="delta").files["users.csv"] = f"{users[0]}\n{row}\n".encode()
    sent.files["roles.csv"] = f"{roles[0]}\nr5,active,{STAMP},st5,primary,student,2024-10-01,,s2,\n".encode()
    assert sent.deliver(LATER).status == "accepted"
    names = dict(sent.in_force("student", "student_id", "last_name", table="students"))
    assert names == {"st1": "Uno", "st2": "Two", "st3": "Three", "st4": "Four", "st5": "Five"}


def test_a_bulk_may_name_what_only_changes_of_another_file_leave_out(sent: Bundle) -> None:
    sent.deliver()
    users, enrollments = sent.files["users.csv"].decode().splitlines(), sent.files["enrollments.csv"]
    row = users[1].replace(",,,true", f",active,{STAMP},true")
    changes(sent, users="delta", enrollments="bulk").files["users.csv"] = f"{users[0]}\n{row}\n".encode()
    sent.files["enrollments.csv"] = enrollments
    assert (sent.deliver(LATER).status, sent.rejected()) == ("accepted", [])


def test_strict_takes_a_conformant_bundle(sent: Bundle) -> None:
    record = sent.strict().deliver()
    assert (record.status, record.reason, sent.rejected()) == ("accepted", "", [])
