"""The traps that SOURCE.md of ma-school-profile-2017 names: 298 columns with signs in their names, floats, a lost zero, empty cells."""

import duckdb

from .warehouse import Ask, Hub

SOURCE = "source = 'ma-school-profile-2017'"
FIGURES = f"FROM core.fct_published_indicator WHERE {SOURCE}"


def test_column_names_with_blanks_and_signs_are_found(ask: Ask) -> None:
    """% MCAS_3rdGrade_English_P+A, Attending Coll./Univ. (#): five measures out of one row, none empty."""
    rows = dict(ask(f"SELECT measure_id, count(value) {FIGURES} GROUP BY 1"))
    assert rows == {
        "enrollment_count": 1861, "grade3_reading": 258, "grade8_math": 132, "graduation_4_year": 376, "college_enrollment_first_fall": 344,
    }  # fmt: skip


def test_of_298_columns_only_the_named_ones_are_written(hub: Hub) -> None:
    columns: set[str] = set()
    for feed in ("published_indicator", "school"):
        for path in (hub.home / "raw" / feed / f"{SOURCE.replace(' ', '').replace(chr(39), '')}").rglob("*.parquet"):
            columns |= {row[0] for row in duckdb.execute(f"SELECT name FROM parquet_schema('{path}')").fetchall()}
    assert len(columns) < 35
    assert "zip" in columns


def test_counts_written_as_floats_are_whole(ask: Ask) -> None:
    sql = f"""SELECT count(*) FILTER (value <> floor(value)), sum(value)::INT {FIGURES} AND measure_id = 'enrollment_count'"""
    assert ask.row(sql) == (0, 953_748)
    assert ask.row(f"SELECT count(*) FROM governance.rejected_row WHERE {SOURCE}") == (0,)


def test_the_zip_has_its_leading_zero_again(ask: Ask) -> None:
    sql = "SELECT count(*), count(*) FILTER (regexp_full_match(zip, '0[12][0-9]{3}')) FROM core.dim_school WHERE party_id = 'ma-dese'"
    assert ask.row(sql) == (1861, 1861)


def test_weighted_means_of_rounded_percents_differ_from_the_counts(ask: Ask) -> None:
    """Where counts are printed they are kept, so that nobody has to average percents."""
    sql = f"""SELECT measure_id, sum(numerator) / sum(denominator), sum(value * denominator) / sum(denominator),
            max(abs(value - numerator / denominator)) {FIGURES} AND measure_id IN ('grade3_reading', 'grade8_math') GROUP BY 1"""
    for _, counted, averaged, apart in ask(sql):
        assert 0.00001 < abs(counted - averaged) < 0.005
        assert apart < 0.00501, "within the rounding to whole percent"


def test_an_empty_cell_becomes_no_figure(ask: Ask) -> None:
    """Hidden or not applicable, nobody can tell: the row is set aside and counted, never a zero."""
    assert ask.row(f"SELECT count(*) FILTER (value IS NULL) {FIGURES}") == (0,)
    sql = f"SELECT table_name, rows_accepted + rows_excluded FROM governance.delivery_table WHERE {SOURCE} AND feed = 'published_indicator'"
    assert set(dict(ask(sql)).values()) == {1861}


def test_a_district_is_named_once_though_every_school_repeats_it(ask: Ask) -> None:
    sql = f"SELECT rows_accepted, rows_rejected, rows_excluded FROM governance.delivery_table WHERE {SOURCE} AND table_name = 'district'"
    assert ask.row(sql) == (410, 0, 1861 - 410)
    assert ask.row("SELECT count(*) FROM marts.unit WHERE unit_type = 'district' AND unit_id LIKE 'ma-dese:%'") == (410,)
