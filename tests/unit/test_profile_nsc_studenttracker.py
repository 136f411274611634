"""The profile nsc-studenttracker: the current layout and that for high schools, in every spelling of their headers."""

from pathlib import Path

import pytest

from tests.support.profiles import Bundle, bundle, counts

CURRENT, SCHOOLS = "100_T01.202411200000_DA.csv", "100_T02.202411210000_DA.csv"


@pytest.fixture
def sent(tmp_path: Path) -> Bundle:
    return bundle(tmp_path, "nsc-studenttracker")


def test_both_layouts_are_read_and_control_reports_are_not(sent: Bundle) -> None:
    record = sent.deliver()
    assert (record.status, counts(record), record.unused_files) == ("accepted", {"detail": (7, 0, 0)}, ["CNTLRPT.csv"])


def test_the_return_field_is_stripped_of_the_character_put_round_it(sent: Bundle) -> None:
    sent.edit(CURRENT, "A903_", "_A903_").deliver()
    assert sent.in_force("postsecondary_record", "student_id") == [("A901",), ("A902",), ("A903",), ("A904",), ("A905",)]


def test_a_student_not_found_is_one_row_and_not_nothing(sent: Bundle) -> None:
    sent.deliver()
    assert dict(sent.in_force("postsecondary_record", "student_id", "record_found"))["A902"] is False
    rows = sent.in_force("postsecondary_record", "student_id", "college_code", "enrollment_begin")
    assert [row for row in rows if row[0] in ("A902", "A905")] == [("A902", None, None), ("A905", None, None)]


def test_a_degree_is_a_row_of_its_own(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("postsecondary_record", "student_id", "enrollment_begin", "has_graduated", "graduation_date")
    assert [row[1:] for row in rows if row[0] == "A901"] == [
        ("2023-08-26", False, None),
        ("2024-01-14", False, None),
        (None, True, "2024-05-15"),
    ]


def test_dates_are_eight_digits(sent: Bundle) -> None:
    sent.edit(CURRENT, "20240510", "20240532").deliver()
    assert sent.rejected() == [("detail", 3, "enrollment_end", "date")]


def test_the_layout_for_high_schools_has_no_search_date(sent: Bundle) -> None:
    sent.deliver()
    dates = dict(sent.in_force("postsecondary_record", "student_id", "search_date"))
    assert (dates["A901"], dates["A904"]) == ("2024-11-20", None)


def test_codes_are_known_in_either_layout(sent: Bundle) -> None:
    sent.deliver()
    rows = sent.in_force("postsecondary_record", "student_id", "college_level", "college_sector", "enrollment_status")
    assert ("A901", "2_year", "public", "full_time") in rows
    assert ("A903", "4_year", "private", None) in rows  # blank: no directory information
    assert ("A904", "4_year", "private", "three_quarter_time") in rows


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Requester Return Field", "REQUESTER_RETURN_FIELD"),
        ("Requester Return Field", "Req_Return_Field"),
        ("Record Found Y/N", "record_found_y_n"),
        ("2-year / 4-year", "2-YEAR/4-YEAR"),
        ("2-year / 4-year", "x2_year_4_year"),
        ("Public / Private", "public_private"),
        ("College Code/Branch", "COLLEGE_CODE_BRANCH"),
        ("Graduated?", "Graduated"),
        ("Enrollment Begin", "ENROLLMENT BEGIN"),
    ],
)
def test_headers_come_in_many_spellings(sent: Bundle, old: str, new: str) -> None:
    record = sent.edit(CURRENT, old, new).deliver()
    assert (record.status, counts(record)) == ("accepted", {"detail": (7, 0, 0)})


def test_a_comma_in_the_return_field_shifts_nothing(sent: Bundle) -> None:
    """The row has a field too many and is rejected whole; no other column takes its values."""
    sent.edit(CURRENT, "A903_", "A,903_").deliver()
    assert [row[0:2] + row[3:] for row in sent.rejected()] == [("detail", 6, "too_many_fields")]


def test_a_code_not_seen_before_is_rejected(sent: Bundle) -> None:
    sent.edit(CURRENT, "20231215,F,F", "20231215,X,F").deliver()
    assert sent.rejected() == [("detail", 2, "enrollment_status", "code")]


def test_names_and_majors_are_not_taken(sent: Bundle) -> None:
    record = sent.deliver()
    read = {words for table in record.tables for file in table.read_files for words in file.columns.values()}
    assert not any(("Name" in words and "College" not in words) or "Major" in words or "CIP" in words for words in read)
