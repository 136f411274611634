"""The traps that SOURCE.md of baltimore-kra-2019 names: other people's sheets, groups in combined texts, a city among schools."""

from .warehouse import Ask

FIGURES = "FROM core.fct_published_indicator WHERE source = 'baltimore-kra-2019'"


def test_only_the_sheet_with_the_figures_is_read(ask: Ask) -> None:
    """Six sheets of pivots and clusters stand beside it; one repeats the rows of all students."""
    assert ask.row(f"SELECT count(*) {FIGURES}") == (1604,)
    twice = f"SELECT count(*) FROM (SELECT 1 {FIGURES} GROUP BY unit_type, unit_id, student_group HAVING count(*) > 1)"
    assert ask.row(twice) == (0,)


def test_a_trailing_blank_makes_no_other_group(ask: Ask) -> None:
    assert ask.row(f"SELECT count(*) {FIGURES} AND student_group = 'all'") == (116,)


def test_group_and_category_in_one_text_are_told_apart(ask: Ask) -> None:
    """Prior Care: Head Start, Race: Hispanic, SWD: Yes; what a category means depends on the group before it."""
    groups = dict(ask(f"SELECT student_group, count(*) {FIGURES} GROUP BY 1"))
    assert len(groups) == 23
    assert sum(1 for group in groups if group.startswith("prior_care_")) == 10
    assert (groups["prior_care_head_start"], groups["prior_care_unknown"], groups["race_hispanic"]) == (73, 62, 91)
    assert (groups["english_learner"], groups["students_with_disabilities"], groups["economically_disadvantaged"]) == (62, 109, 116)


def test_the_city_among_its_schools_is_a_district(ask: Ask) -> None:
    sql = f"SELECT unit_id, unit_name, count(*) {FIGURES} AND unit_type = 'district' GROUP BY ALL"
    assert ask(sql) == [("bcps-open-data:city", "All Baltimore City Schools", 23)]
    schools = f"SELECT count(DISTINCT unit_id), list(DISTINCT parent_unit_id) {FIGURES} AND unit_type = 'school'"
    assert ask.row(schools) == (115, ["bcps-open-data:city"])


def test_shares_with_float_noise_are_fractions(ask: Ask) -> None:
    """0.358974359 stays a fraction to six digits; no share is a percentage, and the city's is the 0.37 that was printed."""
    assert ask.row(f"SELECT count(*) FILTER (value > 1 OR value < 0), count(value) {FIGURES}") == (0, 719)
    assert str(ask.row(f"SELECT value {FIGURES} AND unit_id LIKE '%:4' AND student_group = 'all'")[0]) == "0.358974"


def test_845_hidden_rows_keep_their_star(ask: Ask) -> None:
    sql = f"""SELECT count(*) FILTER (denominator_marker = '*'), count(*) FILTER (value_marker = '*'),
        count(*) FILTER (denominator_marker = '*' AND (denominator IS NOT NULL OR value IS NOT NULL)) {FIGURES}"""
    assert ask.row(sql) == (845, 845, 0)


def test_shares_given_as_bounds_are_bounds(ask: Ask) -> None:
    sql = f"""SELECT value_marker, count(*), max(value_low), max(value_high), count(value) {FIGURES} AND value_marker <> '*'
        GROUP BY 1 ORDER BY 1"""
    found = [(marker, rows, low and float(low), high and float(high), values) for marker, rows, low, high, values in ask(sql)]
    assert found == [("< 5.0%", 38, None, 0.05, 0), ("> 95.0%", 2, 0.95, None, 0)]


def test_visible_schools_do_not_add_up_to_the_city(ask: Ask) -> None:
    """5,462 of 5,577 children: small schools are hidden, so the schools' mean is not the city's."""
    sql = f"SELECT unit_type, sum(denominator)::INT {FIGURES} AND student_group = 'all' AND value IS NOT NULL GROUP BY 1 ORDER BY 1"
    assert ask(sql) == [("district", 5577), ("school", 5462)]
