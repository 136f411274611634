"""The traps that SOURCE.md of ct-community names: two header rows, margins beside estimates, headers that change, other codes."""

from .warehouse import Ask

CONTEXT = "FROM core.fct_community_context WHERE source = 'ct-community'"
CENSUS = f"{CONTEXT} AND regexp_matches(statistic_id, '^B[0-9]{{5}}')"


def test_the_second_header_row_is_no_place(ask: Ask) -> None:
    """Codes, then long labels: the labels are set aside, one row of each file, one for every variable."""
    sql = "SELECT table_name, rows_excluded, rows_rejected FROM governance.delivery_table WHERE source = 'ct-community'"
    rows = {table: (excluded, rejected) for table, excluded, rejected in ask(sql)}
    assert rows["household_income"] == (10, 0)
    assert rows["counts"] == (2 * (20 + 20 + 29), 0)
    assert ask.row(f"SELECT count(*) {CENSUS} AND unit_name = 'Geography'") == (0,)
    assert ask(f"SELECT DISTINCT n FROM (SELECT count(*) AS n {CENSUS} GROUP BY statistic_id, period)") == [(174,)]


def test_the_second_header_row_of_the_library_sheet_is_no_library(ask: Ask) -> None:
    assert ask.row(f"SELECT count(*) {CONTEXT} AND unit_type = 'site' AND unit_name LIKE '%Filter%'") == (0,)
    assert ask.row(f"SELECT count(DISTINCT period), min(period), max(period) {CONTEXT} AND unit_type = 'site'") == (23, "1996", "2018")


def test_margins_stand_beside_their_own_estimates(ask: Ask) -> None:
    sql = f"SELECT value::INT, margin_of_error::INT {CENSUS} AND unit_type = 'state' AND period = '2013-2017' AND statistic_id IN"
    assert ask(f"{sql} ('B14005_001')") == [(201_945, 1249)]
    assert ask(f"{sql} ('B14005_029')") == [(1041, 251)]
    assert ask.row(f"SELECT count(*) {CENSUS} AND statistic_id LIKE 'B%\\_%' ESCAPE '\\' AND margin_of_error IS NULL") == (0,)


def test_a_dash_with_two_stars_is_a_missing_estimate(ask: Ask) -> None:
    """93 of 174 towns have no income of Black households; no number, no margin, the dash kept."""
    sql = """SELECT count(*), count(*) FILTER (value_marker = '-'),
        count(*) FILTER (value_marker = '-' AND (value IS NOT NULL OR margin_of_error IS NOT NULL))"""
    assert ask.row(f"{sql} {CENSUS} AND statistic_id = 'B19013B'") == (174, 93, 0)
    assert ask.row(f"SELECT count(*) {CENSUS} AND value IS NULL AND value_marker IS NULL") == (0,)


def test_the_ends_of_the_scale_are_bounds(ask: Ask) -> None:
    sql = f"""SELECT value_marker, count(*), min(value_low)::INT, max(value_high)::INT, count(value)
        {CENSUS} AND value_marker LIKE '2%' GROUP BY 1 ORDER BY 1"""
    assert ask(sql) == [("2,500-", 3, None, 2500, 0), ("250,000+", 5, 250_000, None, 0)]


def test_a_variable_keeps_its_name_when_the_header_changes(ask: Ask) -> None:
    """HD01_VD01 in one vintage, B09002_001E in the next: twenty variables of the same names, the state in both."""
    sql = f"""SELECT period, count(DISTINCT statistic_id), max(value) FILTER (statistic_id = 'B09002_001' AND unit_type = 'state')::INT
        {CENSUS} AND statistic_id LIKE 'B09002%' GROUP BY 1 ORDER BY 1"""
    parts = f"""SELECT sum(value)::INT {CENSUS} AND unit_type = 'state' AND period = '2013-2017'
        AND statistic_id IN ('B09002_002', 'B09002_008')"""
    assert ask(sql) == [("2012-2016", 20, 702_761), ("2013-2017", 20, ask.row(parts)[0])]
    assert ask.row(f"SELECT count(DISTINCT statistic_id) {CENSUS} AND statistic_id LIKE 'B09002%'") == (20,)


def test_place_codes_are_text_with_a_leading_zero(ask: Ask) -> None:
    sql = f"SELECT unit_type, count(DISTINCT unit_id), min(length(unit_id)), max(length(unit_id)) {CENSUS} GROUP BY 1 ORDER BY 1"
    assert ask(sql) == [("community", 173, 10, 10), ("state", 1, len("ctdata:09"), len("ctdata:09"))]
    assert ask.row(f"SELECT count(*) {CENSUS} AND unit_type = 'community' AND unit_id NOT LIKE '09%'") == (0,)


def test_quoted_zip_and_district_codes_are_codes(ask: Ask) -> None:
    zips = f"{CONTEXT} AND unit_type = 'zip'"
    assert ask.row(f"SELECT count(*), count(*) FILTER (regexp_full_match(unit_id, '06[0-9]{{3}}')) {zips}") == (282, 282)


def test_district_codes_of_three_digits_are_those_of_seven(ask: Ask) -> None:
    """Every district that a ZIP leads to is a district of the enrolment file, which writes all seven digits."""
    sql = f"""SELECT count(DISTINCT parent_unit_id), count(DISTINCT parent_unit_id) FILTER (parent_unit_id NOT IN (
            SELECT parent_unit_id FROM core.fct_published_indicator WHERE source = 'ct-community'))
        {CONTEXT} AND unit_type = 'zip'"""
    districts, unknown = ask.row(sql)
    assert districts > 120
    assert unknown == 0
    assert ask.row(f"SELECT parent_unit_id {CONTEXT} AND unit_id = '06810'") == ("ctdata:0340011",)


def test_every_library_lies_in_a_town_of_the_crosswalk(ask: Ask) -> None:
    sql = f"SELECT count(DISTINCT unit_id), count(*) - count(parent_unit_id) {CONTEXT} AND unit_type = 'site'"
    libraries, without = ask.row(sql)
    assert libraries > 190
    assert without == 0
    assert ask(f"SELECT DISTINCT parent_unit_id {CONTEXT} AND unit_name = 'Berlin Free'") == [("ctdata:Berlin",)]


def test_a_school_lies_in_the_district_printed_above_it(ask: Ask) -> None:
    """A grouped report: 1,247 of 1,449 rows leave their district blank; the codes agree that each belongs to the last one named."""
    sql = """SELECT count(*), count(DISTINCT parent_unit_id),
            count(*) FILTER (split_part(parent_unit_id, ':', 2)[1:3] <> split_part(unit_id, ':', 2)[1:3])
        FROM core.fct_published_indicator WHERE source = 'ct-community' AND student_group = 'all'"""
    assert ask.row(sql) == (1449, 202, 0)


def test_hidden_school_counts_keep_their_star(ask: Ask) -> None:
    sql = "SELECT count(*) FILTER (value IS NULL), count(value_marker) FROM core.fct_published_indicator WHERE source = 'ct-community'"
    empty, marked = ask.row(sql)
    assert empty == marked == 1060
