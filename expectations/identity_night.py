"""What must be true of the night that made the persons.

Belongs here: how many persons may change in one night. Does not belong here: which persons (identity).
"""

from types import ModuleType
from typing import Any

from orchestration.quality.suite import blocks, no_rows

FILE = "analyst.duckdb"
TABLE = "identity_quality.night"

_LOOK = "look at identity_quality.night, take the delivery back, or run once with DATADRIVES_IDENTITY_ACCEPT_CHANGES=true"


def suite(gxe: ModuleType) -> list[Any]:
    return [
        gxe.ExpectColumnValuesToBeUnique(column="run", **blocks("one row per night is what the limits are held against", _LOOK)),
        *(
            no_rows(
                gxe,
                f"the last night {did} no more children than it may",
                f"audited WHERE is_last AND NOT is_checked AND {share} > most_{share}",
                blocks("one wrong file could change the figures of many children at once", _LOOK),
            )
            for did, share in (("merged", "merged_share"), ("split", "split_share"))
        ),
    ]
