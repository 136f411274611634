"""The feed declaration holds together, and its page in docs is current."""

from pathlib import Path

from orchestration.feeds import CODE_LISTS, FEEDS
from orchestration.feeds.reference import page


def test_the_feeds_of_the_design() -> None:
    assert set(FEEDS) == {
        "school", "calendar_day", "student", "student_group", "enrollment", "attendance", "attendance_total", "assessment_result",
        "course_mark", "discipline_action", "diploma", "program", "program_enrollment", "program_session_attendance", "program_cost",
        "postsecondary_record", "consent", "published_indicator", "community_context",
    }  # fmt: skip


def test_every_code_list_named_exists_and_every_column_says_what_it_stands_for() -> None:
    for feed in FEEDS.values():
        assert len(feed.by_name) == len(feed.columns), feed.name
        for column in feed.columns:
            assert column.codes is None or column.codes in CODE_LISTS
            assert len(column.element) > 5


def test_ids_names_birth_dates_and_addresses_are_marked_as_person_columns() -> None:
    marked = {column.name for feed in FEEDS.values() for column in feed.columns if column.person}
    assert marked == {
        "student_id", "linked_student_id", "first_name", "middle_name", "last_name", "name_suffix", "preferred_name", "birth_date",
        "street_address", "city", "phone", "email",
    }  # fmt: skip


def test_the_page_in_docs_is_current() -> None:
    assert Path("docs/feeds.md").read_text() == page(), "run make docs"
