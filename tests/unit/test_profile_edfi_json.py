"""The profile edfi-json: API pages and deletes as files."""

import json
from pathlib import Path

import pytest

from tests.support.profiles import Bundle, bundle, counts

LATER, LAST = "2024-10-31", "2024-11-30"
ASSOCIATIONS = "studentEducationOrganizationAssociations"
URI = "uri://ed-fi.org/"


@pytest.fixture
def sent(tmp_path: Path) -> Bundle:
    return bundle(tmp_path, "edfi-json")


def page(sent: Bundle, name: str, *records: dict[str, object]) -> Bundle:
    """The next delivery holds this page too."""
    sent.files[name] = json.dumps(records).encode()
    return sent


def test_pages_of_every_resource_are_taken(sent: Bundle) -> None:
    record = sent.deliver()
    assert (record.status, record.reason, record.unused_files) == ("accepted", "", [])
    found = counts(record)
    assert (found["schools"], found["districts"], found["students"]) == ((2, 0, 0), (1, 0, 0), (3, 0, 0))
    assert (found["enrollments"], found["calendar_dates"], found["discipline"]) == ((3, 0, 0), (3, 0, 0), (1, 0, 0))


def test_a_byte_order_mark_an_empty_page_and_id_in_capitals_are_read(sent: Bundle) -> None:
    assert sent.files["students_0001.json"].startswith(b"\xef\xbb\xbf")
    assert json.loads(sent.files["students_0003.json"]) == []
    assert "Id" in json.loads(sent.files["students_0002.json"])[0]
    sent.deliver()
    assert sent.in_force("student", "student_id", "preferred_name", table="students") == [("901", "Addie"), ("902", None), ("903", None)]


def test_all_pages_of_a_resource_may_be_empty(sent: Bundle) -> None:
    """A night without changes."""
    sent.deliver()
    record = page(sent.only(), "students.json").deliver(LATER)
    assert (record.status, counts(record)["students"]) == ("accepted", (0, 0, 0))
    assert len(sent.in_force("student", "student_id", table="students")) == 3


def test_every_race_of_a_student_stands_in_one_row(sent: Bundle) -> None:
    sent.deliver()
    flags = ("student_id", "sex", "is_hispanic", "is_asian", "is_white", "is_black")
    assert sent.in_force("student", *flags, table="student_demographics") == [
        ("901", "female", False, True, True, None),
        ("902", "male", True, None, None, None),
    ]


def test_characteristics_and_programs_become_student_groups(sent: Bundle) -> None:
    record = sent.deliver()
    assert sent.in_force("student_group", "student_id", "student_group", "begin_date") == [
        ("901", "economically_disadvantaged", None),
        ("901", "gifted", "2024-08-30"),
        ("901", "homeless", "2024-09-01"),
        ("902", "english_learner", None),
        ("903", "reduced_price_meals", "2024-08-30"),
        ("903", "students_with_disabilities", "2024-08-30"),
    ]
    # a single parent and career education are no group of the hub
    assert (counts(record)["student_characteristics"], counts(record)["programs"]) == ((2, 0, 2), (2, 0, 1))


def test_an_unknown_attendance_category_is_rejected_and_never_a_day_present(sent: Bundle) -> None:
    sent.deliver()
    assert sent.rejected() == [("attendance", 4, "attendance_status", "code")]


def test_the_duration_of_an_event_counts_on_absences_only(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("attendance", "student_id", "attendance_status", "absence_fraction::DOUBLE")
    assert rows == [("901", "absent_excused", 0.5), ("901", "tardy", None), ("902", "absent_unexcused", None)]


def test_a_day_with_several_events_is_a_school_day_if_one_of_them_is_instruction(sent: Bundle) -> None:
    sent.deliver()
    days = dict(sent.in_force("calendar_day", "calendar_date", "is_instructional"))
    assert days == {"2024-09-02": False, "2024-09-03": True, "2024-09-04": False}


def test_every_score_of_a_sitting_is_kept_apart_and_a_sitting_without_scores_too(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("assessment_result", "student_id", "score_type", "score::INT", "performance_level")
    assert rows == [("901", "Raw score", 28, "Proficient"), ("901", "Scale score", 691, "Proficient"), ("902", None, None, None)]


def test_the_subject_of_a_test_comes_from_its_description_if_there_is_one(sent: Bundle) -> None:
    sent.deliver()
    assert sent.in_force("assessment_result", "assessment_id", "subject") == [("STATE-MATH", "math")]
    sent.drop("assessments.json").deliver(LATER)
    assert (None,) in sent.in_force("assessment_result", "subject")


def test_an_enrolment_that_never_began_is_marked(sent: Bundle) -> None:
    sent.deliver()
    exits = dict(sent.in_force("enrollment", "student_id", "exit_type"))
    # open: nothing; left with a type of the state's own list: unknown; no show: known, and core leaves it out
    assert exits == {"901": None, "902": "unknown", "903": "no_show"}


def test_a_later_page_replaces_the_record_of_the_same_id(sent: Bundle) -> None:
    """The entry date is part of the feed's key: by the key the old row would stay."""
    sent.deliver()
    record = json.loads(sent.files["studentSchoolAssociations.json"])[0]
    page(sent.only(), "studentSchoolAssociations.json", {**record, "entryDate": "2024-09-02"}).deliver(LATER)
    assert sent.in_force("enrollment", "entry_date", table="enrollments") == [("2024-08-15",), ("2024-09-02",)]
    assert len(sent.in_force("enrollment", "student_id", "entry_date")) == 3


def test_a_deletes_page_takes_the_record_back_by_its_id(sent: Bundle) -> None:
    sent.deliver()
    page(sent.only(), "studentSchoolAttendanceEvents_deletes.json", {"id": "f01", "changeVersion": 77, "keyValues": {}}).deliver(LATER)
    rows = sent.in_force("attendance", "student_id", "attendance_date")
    assert rows == [("901", "2024-09-04"), ("902", "2024-09-03")]


def test_a_deletion_wins_over_a_page_of_the_same_delivery(sent: Bundle) -> None:
    page(sent, "students/deletes_1.json", {"Id": "c02", "ChangeVersion": 77}).deliver()
    assert sent.in_force("student", "student_id", table="students") == [("901",), ("903",)]


def test_of_two_versions_in_one_delivery_the_higher_change_version_counts(sent: Bundle) -> None:
    one = {"id": "c09", "studentUniqueId": "909", "lastSurname": "Nine"}
    page(sent, "students_0004.json", {**one, "firstName": "New", "changeVersion": 12}, {**one, "firstName": "Old", "changeVersion": 11})
    sent.deliver()
    assert sent.rejected() == [("attendance", 4, "attendance_status", "code")]
    assert ("909", "New") in sent.in_force("student", "student_id", "first_name", table="students")
    assert ("909", "Old") not in sent.in_force("student", "student_id", "first_name", table="students")


def test_a_record_that_overlapping_pages_bring_twice_is_taken_once(sent: Bundle) -> None:
    [cam] = json.loads(sent.files["students_0002.json"])
    record = page(sent, "students_0004.json", cam).deliver()
    assert counts(record)["students"] == (3, 0, 1)


def test_two_categories_on_one_day_are_two_marks(sent: Bundle) -> None:
    event = json.loads(sent.files["studentSchoolAttendanceEvents.json"])[0]
    tardy = {**event, "id": "f05", "attendanceEventCategoryDescriptor": f"{URI}AttendanceEventCategoryDescriptor#Tardy"}
    page(sent, "studentSchoolAttendanceEvents_2.json", tardy).deliver()
    marks = sent.in_force("attendance", "student_id", "attendance_date", "attendance_status")
    assert marks[:2] == [("901", "2024-09-03", "absent_excused"), ("901", "2024-09-03", "tardy")]


def test_a_race_taken_away_does_not_stay(sent: Bundle) -> None:
    sent.deliver()
    record = json.loads(sent.files[f"{ASSOCIATIONS}/0001.json"])[0]
    page(sent.only(), f"{ASSOCIATIONS}.json", {**record, "races": [{"raceDescriptor": f"{URI}RaceDescriptor#White"}]}).deliver(LATER)
    assert ("901", None, True) in sent.in_force("student", "student_id", "is_asian", "is_white", table="student_demographics")


def test_a_characteristic_or_language_status_that_ended_does_not_stay(sent: Bundle) -> None:
    """The record is still there; what the table takes of it is not."""
    sent.deliver()
    ada, ben = json.loads(sent.files[f"{ASSOCIATIONS}/0001.json"])
    ada["studentCharacteristics"] = ada["studentCharacteristics"][1:]  # no longer homeless
    ben["limitedEnglishProficiencyDescriptor"] = f"{URI}LimitedEnglishProficiencyDescriptor#NotLimited"
    page(sent.only(), f"{ASSOCIATIONS}.json", ada, ben).deliver(LATER)
    groups = {row[0] for row in sent.in_force("student_group", "student_group")}
    assert groups == {"economically_disadvantaged", "gifted", "reduced_price_meals", "students_with_disabilities"}
    ada["studentCharacteristics"] = []
    page(sent.only(), f"{ASSOCIATIONS}.json", ada).deliver(LAST)
    assert "economically_disadvantaged" not in {row[0] for row in sent.in_force("student_group", "student_group")}


def test_a_record_without_id_is_rejected(sent: Bundle) -> None:
    page(sent, "students_0004.json", {"studentUniqueId": "909", "firstName": "No", "lastSurname": "Id"}).deliver()
    assert ("students", 1, "id", "required") in sent.rejected()


def test_a_page_that_is_no_json_is_quarantined(sent: Bundle) -> None:
    sent.files["students_0002.json"] = b'[{"id": "c03", "studentUniqueId": "903", '
    assert sent.deliver().status == "quarantined"
