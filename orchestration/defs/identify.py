"""Staging → identity: every id of every source gets its person; senders are told which of their children to look at.

Does not belong here: how ids or records are matched (identity).
"""

from collections.abc import Iterable, Iterator, Mapping

import dagster as dg

from orchestration.contracts import Contract
from orchestration.defs.common import LOCK, WAREHOUSE_POOL, built, failing_clearly
from orchestration.identity.identify import refresh_identity
from orchestration.identity.quality import TooManyChangesError, night_checks
from orchestration.reports.matching import write_matching_reports
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

_TABLES = {
    "person_key": "One row per source, issuer, id system and id, with the person it belongs to.",
    "person": "One row per person ever minted; a retired person_id never returns.",
    "person_redirect": "Persons found to be one, the younger person_id pointing to the older.",
    "record_link": "Which record belonged to which person, from which run to which.",
    "decision": "What people have decided about two records; outranks every score.",
    "conflict": "Agreements that were not used, because the person they would make cannot be.",
    "identity_event": "What happened to persons: mint, attach, merge, split, move, retire.",
}
_QUALITY = {
    "night": "What every night made of the persons, and how much of that it may.",
    "link_rate": "Records linked and records waiting for a person to look, by sender, district, language and kind of surname.",
    "sample_band": "The clerical sample by weight: pairs looked at and pairs found wrong.",
    "error_rate": "Estimated shares of false and missed links with intervals, by the same groups.",
    "odd_file": "Lists that are odd as a whole: name columns swapped, one id on many children.",
    "implausible_person": "Persons with facts that one child can hardly have.",
    "implausible_fact": "How many persons have each such fact.",
}


def identified(settings: Settings, contracts: Mapping[str, Contract], staging: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    deps = [key for key in staging if key.path[0] == "staging"]
    specs = [
        dg.AssetSpec([schema, table], deps=deps, group_name="identity", kinds={"python", "duckdb"}, description=text)
        for schema, tables in (("identity", _TABLES), ("identity_quality", _QUALITY))
        for table, text in tables.items()
    ]

    @dg.multi_asset(name="identify", specs=specs, required_resource_keys={LOCK}, pool=WAREHOUSE_POOL)
    def step(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        with failing_clearly(TooManyChangesError), open_warehouse(settings) as con:
            found = refresh_identity(con, settings.identity_dir, checks=night_checks(settings))
            asked = write_matching_reports(con, contracts, settings.reports_dir)
        night = found.night
        context.log.info(
            f"run {night.run}, model {found.model}: {found.persons} persons behind {found.ids} ids; "
            f"records: {night.records}, {night.new} new, {night.changed} changed, {night.withdrawn} withdrawn; "
            f"persons: {night.minted} minted, {night.merged} merged, {night.split} split, {night.retired} retired; "
            f"{found.conflicts} conflicts, {found.recycled_ids} recycled ids; "
            f"{asked} senders have children to look at"
        )
        yield from built(settings, specs)

    return step
