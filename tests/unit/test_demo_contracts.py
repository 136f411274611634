"""The demo region's contracts: valid under the standard and the loader, and every delivery of the region gets through."""

from collections import Counter
from pathlib import Path

import pytest
from open_data_contract_standard.model import OpenDataContractStandard
from ruamel.yaml import YAML

from orchestration.contracts import load_contracts
from orchestration.demo import Dirt, generate
from orchestration.ingestion import DeliveryRecord, ingest_source

CONTRACTS = Path(__file__).parents[2] / "raw_landing" / "contracts"
# What a profile knows and no party of the region sends: its bundles have no gradebook.
NOT_SENT = {"final_marks"}


@pytest.mark.parametrize("file", sorted(CONTRACTS.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_contract_is_an_open_data_contract(file: Path) -> None:
    contract = OpenDataContractStandard.model_validate(YAML(typ="safe").load(file))
    assert contract.id == file.stem
    assert contract.kind == "DataContract"


def test_parties_are_described_alike_in_all_their_sources() -> None:
    parties: dict[str, set[str]] = {}
    for contract in load_contracts(CONTRACTS).values():
        parties.setdefault(contract.party.id, set()).add(contract.party.model_dump_json())
        assert contract.party.community == "riverbend"
    assert all(len(described) == 1 for described in parties.values())


def test_a_shared_id_names_the_party_that_issues_it() -> None:
    contracts = load_contracts(CONTRACTS)
    issuers = {contract.party.id for contract in contracts.values()}
    for contract in contracts.values():
        for name, system in contract.student_ids.items():
            assert (system.issuer or contract.party.id) in issuers, (contract.source, name)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[DeliveryRecord]:
    folder = tmp_path_factory.mktemp("ingested")
    # four times the usual dirt, so that a region this small has some of each kind
    generate(folder / "landing", folder / "truth", children=500, years=range(2023, 2025), dirt=Dirt().times(4))
    contracts = load_contracts(CONTRACTS)
    assert {path.name for path in (folder / "landing/inbox").iterdir()} == set(contracts)
    return [
        record
        for contract in contracts.values()
        for record in ingest_source(contract, inbox=folder / "landing/inbox", raw_dir=folder / "raw").deliveries
    ]


def test_every_delivery_is_accepted(records: list[DeliveryRecord]) -> None:
    assert [(record.source, record.reason) for record in records if record.status != "accepted"] == []


def test_every_table_of_every_contract_has_rows(records: list[DeliveryRecord]) -> None:
    rows: Counter[tuple[str, str]] = Counter()
    for record in records:
        for table in record.tables:
            rows[record.source, table.table] += table.rows_accepted
    expected = {(contract.source, table.name) for contract in load_contracts(CONTRACTS).values() for table in contract.tables}
    assert {(source, table) for source, table in expected if rows[source, table] == 0 and table not in NOT_SENT} == set()


def test_dirt_is_rejected_and_not_lost(records: list[DeliveryRecord]) -> None:
    rejected = sum(table.rows_rejected for record in records for table in record.tables)
    assert rejected > 0
    assert all(table.rows_read == table.rows_accepted + table.rows_rejected for record in records for table in record.tables)
