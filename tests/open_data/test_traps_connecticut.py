"""The traps that SOURCE.md of ct-edsight names: layouts that drift, markers, state rows among districts."""

import pytest

from orchestration.contracts import load_contract
from orchestration.ingestion import read_records

from .run import CONTRACTS
from .warehouse import Ask, Hub

FIGURES = "FROM raw.published_indicator WHERE source = 'ct-edsight'"
CORE = "FROM core.fct_published_indicator"


def test_title_lines_and_notes_are_no_rows(ask: Ask) -> None:
    """Three, four or eight lines stand above the header; none of them may become a unit, and no unit may be lost to the search."""
    titles = "unit_name LIKE '%Notes%' OR unit_name LIKE '*%' OR unit_name IN ('District', 'Organization', '')"
    assert ask.row(f"SELECT count(*) {FIGURES} AND ({titles})") == (0,)
    assert ask.row(f"SELECT count(*) {FIGURES} AND _file LIKE 'college%__2006-07_.csv'") == (2 * 137,)


def test_excel_text_codes_are_unwrapped(ask: Ask) -> None:
    odd = f"SELECT DISTINCT unit_id {FIGURES} AND unit_type <> 'state' AND NOT regexp_full_match(unit_id, '[0-9]{{7}}')"
    assert ask(odd) == [("287",)], "one district of the kindergarten files has no seven-digit code anywhere"


def test_repeated_percent_columns_are_told_apart_by_their_group_title(ask: Ask) -> None:
    """Five columns are called %; the one under Met or Exceeded is numerator over denominator, within its rounding."""
    sql = f"""SELECT count(*), count(*) FILTER (abs(value - numerator / denominator) > 0.0006) {CORE}
        WHERE source = 'ct-edsight' AND measure_id IN ('grade3_reading', 'grade8_math') AND value IS NOT NULL AND numerator IS NOT NULL"""
    rows, wrong = ask.row(sql)
    assert rows > 280
    assert wrong == 0


def test_a_column_more_in_2018_19_is_read_as_the_count_it_is(ask: Ask) -> None:
    sql = f"SELECT list(DISTINCT school_year) FILTER (numerator IS NOT NULL) {CORE} WHERE measure_id = 'chronic_absence_rate'"
    assert ask.row(sql) == ([2019],)


def test_markers_stay_beside_empty_numbers(ask: Ask) -> None:
    sql = f"""SELECT count(value_marker), count(*) FILTER (value_marker IS NOT NULL AND value IS NOT NULL),
        count(*) FILTER (value_marker IS NULL AND value IS NULL), list(DISTINCT value_marker) FILTER (value_marker IS NOT NULL) {FIGURES}"""
    marked, both, neither, kinds = ask.row(sql)
    assert marked > 20_000
    assert (both, neither, kinds) == (0, 0, ["*"])


def test_the_second_marker_is_known_before_it_comes() -> None:
    """Some files of the same publisher write N/A; the contract says so, because an unknown text would be a rejected row."""
    contract = load_contract(CONTRACTS / "ct-edsight.yaml")
    values = [prop for table in contract.tables for prop in table.properties if prop.name in ("value", "numerator", "denominator")]
    assert all(prop.markers == ("*", "N/A") for prop in values)


def test_grades_are_numbers_in_one_topic_and_words_in_others(ask: Ask) -> None:
    """Smarter Balanced writes 03 and 08 where absence writes Grade   3: the state row of each test is the one that was printed."""
    sql = f"""SELECT measure_id, denominator::INT {FIGURES} AND measure_id IN ('grade3_reading', 'grade8_math') AND unit_type = 'state'
        AND student_group = 'all' ORDER BY 1"""
    assert ask(sql) == [("grade3_reading", 37_985), ("grade8_math", 39_762)]


def test_domains_above_three_columns_each_belong_to_all_three(ask: Ask) -> None:
    """The workbook of 2013-14: six domains over eighteen columns, the third of each is the share at the highest level."""
    sql = f"""SELECT definition, count(*), max(value) FILTER (unit_id = '0010011') {FIGURES} AND _file LIKE '%.xlsx'
        AND school_year = 2014 GROUP BY 1 ORDER BY 1"""
    rows = ask(sql)
    assert [(definition, count) for definition, count, _ in rows] == [
        (f"CT_KEI_{domain}", 162) for domain in ("CREATIVE", "LANGUAGE", "LITERACY", "NUMERACY", "PERSONAL", "PHYSICAL")
    ]
    assert [round(float(value), 3) for *_, value in rows] == [0.483, 0.586, 0.379, 0.379, 0.517, 0.586]


def test_a_name_spelt_as_nowhere_else_stays_a_unit_of_its_own(ask: Ask) -> None:
    """161 districts of the workbook find their code by name; Family Academy Inc. with a dot does not, and is not lost."""
    sql = f"SELECT count(DISTINCT unit_id), count(DISTINCT unit_name) FILTER (unit_id IS NULL) {FIGURES} AND _file LIKE '%.xlsx'"
    assert ask.row(sql) == (161, 1)


def test_graduates_and_the_others_come_near_the_whole_cohort(ask: Ask) -> None:
    """Two files of one year share the cohort: graduated, still enrolled, left. Fifteen of 45,221 the publisher counts nowhere."""
    sql = f"""SELECT sum(numerator)::INT, max(denominator)::INT {FIGURES} AND unit_type = 'state' AND school_year = 2011
        AND student_group = 'all' AND measure_id IN ('graduation_4_year', 'still_enrolled_4_year', 'left_without_diploma_4_year')"""
    assert ask.row(sql) == (45_206, 45_221)


def test_grades_written_with_three_blanks_or_one(ask: Ask) -> None:
    sql = f"""SELECT student_group, count(*) {FIGURES} AND measure_id = 'chronic_absence_rate' AND student_group LIKE 'grade_%'
        AND unit_type = 'state' GROUP BY 1 ORDER BY 1"""
    grades = ["KG", *(f"{grade:02}" for grade in range(1, 13))]
    assert dict(ask(sql)) == {f"grade_{grade}": 5 for grade in grades}


def test_state_total_rows_are_state_units(ask: Ask) -> None:
    """State Level, State of Connecticut, Total, Statewide, State, and once the name of the domain: one unit, never a district."""
    names = "('State Level', 'State of Connecticut', 'Total', 'Statewide', 'State', 'Creative')"
    assert ask.row(f"SELECT count(*) {FIGURES} AND unit_type <> 'state' AND unit_name IN {names}") == (0,)
    assert ask(f"SELECT DISTINCT unit_id, unit_name {FIGURES} AND unit_type = 'state'") == [("CT", "State of Connecticut")]
    assert ask.row("SELECT unit_name FROM marts.unit WHERE unit_type = 'state' AND unit_id = 'ct-sde:CT'") == ("State of Connecticut",)
    assert ask.row(f"SELECT count(DISTINCT measure_id) {FIGURES} AND unit_type = 'state'") == (12,)


@pytest.mark.parametrize("year", range(2009, 2013))
def test_every_kindergarten_year_has_one_state_row_per_domain(ask: Ask, year: int) -> None:
    """Seven state rows leave the school year blank and one bears a wrong name; 2011-12 has none, so it comes from the state files."""
    sql = f"""SELECT count(*), count(DISTINCT definition) {CORE} WHERE measure_id = 'kindergarten_readiness'
        AND unit_type = 'state' AND school_year = {year}"""
    assert ask.row(sql) == (6, 6)


def test_files_with_carriage_returns_only_are_read_whole(ask: Ask) -> None:
    sql = f"""SELECT _file, count(*) {FIGURES} AND _file LIKE '%/20%_KEI_%' GROUP BY 1"""
    rows = dict(ask(sql))
    assert len(rows) == 24
    expected = {"2008-09": 171, "2009-10": 167, "2010-11": 168, "2011-12": 166}
    assert {name: count for name, count in rows.items() if count != expected[name.split("/")[1][:7]]} == {}


def test_district_numbers_with_and_without_zeros_are_one_district(ask: Ask) -> None:
    sql = f"""SELECT count(DISTINCT unit_id), count(DISTINCT school_year) {CORE} WHERE measure_id = 'kindergarten_readiness'
        AND unit_name = 'Andover School District'"""
    assert ask.row(sql) == (1, 5)


def test_a_renamed_district_is_one_unit_under_its_newest_name(ask: Ask) -> None:
    sql = f"SELECT count(DISTINCT unit_name) {CORE} WHERE unit_id = 'ct-sde:2880013'"
    assert ask.row(sql) == (3,)
    assert ask("SELECT unit_name FROM marts.unit WHERE unit_id = 'ct-sde:2880013'") == [("Achievement First Hartford Academy District",)]


def test_a_total_beside_two_hidden_districts_gives_away_their_sum(ask: Ask) -> None:
    """2012-13 enrolment: the publisher's own leak, known to the hub, so that protection of its own figures is not judged by it."""
    sql = f"""SELECT sum(CASE WHEN unit_type = 'state' THEN value ELSE -value END), count(*) FILTER (value_marker = '*') {CORE}
        WHERE measure_id = 'enrollment_count' AND school_year = 2013 AND student_group = 'all'"""
    assert ask.row(sql) == (75, 2)


def test_a_group_without_a_name_is_rejected_and_counted(ask: Ask) -> None:
    """One line of the college files names a district and no race; it becomes no figure (two rates, so two rejected rows)."""
    sql = "SELECT table_name, column_name, rule, count(*) FROM governance.rejected_row WHERE source = 'ct-edsight' GROUP BY ALL"
    assert ask(sql) == [("college_district_group", "student_group", "required", 2)]


def test_no_figure_stands_twice(ask: Ask) -> None:
    """What two files print (the state by group, the total over grades) is read from one of them."""
    sql = f"""SELECT count(*) FROM (SELECT 1 {CORE} WHERE source = 'ct-edsight'
        GROUP BY measure_id, definition, unit_type, unit_id, school_year, student_group HAVING count(*) > 1)"""
    assert ask.row(sql) == (0,)


def test_only_files_the_contract_leaves_out_are_left_unread(hub: Hub) -> None:
    (record,) = read_records(hub.home / "raw", "ct-edsight")
    assert record.unused_files == [
        "kindergarten-entrance-inventory/KEI_DistrictByDomain_2013.xlsx, sheet Sheet2",
        "kindergarten-entrance-inventory/KEI_DistrictByDomain_2013.xlsx, sheet Sheet3",
        "kindergarten-entrance-inventory/ct-school-district-list-with-fips.csv",
    ]
