"""The traps that SOURCE.md of partner-pmm names: blank marks, nine units, volunteers, few birth dates."""

from .warehouse import Ask

SESSIONS = "FROM core.fct_program_attendance WHERE source = 'partner-pmm'"


def test_a_blank_mark_with_a_quantity_is_presence(ask: Ask) -> None:
    """567 blank marks and 39 Present: 557 of the blank ones have a quantity, 10 have none and stay unknown."""
    sql = f"SELECT count(*) FILTER (session_status = 'present'), count(*) FILTER (session_status = 'unknown') {SESSIONS}"
    present, unknown = ask.row(sql)
    assert (present, unknown) == (557 + 39, 10)
    assert ask.row(f"SELECT count(*) {SESSIONS} AND session_status = 'unknown' AND (quantity IS NOT NULL OR is_attended)") == (0,)


def test_a_quantity_of_zero_is_no_presence(ask: Ask) -> None:
    assert ask(f"SELECT DISTINCT session_status {SESSIONS} AND quantity = 0 ORDER BY 1") == [
        ("absent_excused",), ("absent_unexcused",),
    ]  # fmt: skip


def test_nine_unit_names_become_standard_units(ask: Ask) -> None:
    sql = f"SELECT unit, count(DISTINCT service_name) {SESSIONS} GROUP BY 1"
    assert dict(ask(sql)) == {
        "hours": 6, "sessions": 2, "meals": 1, "dollars": 1, "attendees": 1, "items": 2, "other": 1,
    }  # fmt: skip
    assert ask.row(f"SELECT sum(hours) {SESSIONS}")[0] == ask.row(f"SELECT sum(quantity) {SESSIONS} AND unit = 'hours'")[0]


def test_the_program_comes_from_the_service(ask: Ask) -> None:
    assert ask.row(f"SELECT count(*), count(program_id), count(service_name) {SESSIONS}") == (610, 610, 610)


def test_repeated_deliveries_stay_and_are_numbered(ask: Ask) -> None:
    assert ask.row(f"SELECT count(*) FILTER (record_count > 1) {SESSIONS}")[0] >= 10


def test_the_date_of_a_delivery_is_not_the_date_in_its_name(ask: Ask) -> None:
    assert ask.row(f"SELECT min(session_date)::VARCHAR, count(session_date) {SESSIONS}")[1] == 610


def test_volunteers_and_waiting_lists_are_told_from_participants(ask: Ask) -> None:
    sql = "SELECT role, count(*) FROM core.fct_program_enrollment WHERE source = 'partner-pmm' GROUP BY 1"
    assert dict(ask(sql)) == {"participant": 79, "volunteer": 10}
    stages = "SELECT stage, count(*) FROM core.fct_program_enrollment WHERE source = 'partner-pmm' GROUP BY 1"
    assert dict(ask(stages)) == {"active": 47, "enrolled": 38, "waitlisted": 2, "applied": 2}


def test_a_sample_contact_is_a_contact_like_any_other(ask: Ask) -> None:
    """The partner's own test entry has an id and a name as everybody; nobody but the partner can say that it is none."""
    sql = "SELECT count(*) FROM raw.student WHERE source = 'partner-pmm' AND first_name = 'Sample' AND last_name = 'Contact'"
    assert ask.row(sql) == (1,)


def test_adults_and_children_are_told_apart_by_birth_date_only(ask: Ask) -> None:
    sql = "SELECT min(year(birth_date)) < 1990, max(year(birth_date)) FROM raw.student WHERE source = 'partner-pmm'"
    assert ask.row(sql) == (True, 2021)


def test_people_without_a_birth_date_are_people(ask: Ask) -> None:
    sql = "SELECT count(*), count(birth_date), count(*) FILTER (year(birth_date) = 2021) FROM raw.student WHERE source = 'partner-pmm'"
    assert ask.row(sql) == (186, 23, 3)


def test_ids_of_the_partners_database_are_its_own(ask: Ask) -> None:
    """No student id at all: the contacts are persons of this partner until matching links them."""
    sql = """SELECT count(DISTINCT person_id), list(DISTINCT student_id_system) FROM identity.person_key
        WHERE student_id_issuer = 'pmm-partner'"""
    assert ask.row(sql) == (186, ["contact"])
