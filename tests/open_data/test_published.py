"""What the public sees of the open files: Connecticut's series as published, agency A's measures as computed, both protected."""

import pytest

from .expected import read_cases, same
from .warehouse import Ask

SERIES = {
    "chronic_absence_rate", "kindergarten_readiness", "grade3_reading", "grade8_math", "graduation_4_year",
    "college_enrollment_first_fall", "college_persistence", "enrollment_count",
    "still_enrolled_4_year", "left_without_diploma_4_year", "ela_proficiency", "math_proficiency",
}  # fmt: skip


def test_every_series_of_publishers_is_published(ask: Ask) -> None:
    sql = "SELECT DISTINCT measure_id FROM public.indicator WHERE source_kind = 'publisher'"
    assert {row[0] for row in ask(sql)} == SERIES


def test_publisher_figures_are_never_class_a(ask: Ask) -> None:
    sql = "SELECT source_kind, list(DISTINCT comparability ORDER BY comparability) FROM public.indicator GROUP BY 1"
    assert dict(ask(sql)) == {"computed": ["A"], "publisher": ["B", "C"]}


def test_markers_of_the_publisher_are_kept(ask: Ask) -> None:
    """A figure the publisher hid stays hidden under the publisher's own mark; none is empty without one."""
    sql = """SELECT count(*) FILTER (publisher_marker IS NULL), count(*) > 20000, list(DISTINCT suppression)
        FROM public.indicator WHERE source_kind = 'publisher' AND value IS NULL"""
    assert ask.row(sql) == (0, True, ["suppressed"])


@pytest.mark.parametrize("year", range(2004, 2010))
def test_chronic_absence_of_agency_a_is_published_as_computed(ask: Ask, year: int) -> None:
    found = ask.row(
        f"""SELECT numerator, denominator, value FROM public.indicator
        WHERE source_kind = 'computed' AND measure_id = 'chronic_absence_rate' AND variant_id = 'HUB' AND unit_type = 'district'
            AND unit_id = 'sdp-agency-a' AND school_year = {year} AND student_group = 'all'"""
    )
    case = read_cases()[f"sdpA-chronic-{year}-min10"]
    assert all(same(figure, number) for figure, number in zip(case.figures, found, strict=True))


def test_no_small_count_of_children_is_published(ask: Ask) -> None:
    sql = """SELECT count(*) FROM public.indicator WHERE source_kind = 'computed' AND suppression = 'none'
        AND measure_id = 'chronic_absence_rate' AND (denominator < 10 OR numerator < 10 AND numerator IS NOT NULL)"""
    assert ask.row(sql) == (0,)


def test_source_status_names_every_source(ask: Ask) -> None:
    sql = "SELECT count(*), bool_and(usable_share BETWEEN 0.98 AND 1), sum(rows_rejected) FROM public.source_status"
    assert ask.row(sql) == (15, True, 3251)
