"""Attendance of a year as analysts see it, one row per child, school and school year: the base of chronic absence.

Belongs here: sums that must fit together. Does not belong here: single days (core_attendance.py).
"""

from types import ModuleType
from typing import Any

from orchestration.quality.suite import blocks, no_rows, warns

FILE = "analyst.duckdb"
TABLE = "core.fct_attendance_year"


_LONGEST = 366


def suite(gxe: ModuleType) -> list[Any]:
    return [
        no_rows(
            gxe,
            f"no year counted here has more than {_LONGEST} days enrolled",
            f"audited WHERE basis <> 'total' AND NOT days_enrolled BETWEEN 0 AND {_LONGEST}",
            blocks("the hub counted these days itself", "look for overlapping enrolment spans or a calendar sent twice"),
        ),
        no_rows(
            gxe,
            f"no year reported as a total has more than {_LONGEST} days enrolled",
            f"audited WHERE basis = 'total' AND NOT days_enrolled BETWEEN 0 AND {_LONGEST}",
            warns("a source's own totals can be wrong; they count as they came", "show the party how many, and ask for a correction"),
        ),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="days_enrolled",
            column_B="days_absent",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
            **warns("more days missed than there were: spans, calendar and marks disagree", "compare the source's calendar with its marks"),
        ),
    ]
