"""The traps that SOURCE.md of the two OneRoster sets names."""

import duckdb

from orchestration.ingestion import DeliveryRecord, read_records

from .warehouse import Ask, Hub

GRAND_BEND, GENERATED = "oneroster-grandbend-1_1", "oneroster-generated-district"


def _columns_read(record: DeliveryRecord) -> set[str]:
    """Headers that some feed column was read from."""
    return {words for table in record.tables for file in table.read_files for words in file.columns.values()}


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


def test_swapped_titles_of_classes_and_subjects_of_courses_are_read_by_nobody(hub: Hub) -> None:
    """Title and classCode change places, Algebra is English: classes serve as ids and terms only, courses are not opened."""
    (record,) = read_records(hub.home / "raw", GRAND_BEND)
    assert record.unused_files == ["courses.csv"]
    assert not {"title", "classCode", "subjects"} & _columns_read(record)


def test_several_terms_in_one_cell_are_of_one_school_year(ask: Ask) -> None:
    sql = f"""SELECT count(*), count(DISTINCT class_id), min(school_year), max(school_year)
        FROM raw.enrollment WHERE source = '{GRAND_BEND}' AND _table = 'enrollments'"""
    assert ask.row(sql) == (20, 2, 2021, 2021)


def test_columns_under_metadata_are_not_read(hub: Hub) -> None:
    (record,) = read_records(hub.home / "raw", GRAND_BEND)
    assert not any(word.startswith("metadata.") for word in _columns_read(record))
    (orgs,) = (file for table in record.tables if table.table == "orgs" for file in table.read_files)
    assert {"metadata.address1", "metadata.city", "metadata.postCode"} <= set(orgs.not_taken)


def test_the_same_students_have_another_birth_year_in_another_set(ask: Ask) -> None:
    """Eight ids in two sets of one district; what the sets say of a birth date stays apart by source."""
    sql = f"""SELECT count(DISTINCT student_id), min(year(birth_date)), max(year(birth_date)) FROM raw.student
        WHERE birth_date IS NOT NULL AND student_id IN (SELECT student_id FROM raw.student WHERE source = '{GRAND_BEND}') AND source = """
    assert ask.row(f"{sql} '{GRAND_BEND}'") == (8, 1997, 1997)
    assert ask.row(f"{sql} 'edfi-grandbend-xml'") == (8, 2008, 2008)


def test_the_last_line_without_a_line_end_is_read(ask: Ask) -> None:
    sql = f"SELECT table_name, rows_accepted + rows_excluded FROM governance.delivery_table WHERE source = '{GRAND_BEND}'"
    rows = dict(ask(sql))
    assert (rows["students"], rows["demographics"], rows["enrollments"]) == (10, 8, 24)


def test_passwords_and_user_names_are_not_taken(hub: Hub) -> None:
    """Only named columns are read: no Parquet of a bundle has a column for them, and no file outside the profile is opened."""
    for source in (GRAND_BEND, GENERATED):
        (record,) = read_records(hub.home / "raw", source)
        assert not {"password", "username", "identifier", "email", "phone", "sms"} & _columns_read(record)
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
    assert ask.row(found)[0] == hispanic


def test_a_clean_bundle_loses_no_row_to_a_rule_across_files(ask: Ask) -> None:
    """Every enrolment names a user, a class and a school of the bundle; carriage returns before line ends are no part of a value."""
    assert ask.row(f"SELECT count(*) FROM governance.rejected_row WHERE source = '{GENERATED}'") == (0,)
    sql = f"SELECT count(*) FROM raw.enrollment WHERE source = '{GENERATED}' AND (contains(school_id, chr(13)) OR contains(class_id, chr(13)))"
    assert ask.row(sql) == (0,)


def test_a_school_year_written_as_a_span_is_the_year_it_ends(ask: Ask) -> None:
    """academicSessions.csv says 2024-2025 where the standard wants 2025."""
    sql = f"SELECT DISTINCT school_year FROM raw.enrollment WHERE source = '{GENERATED}' AND _table = 'enrollments'"
    assert ask(sql) == [(2025,)]


def test_demographics_of_teachers_are_set_aside(ask: Ask) -> None:
    sql = f"""SELECT count(*) FROM raw.student WHERE source = '{GENERATED}' AND _table = 'demographics'
        AND student_id NOT IN (SELECT student_id FROM raw.student WHERE source = '{GENERATED}' AND _table = 'students')"""
    assert ask.row(sql) == (0,)


def test_grade_kg_is_kindergarten(ask: Ask) -> None:
    sql = f"SELECT count(*) FROM raw.enrollment WHERE source = '{GENERATED}' AND _table = 'student_grades' AND grade_level = 'KG'"
    assert ask.row(sql) == (48,)


def test_district_ids_that_two_sets_share_stay_two_districts(ask: Ask) -> None:
    """255901 is the district of Grand Bend and of Anytown in their samples; here a district is its party."""
    sql = "SELECT DISTINCT district_id FROM core.dim_school WHERE party_id IN ('anytown', 'grand-bend') ORDER BY 1"
    assert ask(sql) == [("anytown",), ("grand-bend",)]
