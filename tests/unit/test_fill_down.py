"""Grouped reports: an empty cell that means "as above"."""

from pathlib import Path

from tests.support.landing import ATTENDANCE, HEADER, Landing

GROUPED = ATTENDANCE.replace("customProperties:\n      - {property: feed, value: attendance}", """customProperties:
      - {property: feed, value: attendance}
      - {property: reader, value: {fill_down: [School]}}""")  # fmt: skip
ROWS = "s1,A,2024-01-08,P\ns2,,2024-01-08,A\ns3, ,2024-01-08,P\ns1,B,2024-01-09,T\ns2,,2024-01-09,P\n"


def schools(landing: Landing) -> list[tuple[object, ...]]:
    rows = landing.ledger().execute("SELECT student_id, school_id FROM raw.attendance ORDER BY attendance_date, student_id").fetchall()
    return [tuple(row) for row in rows]


def test_an_empty_cell_takes_the_text_above_it(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(GROUPED)
    record = landing.one(HEADER + ROWS)
    assert (record.status, record.rows_accepted, record.rows_rejected) == ("accepted", 5, 0)
    assert schools(landing) == [("s1", "A"), ("s2", "A"), ("s3", "A"), ("s1", "B"), ("s2", "B")]


def test_cells_above_the_first_text_stay_empty(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(GROUPED)
    landing.one(HEADER + "s0,,2024-01-07,P\n" + ROWS)
    assert schools(landing)[0] == ("s0", None)


def test_without_the_word_an_empty_cell_is_empty(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE)
    landing.one(HEADER + ROWS)
    assert schools(landing)[1] == ("s2", None)


def test_rejected_rows_keep_their_line(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(GROUPED)
    landing.one(HEADER + "s1,A,2024-01-08,P\ns2,,2024-01-08,Q\ns3,,2024-01-08,P\n")
    assert [(line, column, rule) for _, line, column, rule in landing.rejected()] == [(3, "attendance_status", "code")]
    assert schools(landing) == [("s1", "A"), ("s3", "A")]


def test_a_file_without_the_column_is_told_so(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(GROUPED.replace("fill_down: [School]", "fill_down: [Campus]"))
    record = landing.one(HEADER + ROWS)
    assert record.status == "quarantined"
    assert "'Campus'" in record.reason
