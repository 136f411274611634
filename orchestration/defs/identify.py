"""Staging → identity: every id of every source gets its person.

Does not belong here: how ids or records are matched (identity).
"""

from collections.abc import Iterable, Iterator

import dagster as dg

from orchestration.defs.common import LOCK, WAREHOUSE_POOL, built, failing_clearly
from orchestration.identity import assign_person_keys
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

_TABLES = {
    "person_key": "One row per issuer, id system and id, with the person it belongs to.",
    "crosswalk": "Explicit links between ids of one person, with their origin.",
    "person_redirect": "Persons found to be one, the younger id pointing to the older.",
}


def identified(settings: Settings, staging: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    deps = [key for key in staging if key.path[0] == "staging"]
    specs = [
        dg.AssetSpec(["identity", table], deps=deps, group_name="identity", kinds={"python", "duckdb"}, description=text)
        for table, text in _TABLES.items()
    ]

    @dg.multi_asset(name="identify", specs=specs, required_resource_keys={LOCK}, pool=WAREHOUSE_POOL)
    def step(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        with failing_clearly(), open_warehouse(settings) as con:
            found = assign_person_keys(con)
        context.log.info(f"{found.persons} persons behind {found.ids} ids, {found.new_persons} of them new")
        yield from built(settings, specs)

    return step
