"""The traps that SOURCE.md of sds-v2_1 names: passwords, a guardian's address, swapped columns, code lists, flags."""

import duckdb

from orchestration.ingestion import read_records

from .warehouse import Ask, Hub

NAME = "sds-v2_1"
SOURCE = f"source = '{NAME}'"


def test_the_password_never_reaches_the_warehouse(hub: Hub) -> None:
    """Every row of users.csv has one; none of the files written holds the text, compressed or not."""
    found = []
    for path in (hub.home / "raw").glob(f"*/source={NAME}/**/*.parquet"):
        rows = duckdb.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)").fetchall()
        found += [path.name for row in rows if any("P@ssword" in str(value) for value in row)]
    assert found == []
    (record,) = read_records(hub.home / "raw", NAME)
    (users,) = (file for table in record.tables if table.table == "students" for file in table.read_files)
    assert "password" in users.not_taken


def test_a_guardian_whose_address_is_the_user_name_is_not_taken(ask: Ask) -> None:
    """No guardian, no address, no user name, nobody's relationship to a child."""
    assert ask.row(f"SELECT count(*), count(email), count(phone) FROM raw.student WHERE {SOURCE}") == (8, 0, 0)
    assert {row[0] for row in ask(f"SELECT DISTINCT student_id FROM raw.student WHERE {SOURCE}")} == {
        "114001",
        "114003",
        "114004",
        "114008",
    }


def test_swapped_subject_and_grade_of_courses_are_read_by_nobody(hub: Hub, ask: Ask) -> None:
    (record,) = read_records(hub.home / "raw", NAME)
    assert record.unused_files == ["courses.csv", "relationships.csv"]
    # the grade comes from the role
    grades = ask(f"SELECT student_id, grade_level FROM raw.enrollment WHERE {SOURCE} AND _table = 'roles' ORDER BY 1")
    assert grades == [("114001", "10"), ("114003", "10"), ("114004", "10"), ("114008", "PS")]


def test_ethnicity_and_race_in_code_lists_become_flags(ask: Ask) -> None:
    sql = f"""SELECT student_id, is_hispanic, is_asian, is_white, is_black FROM raw.student
        WHERE {SOURCE} AND _table = 'demographics' ORDER BY 1"""
    assert ask(sql) == [
        ("114001", True, None, None, None),
        ("114003", None, True, None, None),
        ("114004", None, None, True, None),
        ("114008", None, None, None, True),
    ]


def test_flags_of_a_person_become_student_groups_of_the_year(ask: Ask) -> None:
    sql = f"SELECT student_id, student_group, school_year FROM raw.student_group WHERE {SOURCE} ORDER BY 1"
    assert ask(sql) == [
        ("114001", "students_with_disabilities", 2022),
        ("114003", "free_meals", 2022),
        ("114004", "section_504", 2022),
    ]


def test_a_school_year_is_named_by_its_fall(ask: Ask) -> None:
    """Session 2021 begins in August 2021: the year that ends in 2022."""
    assert ask(f"SELECT DISTINCT school_year FROM raw.enrollment WHERE {SOURCE}") == [(2022,)]
