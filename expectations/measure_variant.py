"""What must be true of the published variants, the definitions behind the figures.

Belongs here: the variants. Does not belong here: the figures computed under them (indicator.py).
"""

from types import ModuleType
from typing import Any

from orchestration.quality.suite import blocks, no_rows, same_as_parquet

FILE = "public.duckdb"
TABLE = "measure_variant"

_FIX_SEED = "mend the row in seeds/measure_variant.csv or seeds/publisher_definition.csv"


def suite(gxe: ModuleType) -> list[Any]:
    return [
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["measure_id", "variant_id", "source_kind"],
            **blocks("figures join by it; a double row would double them", _FIX_SEED),
        ),
        *(
            gxe.ExpectColumnValuesToNotBeNull(column=column, **blocks("a definition without an owner cannot be questioned", _FIX_SEED))
            for column in ("measure_id", "variant_id", "variant_name", "authority")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="value_kind",
            value_set=["proportion", "ratio", "count"],
            **blocks("the disclosure rules go by it; an unknown kind is hidden whole", _FIX_SEED),
        ),
        no_rows(
            gxe,
            "every variant belongs to a measure of the catalogue",
            "audited AS v ANTI JOIN measure USING (measure_id)",
            blocks("a figure must lead to the question it answers", "add the measure, or take the variant out"),
        ),
        same_as_parquet(gxe, TABLE),
    ]
