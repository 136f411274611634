"""Raw → governance: the ledger says which delivery is in force; one view per feed makes the Parquet files readable.

Does not belong here: the rules of replacement (ingestion).
"""

from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration.contracts import Contract
from orchestration.defs.common import LOCK, WAREHOUSE_POOL, built, failing_clearly
from orchestration.defs.landing import raw_key
from orchestration.feeds import FEEDS
from orchestration.ingestion import build_ledger
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

_TABLES = {
    "delivery": "One row per delivery, whatever became of it.",
    "delivery_feed": "One row per source, feed, delivery and period: is it in force?",
    "delivery_table": "One row per delivery and table: rows read, accepted, rejected.",
    "delivery_file": "One row per delivery, table and file: rows read, accepted, rejected.",
    "delivery_excluded": "One row per delivery, file and text the contract counts apart: rows that are no rows of the table.",
    "rejected_row": "One row per broken rule of a delivered row; never a value.",
    "source": "One row per contract: who sends, under which terms.",
    "id_system": "One row per source and id system: who issues the ids.",
}


def ledger(settings: Settings, contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    every = [raw_key(contract.source, feed) for contract in contracts.values() for feed in contract.feeds]
    tables = [
        dg.AssetSpec(["governance", table], deps=every, group_name="governance", kinds={"duckdb"}, description=text)
        for table, text in _TABLES.items()
    ]
    views = [
        dg.AssetSpec(
            ["raw", feed],
            deps=[key for key in every if key.path[-1] == feed],
            group_name="governance",
            kinds={"duckdb", "view"},
            description=f"Every delivery of every source: {declared.grain}.",
        )
        for feed, declared in FEEDS.items()
    ]

    @dg.multi_asset(name="ledger", specs=[*tables, *views], required_resource_keys={LOCK}, pool=WAREHOUSE_POOL)
    def step() -> Iterator[dg.MaterializeResult[None]]:
        with failing_clearly(), open_warehouse(settings) as con:
            build_ledger(con, settings.raw_dir, contracts, settings.published_dir)
        yield from built(settings, [*tables, *views])

    return step
