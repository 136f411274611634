"""`make open-data` before the pipeline starts: files that are missing, files that are there already."""

from pathlib import Path

import pytest

from orchestration.contracts import load_contracts
from orchestration.ingestion import scan_inbox

from . import run


def test_says_so_and_succeeds_where_the_files_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "DATA", tmp_path / "nowhere")
    monkeypatch.setattr(run, "HOME", tmp_path / "home")
    assert run.main() == 0
    assert "open files not found" in capsys.readouterr().out
    assert not (tmp_path / "home").exists()


def test_staging_twice_brings_nothing_new(tmp_path: Path) -> None:
    if reason := run.missing():
        pytest.skip(reason)
    seen = []
    for _ in range(2):
        run.stage(tmp_path)
        scan = scan_inbox(tmp_path / "inbox", run.DELIVERIES)
        assert (scan.unknown, scan.unsettled) == ([], [])
        seen.append([(delivery.source, delivery.name, delivery.stamp) for delivery in scan.deliveries])
    assert seen[0] == seen[1]
    assert [source for source, _, _ in seen[0]] == sorted(run.DELIVERIES)


def test_every_delivery_has_a_contract_and_an_attribution() -> None:
    contracts = load_contracts(run.CONTRACTS)
    assert set(contracts) == set(run.DELIVERIES)
    assert all(contract.terms.attribution and contract.freshness_days for contract in contracts.values())
