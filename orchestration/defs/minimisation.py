"""A check beside the inbox: which columns do the contracts gather that nothing uses?

Does not belong here: what counts as use (quality/usage.py), refusing anything; a column that waits for its measure is no fault.
"""

from collections.abc import Mapping

import dagster as dg

from orchestration.contracts import Contract
from orchestration.defs.landing import INBOX
from orchestration.quality.usage import project_usage, unused_columns


def used_columns(contracts: Mapping[str, Contract]) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=INBOX,
        name="columns_have_a_use",
        description="Every column that a contract takes is read by a model, a link or a release: gather only what leads to action.",
    )
    def step() -> dg.AssetCheckResult:
        found = unused_columns(contracts.values(), project_usage())
        return dg.AssetCheckResult(
            passed=not found,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"{len(found)} columns that contracts take are used by nothing; `datadrives contract lint` lists them"
            if found
            else None,
            metadata={"columns": len(found), "which": "\n".join(map(str, found)) or "none"},
        )

    return step
