"""Recorded absences as analysts see them, one row per child, school and day.

Belongs here: what no single source can break without making every attendance figure wrong. Does not belong here: keys
and relations, which dbt tests where the table is built.
"""

from types import ModuleType
from typing import Any

from orchestration.quality.suite import blocks

FILE = "analyst.duckdb"
TABLE = "core.fct_attendance"


def suite(gxe: ModuleType) -> list[Any]:
    return [
        gxe.ExpectColumnValuesToBeBetween(
            column="absence_fraction",
            min_value=0,
            max_value=1,
            **blocks("one day can be missed once", "map minutes or periods to a fraction in the source's contract"),
        ),
    ]
