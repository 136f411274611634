"""The gate before the published files: a failed audit and a missing receipt both leave the last version standing."""

from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

import expectations
from orchestration.cli import app
from orchestration.definitions import build_defs
from orchestration.defs import publish
from orchestration.settings import Settings, get_settings
from tests.support.hub import Hub

# What an engineer would add as expectations/impossible.py.
IMPOSSIBLE = """
from orchestration.quality.suite import blocks

FILE, TABLE = "public.duckdb", "unit"


def suite(gxe):
    why = blocks("the test wants an audit to fail", "remove this expectation")
    return [gxe.ExpectColumnValuesToBeInSet(column="unit_type", value_set=["galaxy"], description="every unit is a galaxy", **why)]
"""


@pytest.fixture
def inside(region: Hub, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The region's settings for code that runs in this process."""
    for name, value in region.environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


def test_failing_audit_keeps_the_last_version_and_says_why(
    region: Hub, inside: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "impossible.py").write_text(IMPOSSIBLE)
    monkeypatch.setattr(expectations, "__path__", [*expectations.__path__, str(tmp_path)])
    before = region.release["version"]
    done = CliRunner().invoke(app, ["refresh", "--force", "--json"])
    assert done.exit_code == 1
    assert "every unit is a galaxy" in done.stdout
    assert "the test wants an audit to fail" in done.stdout
    assert region.release["version"] == before


def test_publishing_alone_without_a_receipt_is_refused(region: Hub, inside: Settings) -> None:
    before = region.release["version"]
    (inside.candidate_dir / "receipt.json").unlink()
    job = build_defs(inside).resolve_job_def("refresh")
    with dg.DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(instance=instance, asset_selection=[publish.PUBLISHED], raise_on_error=False)
    assert not done.success
    failure = done.get_step_failure_events()[0].step_failure_data.user_failure_data
    assert "no audit receipt" in failure.description
    assert region.release["version"] == before
