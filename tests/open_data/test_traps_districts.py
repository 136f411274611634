"""The traps that SOURCE.md of the district sets names: Contoso, two OneRoster bundles, Anytown."""

import duckdb

from orchestration.ingestion import read_records

from .warehouse import Ask, Hub

GRAND_BEND, GENERATED = "oneroster-grandbend-1_1", "oneroster-generated-district"


def test_headerless_files_lose_no_first_row(ask: Ask) -> None:
    sql = "SELECT table_name, rows_accepted FROM governance.delivery_table WHERE source = 'oea-contoso'"
    rows = dict(ask(sql))
    assert rows["organization"] == 6
    assert {rows[name] for name in ("student_link", "person", "person_demographic", "person_race", "person_role")} == {600}


def test_guid_codes_are_resolved_through_the_code_table_of_the_delivery(ask: Ask) -> None:
    sql = """SELECT count(*) FILTER (organization_type = 'school'), count(*) FILTER (organization_type = 'district')
        FROM raw.school WHERE source = 'oea-contoso'"""
    assert ask.row(sql) == (5, 1)
    grades = "SELECT grade_level, count(*) FROM core.fct_enrollment WHERE source = 'oea-contoso' GROUP BY 1 ORDER BY 1"
    assert ask(grades) == [("09", 153), ("10", 156), ("11", 135), ("12", 156)]


def test_two_student_keys_are_one_person(ask: Ask) -> None:
    """Attendance knows the account id, the roster the person id: 1,200 ids, 600 children, each with marks, grade and sex."""
    sql = "SELECT count(*), count(DISTINCT person_id) FROM identity.person_key WHERE student_id_issuer = 'contoso'"
    assert ask.row(sql) == (1200, 600)
    whole = """SELECT count(*) FROM core.fct_attendance_year JOIN core.dim_person USING (person_id)
        WHERE district_id = 'contoso' AND grade_level IS NOT NULL AND sex IN ('female', 'male') AND birth_year IS NOT NULL"""
    assert ask.row(whole) == (600,)


def test_a_blank_ethnicity_says_nothing(ask: Ask) -> None:
    sql = "SELECT count(*) FILTER (is_hispanic), count(*) FILTER (NOT is_hispanic) FROM raw.student WHERE source = 'oea-contoso'"
    assert ask.row(sql) == (141, 0)


def test_hispanic_wins_although_ethnicity_comes_in_a_file_of_its_own(ask: Ask) -> None:
    sql = """SELECT race_ethnicity, count(*) FROM core.dim_person WHERE person_id IN (
        SELECT person_id FROM core.fct_enrollment WHERE source = 'oea-contoso') AND race_ethnicity IN ('hispanic', 'unknown') GROUP BY 1"""
    # 19 have no race; 8 of them are Hispanic all the same
    assert dict(ask(sql)) == {"hispanic": 141, "unknown": 11}


def test_a_positive_register_counts_marked_days_only(ask: Ask) -> None:
    """Ten days were marked; the rest of the five months of enrolment is unknown, not present."""
    sql = """SELECT DISTINCT days_enrolled::INT, basis, period_status FROM core.fct_attendance_year WHERE district_id = 'contoso'"""
    assert ask(sql) == [(10, "recorded", "to_date")]


def test_19_fields_for_18_columns_shift_nothing(ask: Ask) -> None:
    """Both teacher rows end with an empty 19th field: let pass, seen as teachers, set aside. No student loses or gains a column."""
    sql = f"""SELECT rows_accepted, rows_rejected, rows_excluded FROM governance.delivery_table
        WHERE source = '{GRAND_BEND}' AND table_name IN ('students', 'student_grades')"""
    assert ask(sql) == [(8, 0, 2), (8, 0, 2)]
    grades = f"SELECT DISTINCT grade_level FROM raw.enrollment WHERE source = '{GRAND_BEND}' AND _table = 'student_grades'"
    assert ask(grades) == [("09",)]


def test_a_blank_status_is_not_a_deletion(ask: Ask) -> None:
    sql = f"SELECT count(*), count(*) FILTER (_deleted) FROM raw.student WHERE source = '{GRAND_BEND}'"
    assert ask.row(sql) == (16, 0)


def test_the_last_line_without_a_line_end_is_read(ask: Ask) -> None:
    sql = f"SELECT table_name, rows_accepted + rows_excluded FROM governance.delivery_table WHERE source = '{GRAND_BEND}'"
    rows = dict(ask(sql))
    assert (rows["students"], rows["demographics"], rows["enrollments"]) == (10, 8, 24)


def test_passwords_and_user_names_are_not_taken(hub: Hub) -> None:
    """Only named columns are read: no Parquet of a bundle has a column for them, and no file outside the profile is opened."""
    for source in (GRAND_BEND, GENERATED):
        (record,) = read_records(hub.home / "raw", source)
        assert record.unused_files == ["academicSessions.csv", "classes.csv", "courses.csv", "manifest.csv"]
        for path in (hub.home / "raw" / "student" / f"source={source}").rglob("*.parquet"):
            columns = {row[0] for row in duckdb.execute(f"SELECT name FROM parquet_schema('{path}')").fetchall()}
            assert not columns & {"password", "username", "identifier", "email", "phone"}


def test_classes_of_a_student_are_one_enrolment(ask: Ask) -> None:
    """5,446 class enrolments are 778 children in school, each in one grade, in the school year of the dates."""
    sql = f"""SELECT count(*), count(DISTINCT person_id), count(grade_level), min(school_year), max(school_year)
        FROM core.fct_enrollment WHERE source = '{GENERATED}'"""
    assert ask.row(sql) == (778, 778, 778, 2025, 2025)


def test_race_is_derived_from_flags_and_hispanic_wins(ask: Ask) -> None:
    sql = f"""SELECT count(*) FILTER (is_hispanic), count(*) FILTER (is_hispanic AND (is_white OR is_black OR is_asian))
        FROM raw.student WHERE source = '{GENERATED}' AND _table = 'demographics'"""
    hispanic, with_a_race = ask.row(sql)
    assert with_a_race > 0
    found = f"""SELECT count(*) FROM core.dim_person WHERE race_ethnicity = 'hispanic'
        AND person_id IN (SELECT person_id FROM core.fct_enrollment WHERE source = '{GENERATED}')"""
    # demographics know teachers and administrators too, who are no persons of the hub
    assert 0 < ask.row(found)[0] <= hispanic


def test_grades_outside_the_span_of_the_school_are_kept(ask: Ask) -> None:
    sql = """SELECT count(*) FROM core.fct_enrollment WHERE source = 'sis-anytown' AND grade_level = '08'"""
    assert ask.row(sql) == (242,)


def test_a_snapshot_without_dates_belongs_to_the_year_of_its_delivery(ask: Ask) -> None:
    assert ask("SELECT DISTINCT school_year FROM core.fct_enrollment WHERE source = 'sis-anytown'") == [(2023,)]


def test_month_first_dates_are_read_as_the_contract_says(ask: Ask) -> None:
    sql = "SELECT count(*) - count(birth_date), count(*) FILTER (day(birth_date) > 12) FROM raw.student WHERE source = 'sis-anytown'"
    missing, beyond_doubt = ask.row(sql)
    assert missing == 0
    assert beyond_doubt > 600


def test_a_misspelt_school_keeps_its_name(ask: Ask) -> None:
    assert ask.row("SELECT count(*) FROM core.dim_school WHERE school_name = 'Someville Prepatory Academy'") == (1,)


def test_district_ids_that_two_sets_share_stay_two_districts(ask: Ask) -> None:
    """255901 is the district of Grand Bend and of Anytown in their samples; here a district is its party."""
    sql = "SELECT DISTINCT district_id FROM core.dim_school WHERE party_id IN ('anytown', 'grand-bend') ORDER BY 1"
    assert ask(sql) == [("anytown",), ("grand-bend",)]
