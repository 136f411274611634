"""What must be true of the published status of the sources.

Belongs here: what arrived and how much was usable. Does not belong here: why a row was rejected (governance.rejected_row).
"""

from types import ModuleType
from typing import Any

from orchestration.quality.suite import blocks, no_rows, same_as_parquet, warns

FILE = "public.duckdb"
TABLE = "source_status"

_FIX_LEDGER = "compare with governance.delivery; mend marts.source_status"


def suite(gxe: ModuleType) -> list[Any]:
    return [
        gxe.ExpectColumnValuesToBeUnique(column="source", **blocks("one line per source is what readers expect", _FIX_LEDGER)),
        gxe.ExpectColumnValuesToNotBeNull(
            column="party_name", **blocks("trust needs a sender with a name", "name the party in the contract")
        ),
        gxe.ExpectColumnValuesToBeBetween(column="usable_share", min_value=0, max_value=1, **blocks("it is a share", _FIX_LEDGER)),
        no_rows(
            gxe,
            "no more rows are accepted and rejected than were read",
            "audited WHERE rows_accepted + rows_rejected > rows_read",
            warns("rows in = accepted + rejected + excluded is the promise of ingestion", _FIX_LEDGER),
        ),
        no_rows(
            gxe,
            "every source is on time",
            "audited WHERE is_late",
            warns("figures rest on files older than agreed", "ask the party for its next delivery"),
        ),
        same_as_parquet(gxe, TABLE),
    ]
