"""What the profiles oneroster-1.1 and oneroster-1.2 have in common: the bundle, its manifest, bulk and delta, cross-file rules.

Does not belong here: where 1.2 differs (test_profile_oneroster_1_2.py) or pre-final files (test_profile_oneroster_1_0.py).
"""

from pathlib import Path

import pytest

from tests.support.profiles import Bundle, bundle, counts

LATER = "2024-10-31"
STAMP = "2024-10-30T06:00:00.000Z"


# What both profiles write in their own words is asked of both; the rest they share by the words themselves, and one is enough.
EITHER = pytest.mark.parametrize("sent", ["oneroster-1.1", "oneroster-1.2"], indirect=True)


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Bundle:
    return bundle(tmp_path, getattr(request, "param", "oneroster-1.1"))


def changes(sent: Bundle, **modes: str) -> Bundle:
    """The next delivery is a manifest alone, with these files as they come; the test puts them beside it."""
    lines = [line for line in sent.files["manifest.csv"].decode().splitlines() if not line.startswith("file.")]
    known = [line.split(",")[0] for line in sent.files["manifest.csv"].decode().splitlines() if line.startswith("file.")]
    lines += [f"{name},{modes.get(name.removeprefix('file.'), 'absent')}" for name in known]
    return sent.only(manifest__csv="\n".join(lines) + "\n")


@EITHER
def test_a_bundle_is_taken_whole(sent: Bundle) -> None:
    record = sent.deliver()
    assert (record.status, record.reason, sent.rejected()) == ("accepted", "", [])
    found = counts(record)
    assert (found["orgs"], found["students"], found["demographics"], found["enrollments"]) == ((3, 0, 1), (5, 0, 2), (5, 0, 1), (5, 0, 1))
    # the manifest knows them and no feed needs them
    assert set(record.unused_files) <= {"categories.csv", "courses.csv", "scoreScales.csv"}


@EITHER
def test_names_and_birth_dates_of_teachers_and_guardians_are_not_taken(sent: Bundle) -> None:
    sent.deliver()
    assert {row[0] for row in sent.in_force("student", "student_id")} == {"st1", "st2", "st3", "st4", "st5"}
    assert not {"Tea", "Gua"} & {row[0] for row in sent.in_force("student", "first_name")}
    assert "1980-05-06" not in {row[0] for row in sent.in_force("student", "birth_date")}


@EITHER
def test_whoever_is_left_out_is_counted_by_role(sent: Bundle) -> None:
    record = sent.deliver()
    table = next(t for t in record.tables if t.table == ("students" if sent.profile == "oneroster-1.1" else "roles"))
    [file] = table.read_files
    assert (file.excluded_as["teacher"], file.excluded_as["guardian"]) == (1, 1)


@EITHER
def test_no_password_user_name_or_contact_is_read(sent: Bundle) -> None:
    record = sent.deliver()
    read = {words for table in record.tables for file in table.read_files for words in file.columns.values()}
    assert not read & {"password", "username", "email", "sms", "phone", "agentSourcedIds", "pronouns", "metadata.stateId"}


def test_the_first_grade_of_a_list_is_the_grade(sent: Bundle) -> None:
    sent.deliver()
    grades = dict(sent.in_force("enrollment", "student_id", "grade_level", table="student_grades"))
    assert (grades["st1"], grades["st2"], grades["st3"]) == ("09", "09", "10")


def test_a_class_enrolment_without_dates_takes_the_year_of_its_terms(sent: Bundle) -> None:
    """k1 is taught in "fa,sp", two terms in one cell, both of 2024-25."""
    sent.deliver()
    rows = sent.in_force("enrollment", "student_id", "class_id", "school_year", "entry_date", table="enrollments")
    assert ("st3", "k1", 2025, None) in rows
    assert {row[2] for row in rows} == {2025}


@EITHER
def test_final_marks_are_taken_and_homework_is_not(sent: Bundle) -> None:
    record = sent.deliver()
    assert counts(record)["final_marks"] == (2, 0, 2)
    marks = sent.in_force("course_mark", "student_id", "course_id", "term", "school_year", "subject")
    assert marks == [("st1", "c1", "sp", 2025, "Mathematics"), ("st2", "c1", "sp", 2025, "Mathematics")]


def test_a_bundle_may_lie_in_a_folder_of_its_own(sent: Bundle) -> None:
    sent.files = {f"export/{name}": content for name, content in sent.files.items()}
    assert sent.deliver().status == "accepted"


def test_a_manifest_that_promises_what_the_folder_lacks_is_quarantined(sent: Bundle) -> None:
    record = sent.drop("demographics.csv").deliver()
    assert record.status == "quarantined"
    assert "promises demographics.csv" in record.reason


def test_a_file_that_the_manifest_declares_absent_is_quarantined(sent: Bundle) -> None:
    record = sent.edit("manifest.csv", "file.demographics,bulk", "file.demographics,absent").deliver()
    assert record.status == "quarantined"
    assert "demographics.csv is absent, and demographics.csv is there" in record.reason


@EITHER
def test_a_manifest_of_another_version_is_quarantined(sent: Bundle) -> None:
    record = sent.edit("manifest.csv", "oneroster.version,1.", "oneroster.version,2.").deliver()
    assert (record.status, "manifest.csv" in record.reason) == ("quarantined", True)


def test_a_bundle_without_manifest_is_taken_unless_the_contract_is_strict(sent: Bundle) -> None:
    assert sent.drop("manifest.csv").deliver().status == "accepted"
    record = sent.strict().deliver(LATER)
    assert (record.status, "there is no manifest" in record.reason) == ("quarantined", True)


def test_a_file_the_layout_does_not_know_is_refused_by_a_strict_contract_only(sent: Bundle) -> None:
    sent.files["lockers.csv"] = b"number\n7\n"
    record = sent.deliver()
    assert (record.status, "lockers.csv" in record.unused_files) == ("accepted", True)
    assert sent.strict().deliver(LATER).status == "quarantined"


def test_a_manifest_alone_changes_nothing(sent: Bundle) -> None:
    sent.deliver()
    before = sent.in_force("enrollment", "student_id", "school_id")
    record = changes(sent).deliver(LATER)
    assert (record.status, record.tables) == ("accepted", [])
    assert sent.in_force("enrollment", "student_id", "school_id") == before


def test_an_empty_bulk_that_would_end_every_enrolment_is_quarantined(sent: Bundle) -> None:
    sent.deliver()
    before = sent.in_force("enrollment", "student_id", "class_id", table="enrollments")
    header = sent.files["enrollments.csv"].decode().splitlines()[0]
    changes(sent, enrollments="bulk").files["enrollments.csv"] = f"{header}\n".encode()
    record = sent.deliver(LATER)
    assert record.status == "quarantined"
    assert "no rows" in record.reason
    assert sent.in_force("enrollment", "student_id", "class_id", table="enrollments") == before


def test_a_delta_without_its_bulk_is_quarantined(sent: Bundle) -> None:
    users = sent.files["users.csv"]
    changes(sent, users="delta").files["users.csv"] = users
    record = sent.deliver()
    assert record.status == "accepted"
    [(status, reason)] = sent.ledger().execute("SELECT status, reason FROM governance.delivery").fetchall()
    assert status == "quarantined"
    assert "only changes came" in reason


@EITHER
def test_a_delta_changes_adds_and_takes_back_by_sourced_id(sent: Bundle) -> None:
    sent.deliver()
    header = sent.files["enrollments.csv"].decode().splitlines()[0]
    rows = (
        f"e1,active,{STAMP},k1,s1,st1,student,false,2024-09-01,2025-06-10",  # begins later than was said
        f"e2,tobedeleted,{STAMP},k1,s1,st2,student,false,2024-08-15,2025-06-10",
        f"e7,active,{STAMP},k2,s2,st2,student,false,2024-10-01,",  # to a class and by a user that only the bulk knows
    )
    changes(sent, enrollments="delta").files["enrollments.csv"] = "\n".join((header, *rows, "")).encode()
    assert sent.deliver(LATER).status == "accepted"
    found = sent.in_force("enrollment", "student_id", "class_id", "entry_date", table="enrollments")
    assert found == [
        ("st1", "k1", "2024-09-01"),
        ("st2", "k2", "2024-10-01"),
        ("st3", "k1", None),
        ("st4", "k2", "2024-08-15"),
        ("st5", "k2", None),
    ]


def test_a_new_bulk_ends_what_it_does_not_hold(sent: Bundle) -> None:
    sent.deliver()
    header, first, *_ = sent.files["enrollments.csv"].decode().splitlines()
    changes(sent, enrollments="bulk").files["enrollments.csv"] = f"{header}\n{first}\n".encode()
    assert sent.deliver(LATER).status == "accepted"
    assert sent.in_force("enrollment", "student_id", table="enrollments") == [("st1",)]
    # of the other files nothing was said
    assert len(sent.in_force("student", "student_id")) == 5


@EITHER
def test_status_and_date_in_bulk_are_let_pass_and_refused_by_a_strict_contract(sent: Bundle) -> None:
    sent.edit("orgs.csv", "s1,,,", f"s1,active,{STAMP},")
    assert (sent.deliver().status, sent.rejected()) == ("accepted", [])
    sent.strict().deliver()
    assert sent.rejected() == [("orgs", 3, "status", "not_allowed")]


def test_status_and_date_in_delta_are_required_by_a_strict_contract(sent: Bundle) -> None:
    sent.strict().deliver()
    header = sent.files["orgs.csv"].decode().splitlines()[0]
    rows = f"{header}\ns1,active,{STAMP},North,school,1001,d1\ns2,,,South,school,1002,d1\ns3,active,2024-10-30,East,school,1003,d1\n"
    changes(sent, orgs="delta").files["orgs.csv"] = rows.encode()
    sent.deliver(LATER)
    assert sent.rejected() == [("orgs", 3, "status", "not_allowed"), ("orgs", 4, "dateLastModified", "not_allowed")]


def test_a_status_of_another_language_is_rejected(sent: Bundle) -> None:
    sent.edit("orgs.csv", "s1,,,", "s1,deleted,,").deliver()
    assert sent.rejected() == [("orgs", 3, "status", "not_allowed")]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [("e1,,,k1", "e1,,,k9", "class_id"), ("k1,s1,st1", "k1,s9,st1", "school_id"), ("s1,st1,", "s1,st9,", "student_id")],
)
def test_an_enrolment_of_nobody_nowhere_or_in_no_class_is_rejected(sent: Bundle, old: str, new: str, column: str) -> None:
    sent.edit("enrollments.csv", old, new).deliver()
    assert sent.rejected() == [("enrollments", 2, column, "reference")]


def test_a_class_enrolment_in_a_district_is_refused_by_a_strict_contract(sent: Bundle) -> None:
    sent.edit("enrollments.csv", "k1,s1,st1", "k1,d1,st1")
    assert (sent.deliver().status, sent.rejected()) == ("accepted", [])
    sent.strict().deliver()
    assert sent.rejected() == [("enrollments", 2, "school_id", "reference")]


@EITHER
def test_demographics_of_an_unknown_user_do_not_come_in(sent: Bundle) -> None:
    """1.1 knows the role from users.csv and rejects; 1.2 knows no student of this id in roles.csv and sets it aside."""
    record = sent.edit("demographics.csv", "st1,,,", "zz1,,,").deliver()
    assert counts(record)["demographics"] == ((4, 1, 1) if sent.profile == "oneroster-1.1" else (4, 0, 2))
    assert "zz1" not in {row[0] for row in sent.in_force("student", "student_id")}


def test_a_sourced_id_on_two_different_rows_is_rejected_and_a_repeated_row_is_taken_once(sent: Bundle) -> None:
    sent.edit("enrollments.csv", "e2,,,", "e1,,,")
    sent.files["enrollments.csv"] += b"e4,,,k2,s2,st4,student,,2024-08-15,2025-06-10\n"
    sent.deliver()
    assert sorted(row[3] for row in sent.rejected()) == ["duplicate_key", "duplicate_key", "duplicate_row"]


@EITHER
def test_a_role_that_nobody_knows_is_rejected_instead_of_left_out(sent: Bundle) -> None:
    """A student's role in other words would otherwise be a student lost in silence."""
    file = "users.csv" if sent.profile == "oneroster-1.1" else "roles.csv"
    sent.edit(file, ",student,", ",pupil,").deliver()
    found = [row for row in sent.rejected() if row[0] in ("students", "roles")]
    assert {row[3] for row in found} == {"not_allowed"}
    assert len(found) >= 5


def test_a_column_of_ones_own_stands_at_the_right_under_metadata(sent: Bundle) -> None:
    """Anywhere else it is nothing to a lenient contract, and the layout is not the standard's to a strict one."""
    sent.edit("orgs.csv", "parentSourcedId", "parentSourcedId,metadata.zip").edit("orgs.csv", ",d1\n", ",d1,99001\n")
    sent.edit("orgs.csv", "1000,\n", "1000,,\n").edit("orgs.csv", ",,s1\n", ",,s1,\n")
    assert sent.strict().deliver().status == "accepted"
    sent.edit("orgs.csv", "metadata.zip", "zip")
    record = sent.deliver(LATER)
    assert (record.status, "orgs.csv" in record.reason) == ("quarantined", True)


def test_the_order_of_columns_matters_to_a_strict_contract_only(sent: Bundle) -> None:
    lines = [line.split(",") for line in sent.files["orgs.csv"].decode().splitlines()]
    sent.files["orgs.csv"] = ("\n".join(",".join([line[0], *line[3:5], *line[1:3], *line[5:]]) for line in lines) + "\n").encode()
    assert (sent.deliver().status, counts(sent.deliver())["orgs"]) == ("accepted", (3, 0, 1))
    assert sent.strict().deliver(LATER).status == "quarantined"
