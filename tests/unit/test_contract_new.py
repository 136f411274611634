"""`datadrives contract new`: what is proposed from small invented files, and that it loads as it stands."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.contracts import Table, load_contract
from orchestration.onboarding import NewContract, new_contract
from orchestration.onboarding.match import usable
from orchestration.onboarding.new import OnboardingError
from orchestration.onboarding.vocabulary import vocabulary

STUDENTS = (
    "School Code,Student ID,State ID,Last Name,First Name,DOB,Gender,Ethnicity,Grade,ELL,Home Phone,Password,SSN\n"
    "0101,700001,90010001,Quillfeather,Zebulon,3/14/2010,M,W,8,Y,555-0100,hunter2,123-45-6789\n"
    "0101,700002,90010002,Thistledown,Ottoline,11/2/2011,F,H,7,N,555-0101,secret9,123-45-6780\n"
    "0102,700003,90010003,Marrowbone,Ignatius,1/30/2012,F,ZZ,K,N,555-0102,letmein,123-45-6781\n"
)
ABSENCES = "Student ID,School Code,Date,Code\n700001,0101,09/15/2023,A\n700002,0101,09/15/2023,T\n700001,0101,09/18/2023,E\n"
PERSONAL = ("Quillfeather", "Zebulon", "Ottoline", "700001", "90010001", "3/14/2010", "2010-03-14", "555-0100", "hunter2", "123-45-6789")


def _write(folder: Path, **files: str | bytes) -> list[Path]:
    made = []
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("__", 1))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        made.append(path)
    return made


def _new(folder: Path, **files: str | bytes) -> NewContract:
    return new_contract("elm", _write(folder, **files))


def _tables(made: NewContract, folder: Path) -> dict[str, Table]:
    file = folder / "elm.yaml"
    file.write_text(made.text, encoding="utf-8")
    return {table.feed: table for table in load_contract(file).tables}


def _columns(table: Table) -> dict[str, str | None]:
    return {prop.name: prop.column for prop in table.properties}


def _codes(table: Table, name: str) -> dict[str, str | None]:
    return next(prop.codes or {} for prop in table.properties if prop.name == name)


def _trial(made: NewContract) -> dict[str, tuple[int, int]]:
    assert made.trial is not None and made.trial.refused is None
    return {table: (read, rejected) for table, _, read, _, rejected in made.trial.tables}


def test_roster_becomes_student_enrollment_and_groups(tmp_path: Path) -> None:
    made = _new(tmp_path, students__csv=STUDENTS)
    tables = _tables(made, tmp_path)
    assert set(tables) == {"student", "enrollment", "student_group"}
    assert _columns(tables["student"]) | {"linked_student_id": "State ID", "first_name": "First Name", "birth_date": "DOB"} == _columns(
        tables["student"]
    )
    assert next(prop.formats for prop in tables["student"].properties if prop.name == "birth_date") == ("%m/%d/%Y",)
    assert _codes(tables["enrollment"], "grade_level")["K"] == "KG"
    assert _codes(tables["student_group"], "student_group") == {"Y": "english_learner", "N": "non_english_learner"}


def test_local_and_state_ids_are_two_systems(tmp_path: Path) -> None:
    made = _new(tmp_path, students__csv=STUDENTS)
    _tables(made, tmp_path)
    assert load_contract(tmp_path / "elm.yaml").student_ids.keys() == {"local", "state"}
    assert load_contract(tmp_path / "elm.yaml").student_ids["state"].shared


def test_no_personal_value_in_text_or_on_screen(tmp_path: Path) -> None:
    files = _write(tmp_path, students__csv=STUDENTS, absences__csv=ABSENCES)
    out = tmp_path / "out" / "elm.yaml"
    result = CliRunner().invoke(app, ["contract", "new", "elm", *map(str, files), "--out", str(out)])
    assert result.exit_code == 0
    said = result.output + out.read_text(encoding="utf-8")
    assert [value for value in PERSONAL if value in said] == []


def test_password_and_social_security_number_are_never_proposed(tmp_path: Path) -> None:
    made = _new(tmp_path, students__csv=STUDENTS)
    read = {prop.column for table in _tables(made, tmp_path).values() for prop in table.properties}
    assert not read & {"Password", "SSN"}
    assert "never taken: the contract language refuses such columns: Password, SSN" in made.text


@pytest.mark.parametrize(
    "header", ["Password", "user_pwd", "PASSWD", "Secret", "SSN", "Student SSN", "SocialSecurityNumber", "Soc. Sec. No"]
)
def test_every_spelling_of_what_is_never_taken(header: str) -> None:
    assert not usable(header, vocabulary())


def test_code_nobody_knows_is_listed_to_be_mapped(tmp_path: Path) -> None:
    assert "# ZZ: ?   1 rows" in _new(tmp_path, students__csv=STUDENTS).text


def test_texts_of_a_column_that_is_no_code_list_are_not_shown(tmp_path: Path) -> None:
    """A column headed Gender that holds names: nothing of it may stand in the proposal."""
    rows = "".join(f"{number},Doe{number},{name}\n" for number, name in enumerate(["Female", "Zebulon Q", "Ottoline T", "Ignatius M"]))
    made = _new(tmp_path, students__csv="Student ID,Last Name,Gender\n" + rows)
    assert "Zebulon" not in made.text and "Ottoline" not in made.text


def test_names_in_every_attendance_file_are_taken_from_the_roster_only(tmp_path: Path) -> None:
    absences = (
        ABSENCES.replace("Student ID,", "Student ID,Student Name,").replace("700001,", "700001,Ann,").replace("700002,", "700002,Bob,")
    )
    tables = _tables(_new(tmp_path, students__csv=STUDENTS, absences__csv=absences), tmp_path)
    assert tables["student"].files == ("students.csv",)
    assert set(_columns(tables["attendance"])) == {"student_id", "student_id_system", "school_id", "attendance_date", "attendance_status"}


def test_marks_of_absence_only_are_a_negative_register(tmp_path: Path) -> None:
    made = _new(tmp_path, absences__csv=ABSENCES)
    _tables(made, tmp_path)
    rules = load_contract(tmp_path / "elm.yaml").attendance
    assert (rules.register_kind, rules.silence) == ("negative", "present")
    assert _trial(made) == {"attendance": (3, 0)}


def test_marks_of_presence_are_a_positive_register(tmp_path: Path) -> None:
    made = _new(tmp_path, absences__csv=ABSENCES.replace(",T\n", ",P\n"))
    _tables(made, tmp_path)
    assert load_contract(tmp_path / "elm.yaml").attendance.register_kind == "positive"


def test_title_lines_semicolons_and_latin_1(tmp_path: Path) -> None:
    text = "Absences of the week\nprinted 10/1/2023\n" + ABSENCES.replace(",", ";").replace("700002", "Zo\u00eb2")
    made = _new(tmp_path, absences__csv=text.encode("cp1252"))
    table = _tables(made, tmp_path)["attendance"]
    assert (table.reader.delimiter, table.reader.encoding) == (";", "cp1252")
    assert _trial(made) == {"attendance": (3, 0)}


def test_day_before_month_is_seen_where_a_day_is_over_twelve(tmp_path: Path) -> None:
    made = _new(tmp_path, absences__csv=ABSENCES.replace("09/15/2023", "15/09/2023").replace("09/18/2023", "18/09/2023"))
    assert next(p.formats for p in _tables(made, tmp_path)["attendance"].properties if p.name == "attendance_date") == ("%d/%m/%Y",)


def test_a_column_per_day_is_unpivoted(tmp_path: Path) -> None:
    made = _new(tmp_path, club__csv="Member ID,9/1/2023,9/2/2023,9/3/2023,9/4/2023\n7,P,P,,A\n8,P,,,P\n")
    table = _tables(made, tmp_path)["program_session_attendance"]
    assert table.unpivot is not None and table.unpivot.pattern is not None
    assert _trial(made) == {"program_session_attendance": (5, 0)}


def test_year_in_the_names_of_files_is_the_school_year(tmp_path: Path) -> None:
    text = "Student ID,Days Enrolled,Days Absent\n1,180,4\n2,175,9\n"
    made = _new(tmp_path, **{"totals_2021-22__csv": text, "totals_2022-23__csv": text})
    table = _tables(made, tmp_path)["attendance_total"]
    assert table.files == ("totals_*.csv",)
    assert [prop.from_file for prop in table.properties if prop.name == "school_year"] == ["year"]
    assert _trial(made) == {"attendance_total": (4, 0)}


def test_one_name_column_becomes_two_names(tmp_path: Path) -> None:
    made = _new(tmp_path, members__csv='Member ID,Member Name\n1,"Doe, Ann"\n2,"Roe, Bob"\n')
    student = _tables(made, tmp_path)["student"]
    assert {name: column for name, column in _columns(student).items() if name.endswith("_name")} == {
        "last_name": "Member Name",
        "first_name": "Member Name",
    }


def test_sheets_of_a_workbook_are_tables_of_their_own(tmp_path: Path) -> None:
    book = Workbook()
    roster = book.active
    roster.title = "Roster"
    for row in (["Student ID", "Last Name", "First Name"], ["1", "Doe", "Ann"], ["2", "Roe", "Bob"]):
        roster.append(row)
    log = book.create_sheet("Visits")
    for row in (["Student ID", "Visit Date", "Hours"], ["1", "2023-10-02", 1.5], ["2", "2023-10-02", 2]):
        log.append(row)
    book.save(tmp_path / "club.xlsx")
    tables = _tables(new_contract("elm", [tmp_path / "club.xlsx"]), tmp_path)
    assert {feed: table.reader.sheet for feed, table in tables.items()} == {"student": "Roster", "program_session_attendance": "Visits"}


def test_two_header_rows_markers_and_percent(tmp_path: Path) -> None:
    text = (
        "Chronic Absenteeism\n,,Chronically Absent,\nDistrict,District Code,Student Count,%\n"
        + "".join(f"District {n},{n:03},{10 * n},{n}.5\n" for n in range(1, 9))
        + "Small,099,*,*\n"
    )
    made = _new(tmp_path, **{"chronic_2022-23__csv": text})
    table = _tables(made, tmp_path)["published_indicator"]
    value = next(prop for prop in table.properties if prop.name == "value")
    assert (table.reader.header_rows, value.column, value.markers, value.scale) == (2, "Chronically Absent %", ("*",), 0.01)
    assert next(prop.constant for prop in table.properties if prop.name == "measure_id") == "chronic_absence_rate"
    assert _trial(made) == {"published_indicator": (9, 0)}


def test_state_workbook_with_groups_over_columns_needs_no_edit(tmp_path: Path) -> None:
    """Title lines, group titles over pairs of columns, a state row, thousands, percent, markers, ranges and footnotes."""
    book = Workbook()
    sheet = book.active
    for row in (
        ["Department of Education"],
        ["Chronic absence, 2023-24"],
        [],
        [None, None, "All Students", None, "Students with Disabilities", None],
        ["District Code", "District Name", "Number", "Percent", "Number", "Percent"],
        ["0000", "State of Example", "1,204", "18.2%", 301, "22.5%"],
        ["0011", "Andover", 36, "11.0%", "*", "*"],
        ["0012", "Bolton", 9, "<5%", "5 or fewer", "*"],
        [],
        ["* Hidden to protect students."],
        ["Source: state data system"],
    ):
        sheet.append(row)
    book.save(tmp_path / "absence_2023-24.xlsx")
    made = new_contract("elm", [tmp_path / "absence_2023-24.xlsx"])
    table = _tables(made, tmp_path)["published_indicator"]
    assert table.unpivot is not None and set(table.unpivot.groups) == {"numerator", "value"}
    assert (table.reader.header_rows, table.reader.footer) == (2, '^"?\\*')
    assert _codes(table, "unit_type") == {"0000": "state"}
    assert _trial(made) == {"published_indicator": (6, 0)}


def test_sheets_that_differ_by_a_year_are_one_table_and_counts_are_told_apart(tmp_path: Path) -> None:
    """Enrolled, absent and rate of each group on a sheet a year: students are counted below the line, absentees above it."""
    book = Workbook()
    book.remove(book.active)
    for year in ("2022-23", "2023-24"):
        sheet = book.create_sheet(f"Chronic {year}")
        for row in (
            [f"Chronic absence, school year {year}"],
            ["District", None, "All students", None, None, "English learners", None, None],
            ["Code", "Name", "Students", "Chronically absent", "Rate", "Students", "Chronically absent", "Rate"],
            ["0007", "Alder", "1,204", 301, "25.0%", "<10", "*", "*"],
            ["0014", "Birch", 400, 36, "9.0%", 40, 10, "25.0%"],
            ["", "STATE TOTAL", "1,604", 337, "21.0%", 46, 11, "23.9%"],
            [],
            ["* Hidden to protect students."],
        ):
            sheet.append(row)
    book.save(tmp_path / "absence.xlsx")
    made = new_contract("elm", [tmp_path / "absence.xlsx"])
    table = _tables(made, tmp_path)["published_indicator"]
    assert table.reader.sheet_pattern == r"^Chronic (?P<year>\d{4}-\d{2,4})$"
    assert next(prop.from_sheet for prop in table.properties if prop.name == "school_year") == "year"
    assert table.unpivot is not None
    assert table.unpivot.groups == {
        "denominator": {"all": "All students Students", "english_learner": "English learners Students"},
        "numerator": {"all": "All students Chronically absent", "english_learner": "English learners Chronically absent"},
        "value": {"all": "All students Rate", "english_learner": "English learners Rate"},
    }
    assert _codes(table, "unit_type") == {"": "state"}
    assert _trial(made) == {"published_indicator": (12, 0)}
    assert "no feed of this file has such a column" not in made.text


def test_row_of_words_below_codes_is_no_row(tmp_path: Path) -> None:
    text = "GEO.id2,GEO.display-label,HD01_VD01,HD02_VD01\nId2,Geography,Estimate; Total,Margin of Error; Total\n0900,Andover town,702,51\n0901,Bolton town,1030,88\n"
    made = _new(tmp_path, acs__csv=text)
    assert _tables(made, tmp_path)["community_context"].where[0].not_in == ("Id2",)
    assert _trial(made) == {"community_context": (4, 0)}


def test_figures_that_repeat_schools_are_no_list_of_schools(tmp_path: Path) -> None:
    rows = "".join(
        f"{100 + n // 3},Oak {n // 3},{group},{40 + n}%\n" for n in range(12) for group in [("All Students", "White", "Asian")[n % 3]]
    )
    assert set(_tables(_new(tmp_path, rates__csv="School,School Name,Subgroup,Proficient\n" + rows), tmp_path)) == {"published_indicator"}


def test_fixed_width_says_so(tmp_path: Path) -> None:
    with pytest.raises(OnboardingError, match="30 characters: fixed width"):
        _new(tmp_path, members__txt="9001000120100314F0805120240819\n" * 5)


def test_groups_are_known_by_their_names_whatever_the_header(tmp_path: Path) -> None:
    text = "District,Breakdown XYZ,Graduation Rate\n" + "".join(
        f"D1,{group},90.5\n" for group in ("All Students", "White", "Black or African American", "Asian")
    )
    table = _tables(_new(tmp_path, grad__csv=text), tmp_path)["published_indicator"]
    assert _columns(table)["student_group"] == "Breakdown XYZ"
    assert _codes(table, "student_group")["Black or African American"] == "race_black"


def test_program_of_a_service_is_looked_up_in_the_file_of_services(tmp_path: Path) -> None:
    made = _new(
        tmp_path,
        Service__c__csv="id,Name,UnitOfMeasurement__c,Program__c\n8,Reading,Hours,3\n9,Lunch,Lunches,3\n",
        ServiceDelivery__c__csv="id,DeliveryDate__c,Quantity__c,Service__c,Contact__c\n1,2024-06-28,2,8,11\n2,2024-06-28,1,9,12\n",
    )
    table = _tables(made, tmp_path)["program_session_attendance"]
    looked_up = {prop.name: table.lookups[prop.lookup].value for prop in table.properties if prop.lookup}
    assert looked_up == {"program_id": "Program__c", "service_name": "Name", "unit": "UnitOfMeasurement__c"}
    assert _trial(made) == {"program_session_attendance": (2, 0)}


def test_json_records_inside_an_object(tmp_path: Path) -> None:
    text = '{"data": [{"student": {"id": "1"}, "attendanceDate": "2023-09-01", "attendanceCode": "A"}, {"student": {"id": "2"}, "attendanceDate": "2023-09-04", "attendanceCode": "T"}]}'
    made = _new(tmp_path, attendance__json=text)
    assert made.proposal.tables[0].layout.grid.reader == {"format": "json", "record": "data"}
    assert {prop.name: prop.column for prop in made.proposal.tables[0].props}["attendance_date"] == "attendanceDate"


def test_bundle_is_known_by_its_files_and_gets_its_profile(tmp_path: Path) -> None:
    made = _new(
        tmp_path,
        orgs__csv="sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nd,,,D,district,1,\ns,,,S,school,2,d\n",
        users__csv="sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
        "u1,,,true,s,student,u1,,Ann,Doe,,,,,,,05,\n",
        enrollments__csv="sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\ne1,,,c,s,u1,student,true,2023-08-20,2024-06-10\n",
        absences__csv=ABSENCES,
        classes__csv="sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n",
        courses__csv="sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n",
        academicSessions__csv="sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n",
        manifest__csv="propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.orgs,bulk\nfile.users,bulk\nfile.enrollments,bulk\n",
    )
    assert made.proposal.profile == "oneroster-1.1"
    assert [table.feed for table in made.proposal.tables] == ["attendance"]
    _tables(made, tmp_path)


def test_file_given_twice_over_the_same_contract_is_refused(tmp_path: Path) -> None:
    [file] = _write(tmp_path, absences__csv=ABSENCES)
    out = tmp_path / "elm.yaml"
    out.write_text("mine\n")
    result = CliRunner().invoke(app, ["contract", "new", "elm", str(file), "--out", str(out)])
    assert result.exit_code == 1 and out.read_text() == "mine\n"


@pytest.mark.parametrize(("source", "text"), [("Elm School", ABSENCES), ("elm", "a,b\n1,2\n"), ("elm", "")])
def test_what_cannot_be_proposed_says_why(tmp_path: Path, source: str, text: str) -> None:
    with pytest.raises(OnboardingError):
        new_contract(source, _write(tmp_path, some__csv=text))
