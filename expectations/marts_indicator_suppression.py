"""The reasons behind hidden rows, for analysts only.

Belongs here: whether every hidden row has one, and which of them point to a defect. Does not belong here: the rules.
"""

from types import ModuleType
from typing import Any

from orchestration.disclosure import KEY
from orchestration.quality.suite import blocks, no_rows, same_rows, warns

FILE = "analyst.duckdb"
TABLE = "marts.indicator_suppression"

_HIDDEN = "(SELECT * FROM read_parquet('parquet/indicator.parquet') WHERE suppression = 'suppressed')"


def suite(gxe: ModuleType) -> list[Any]:
    return [
        no_rows(
            gxe,
            "every hidden row has its reason, and no other row has one",
            same_rows("audited", _HIDDEN, ", ".join(KEY)),
            blocks("an unexplained gap cannot be told from lost data", "mend orchestration/disclosure/protect.py"),
        ),
        gxe.ExpectColumnValuesToNotBeInSet(
            column="reason",
            value_set=["unknown_kind", "incomplete", "inconsistent"],
            **warns(
                "these rows are hidden because they could not be judged, not because they are small",
                "mend the measure's SQL or its variant",
            ),
        ),
    ]
