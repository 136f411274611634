"""Inbox → raw: one step per source, one asset per source and feed; the sender is told what became of it.

Does not belong here: reading files (ingestion), what is told (reports), or which delivery counts (defs/ledger.py).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg

from orchestration.contracts import Contract, ContractError, load_contract, load_contracts
from orchestration.defs.common import LOCK, failing_clearly
from orchestration.feeds import FEEDS
from orchestration.ingestion import Counts, ingest_source, scan_inbox
from orchestration.reports import write_reports
from orchestration.settings import Settings

INBOX = dg.AssetKey(["landing", "inbox"])


def raw_key(source: str, feed: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", source, feed])


def readable_contracts(folder: Path) -> tuple[dict[str, Contract], list[str]]:
    """The contracts that can be drawn as assets, and what is wrong with the others."""
    contracts: dict[str, Contract] = {}
    problems: list[str] = []
    for file in sorted(folder.glob("*.y*ml")):
        try:
            contracts[file.stem] = load_contract(file)
        except ContractError as error:
            problems.append(str(error))
    return contracts, problems


def inbox(settings: Settings, problems: list[str]) -> dg.AssetsDefinition:
    """A contract that cannot be read stops here, before anything is replaced; the graph of the others is still drawn."""

    @dg.asset(
        key=INBOX,
        group_name="landing",
        kinds={"file"},
        required_resource_keys={LOCK},
        description="\n\n".join(["Deliveries waiting, and the contracts that say how to read them.", *problems]),
    )
    def step(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        with failing_clearly(ContractError):
            contracts = load_contracts(settings.contracts_dir)
        scan = scan_inbox(settings.inbox, contracts, settings.settle_seconds)
        for name in scan.unknown:
            context.log.warning(f"inbox/{name}: no contract has this source; write contracts/{name}.yaml or remove the folder")
        return dg.MaterializeResult(
            metadata={
                "deliveries": len(scan.deliveries),
                "still growing": len(scan.unsettled),
                "folders without a contract": ", ".join(map(str, scan.unknown)) or "none",
                "contracts": len(contracts),
            }
        )

    return step


def landed(settings: Settings, contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    return [_land(settings, contract) for contract in contracts.values()]


def _land(settings: Settings, contract: Contract) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            raw_key(contract.source, feed),
            deps=[INBOX],
            group_name="raw",
            kinds={"python", "parquet"},
            description=f"{contract.name}: {FEEDS[feed].grain}, as delivered by {contract.party.name}.",
            metadata={"contract": dg.MetadataValue.path(settings.contracts_dir / f"{contract.source}.yaml")},
        )
        for feed in contract.feeds
    ]

    @dg.multi_asset(name=f"land_{contract.source.replace('-', '_').replace('.', '_')}", specs=specs, required_resource_keys={LOCK})
    def step() -> Iterator[dg.MaterializeResult[None]]:
        done = ingest_source(
            contract,
            inbox=settings.inbox,
            raw_dir=settings.raw_dir,
            settle_seconds=settings.settle_seconds,
            memory_limit=settings.memory_limit,
            limits=settings.limits,
        )
        reports = write_reports(
            contract,
            done.deliveries,
            raw_dir=settings.raw_dir,
            folder=settings.reports_dir,
            timezone=settings.timezone,
            memory_limit=settings.memory_limit,
        )
        quarantined = [f"{s.record.name}: {s.reason}" for s in done.standings if s.status == "quarantined"]
        for feed in contract.feeds:
            counts = done.feeds.get(feed, Counts())
            yield dg.MaterializeResult(
                asset_key=raw_key(contract.source, feed),
                metadata={
                    "deliveries": len(done.deliveries),
                    "new deliveries": done.new,
                    "quarantined": "\n".join(quarantined) or "none",
                    "dagster/row_count": counts.accepted,
                    "rows read": counts.read,
                    "rows accepted": counts.accepted,
                    "rows rejected": counts.rejected,
                    "rows of other tables": counts.excluded,
                    "reports for the sender": dg.MetadataValue.path(reports),
                    "files": dg.MetadataValue.path(settings.raw_dir / feed / f"source={contract.source}"),
                },
            )

    return step
