"""The folder of examples as a user tries it: one refresh from the CLI, and what is published of every vendor.

Does not belong here: rejected rows and single days' reasons (tests/unit/test_examples_attendance.py).
"""

from decimal import Decimal

import duckdb
import pytest

from tests.support.examples import EXAMPLES, contracts, days_by_hand, days_of
from tests.support.hub import Hub

# party: (sessions attended, sessions not attended, hours)
SESSIONS = {
    "example-harbor": (5, 3, Decimal("5.0000")),
    "example-orchard": (5, 5, None),
    "example-lantern": (19, 6, None),
    "example-oak-hall": (9, 1, None),
}
# party: days missed by how much, as (whole days, part days, known marks that cost nothing, unknown) of all marks, counted or not
MARKS = {
    "example-powerschool-district": (6, 1, 1, 1),
    "example-campus-district": (2, 3, 3, 0),
    "example-skyward-district": (4, 2, 2, 0),
    "example-synergy-district": (5, 2, 1, 0),
    "example-aeries-district": (4, 4, 2, 2),
    "example-aspen-district": (6, 3, 3, 1),
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    hub = Hub(tmp_path_factory.mktemp("examples"), {"DATADRIVES_LANDING": str(EXAMPLES)})
    hub.refresh()
    return hub


def test_all_examples_are_published(hub: Hub) -> None:
    landed = hub.query("SELECT source FROM source_status WHERE rows_accepted > 0")
    assert {source for (source,) in landed} == set(contracts())
    assert hub.release["audit"]["verdict"] == "passed"


def test_every_school_day_is_as_worked_out_by_hand(hub: Hub) -> None:
    with duckdb.connect(str(hub.home / "warehouse.duckdb"), read_only=True) as con:
        assert days_of(con) == days_by_hand()
    published = hub.query("SELECT count(*) FROM core.attendance_day", "analyst.duckdb")
    assert published == [(len(days_by_hand()),)]


def test_marks_of_each_vendor(hub: Hub) -> None:
    rows = hub.query(
        """SELECT party_id, count(CASE WHEN absence_fraction = 1 THEN 1 END),
            count(CASE WHEN absence_fraction > 0 AND absence_fraction < 1 THEN 1 END),
            count(CASE WHEN absence_fraction = 0 THEN 1 END), count(*) - count(absence_fraction)
        FROM core.fct_attendance GROUP BY party_id""",
        "analyst.duckdb",
    )
    assert {party: counts for party, *counts in rows} == {party: list(counts) for party, counts in MARKS.items()}


def test_sessions_of_each_partner(hub: Hub) -> None:
    rows = hub.query(
        "SELECT party_id, count(CASE WHEN is_attended THEN 1 END), count(CASE WHEN NOT is_attended THEN 1 END), sum(hours) "
        "FROM core.fct_program_attendance GROUP BY party_id",
        "analyst.duckdb",
    )
    assert {party: tuple(counts) for party, *counts in rows} == SESSIONS
