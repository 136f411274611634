"""The profile edfi-xml: interchange files, each a whole."""

import gzip
from pathlib import Path

import pytest

from tests.support.profiles import Bundle, bundle, counts

LATER = "2024-10-31"


@pytest.fixture
def sent(tmp_path: Path) -> Bundle:
    return bundle(tmp_path, "edfi-xml")


def test_every_interchange_is_taken(sent: Bundle) -> None:
    record = sent.deliver()
    assert (record.status, record.reason, record.unused_files) == ("accepted", "", [])
    found = counts(record)
    assert (found["schools"], found["districts"], found["students"], found["enrollments"]) == ((2, 0, 0), (1, 0, 0), (3, 0, 0), (2, 0, 0))
    assert (found["calendar_dates"], found["attendance"], found["discipline"]) == ((3, 0, 0), (3, 1, 0), (1, 0, 0))


def test_a_gzipped_file_is_read_as_the_file_inside(sent: Bundle) -> None:
    sent.files["Student.xml.gz"] = gzip.compress(sent.files.pop("Student.xml"))
    assert counts(sent.deliver())["students"] == (3, 0, 0)


@pytest.mark.parametrize("namespace", ["http://ed-fi.org/3.3.0-a", "http://ed-fi.org/6.1.0"])
def test_the_namespace_of_a_version_does_not_matter(sent: Bundle, namespace: str) -> None:
    sent.edit("Student.xml", "http://ed-fi.org/5.2.0", namespace)
    assert counts(sent.deliver())["students"] == (3, 0, 0)


def test_an_interchange_may_come_in_parts(sent: Bundle) -> None:
    part = sent.files["Student.xml"].decode().replace("<StudentUniqueId>90", "<StudentUniqueId>80")
    sent.files["Student-Part2.xml"] = part.encode()
    assert counts(sent.deliver())["students"] == (6, 0, 0)


def test_preferred_names_are_read(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("student", "student_id", "preferred_name", "name_suffix", table="students")
    assert rows == [("901", "Addie", None), ("902", None, "Jr"), ("903", None, None)]


def test_a_school_names_its_district_by_identity_or_by_reference(sent: Bundle) -> None:
    identity = "<LocalEducationAgencyIdentity><LocalEducationAgencyId>1000</LocalEducationAgencyId></LocalEducationAgencyIdentity>"
    reference = '<LocalEducationAgencyReference ref="LEAG_1000"/>'
    sent.deliver()
    schools = [("1000", "district", None), ("1001", "school", "1000"), ("1002", "school", "1000")]
    assert sent.in_force("school", "school_id", "organization_type", "district_id") == schools
    whole = f"<LocalEducationAgencyReference>{identity}</LocalEducationAgencyReference>"
    sent.edit("EducationOrganization.xml", reference, whole).deliver(LATER)
    assert sent.in_force("school", "school_id", "organization_type", "district_id") == schools


def test_every_race_of_a_student_stands_in_one_row(sent: Bundle) -> None:
    sent.deliver()
    flags = ("student_id", "sex", "is_hispanic", "is_asian", "is_white", "is_black")
    assert sent.in_force("student", *flags, table="student_demographics") == [("901", "female", False, True, True, None)]


def test_characteristics_and_programs_become_student_groups(sent: Bundle) -> None:
    """A pregnancy and career education are no group of the hub; free lunch and free breakfast are one status."""
    record = sent.deliver()
    assert sent.in_force("student_group", "student_id", "student_group", "begin_date") == [
        ("901", "english_learner", None),
        ("901", "gifted", "2024-08-30"),
        ("901", "homeless", "2024-09-01"),
        ("903", "free_meals", "2024-08-30"),
        ("903", "students_with_disabilities", "2024-08-30"),
    ]
    assert (counts(record)["student_characteristics"], counts(record)["programs"]) == ((1, 0, 1), (1, 0, 1))


def test_a_file_without_a_kind_of_program_is_no_empty_file(sent: Bundle) -> None:
    record = sent.deliver()
    assert (record.status, counts(record)["section_504"]) == ("accepted", (0, 0, 0))


def test_a_file_without_any_enrolment_that_would_end_them_all_is_quarantined(sent: Bundle) -> None:
    sent.deliver()
    text = sent.files["StudentEnrollment.xml"].decode()
    head, _, rest = text.partition(" <StudentSchoolAssociation>")
    sent.files["StudentEnrollment.xml"] = (head + rest[rest.rindex("</StudentSchoolAssociation>") + 28 :]).encode()
    assert sent.deliver(LATER).status == "quarantined"
    assert len(sent.in_force("enrollment", "student_id")) == 2


def test_two_categories_on_one_day_are_two_marks(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("attendance", "student_id", "attendance_date", "attendance_status")
    assert rows[:2] == [("901", "2024-09-03", "absent_excused"), ("901", "2024-09-03", "partial")]


def test_an_unknown_attendance_category_is_rejected_and_never_a_day_present(sent: Bundle) -> None:
    sent.deliver()
    # counted by records, as people count them in a file of elements
    assert sent.rejected() == [("attendance", 4, "attendance_status", "code")]


def test_the_duration_of_an_event_counts_on_absences_only(sent: Bundle) -> None:
    sent.deliver()
    fractions = dict(sent.in_force("attendance", "attendance_status", "absence_fraction::DOUBLE"))
    assert fractions == {"absent_excused": 0.5, "partial": None, "tardy": None}


def test_scores_of_a_sitting_stand_apart_and_those_of_its_objectives_are_not_taken(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("assessment_result", "student_id", "score_type", "score::INT", "performance_level", "administration_date")
    assert rows == [
        ("901", "Raw score", 28, "Met Standard", "2025-04-01"),
        ("901", "Vertical score", 691, "Met Standard", "2025-04-01"),
        ("902", None, None, None, "2025-04-01"),
    ]


def test_the_subject_of_a_test_comes_from_its_metadata(sent: Bundle) -> None:
    sent.deliver()
    assert sent.in_force("assessment_result", "assessment_id", "subject") == [("STATE-MATH", "math")]
    sent.edit("AssessmentMetadata-State.xml", "STATE-MATH", "OTHER").deliver(LATER)
    assert sent.in_force("assessment_result", "subject") == [(None,)]


def test_sessions_are_no_calendar(sent: Bundle) -> None:
    """A session says from when to when and how many days of school, and not which days."""
    sent.deliver()
    days = dict(sent.in_force("calendar_day", "calendar_date", "is_instructional"))
    assert days == {"2024-09-02": False, "2024-09-03": True, "2024-09-04": False}


def test_who_reported_an_incident_is_not_taken(sent: Bundle) -> None:
    record = sent.deliver()
    read = {words for table in record.tables for file in table.read_files for words in file.columns.values()}
    assert not any("Reporter" in words or "Telephone" in words or "Address.Street" in words for words in read)
