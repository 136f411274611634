"""What must be true of the published catalogue of measures.

Belongs here: the catalogue itself. Does not belong here: the figures (indicator.py), the variants (measure_variant.py).
"""

from types import ModuleType
from typing import Any

from orchestration.quality.suite import blocks, no_rows, same_as_parquet, warns

FILE = "public.duckdb"
TABLE = "measure"

_FIX_YAML = "complete config.meta of the measure's YAML, or its row in seeds/published_measure.csv"


def suite(gxe: ModuleType) -> list[Any]:
    said = blocks("a measure without a question and a decision is a number nobody asked for", _FIX_YAML)
    return [
        gxe.ExpectColumnValuesToBeUnique(column="measure_id", **blocks("figures join by it", "rename one of the two measures")),
        *(
            expectation
            for column in ("measure_id", "code", "name", "question", "decision")
            for expectation in (
                gxe.ExpectColumnValuesToNotBeNull(column=column, **said),
                gxe.ExpectColumnValuesToNotBeInSet(column=column, value_set=["", "None"], **said),
            )
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="measure_type",
            value_set=["shared", "collaborative", "individual"],
            **blocks("readers find measures by type", _FIX_YAML),
        ),
        no_rows(
            gxe,
            "every measure has at least one figure",
            "audited AS m ANTI JOIN indicator USING (measure_id)",
            warns("a page without a figure disappoints; a source may be missing", "see table source_status, or retire the measure"),
        ),
        same_as_parquet(gxe, TABLE),
    ]
