"""What must be true of the published units.

Belongs here: communities, districts, schools, programs and zips. Does not belong here: their figures (indicator.py).
"""

from types import ModuleType
from typing import Any

from orchestration.quality.suite import blocks, no_rows, same_as_parquet, warns

FILE = "public.duckdb"
TABLE = "unit"


def suite(gxe: ModuleType) -> list[Any]:
    named = blocks("a figure about a unit without a name cannot be read", "map the name in the source's contract")
    return [
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["unit_type", "unit_id"], **blocks("figures join by it; a double row would double them", "mend core.dim_unit")
        ),
        *(gxe.ExpectColumnValuesToNotBeNull(column=column, **named) for column in ("unit_type", "unit_id", "unit_name")),
        no_rows(
            gxe,
            "every parent is a unit itself",
            """audited AS child WHERE parent_unit_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM unit AS parent WHERE parent.unit_type = child.parent_unit_type AND parent.unit_id = child.parent_unit_id)""",
            warns("a reader who goes up from a school lands nowhere", "add the parent to core.dim_unit, or leave the link empty"),
        ),
        same_as_parquet(gxe, TABLE),
    ]
