"""The asset graph loads, and its shape is reviewed as text: steps, what they wait for, what they make."""

import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import build_defs
from orchestration.settings import Settings
from tests.support.landing import ATTENDANCE

SHAPE = Path(__file__).parent / "graph.txt"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("graph")
    (root / "landing" / "contracts").mkdir(parents=True)
    (root / "landing" / "contracts" / "elm.yaml").write_text(ATTENDANCE)
    return Settings(landing=root / "landing", home=root / "home")


@pytest.fixture(scope="module")
def defs(settings: Settings) -> dg.Definitions:
    made = build_defs(settings)
    dg.Definitions.validate_loadable(made)
    return made


def test_shape_is_the_reviewed_one(defs: dg.Definitions) -> None:
    """To accept a new shape: write what the failure shows into graph.txt."""
    assert _shape(defs) == SHAPE.read_text()


def test_every_step_that_writes_the_warehouse_waits_in_one_pool(defs: dg.Definitions) -> None:
    pools = {node.name: node.definition.pool for node in defs.resolve_job_def("refresh").nodes}  # type: ignore[attr-defined]
    assert {name for name, pool in pools.items() if pool == "warehouse"} == {"ledger", "stage", "identify", "measure", "candidate"}


def test_schedule_has_a_time_zone_and_sensor_waits_to_be_switched_on(defs: dg.Definitions) -> None:
    assert defs.resolve_schedule_def("nightly").execution_timezone == "America/New_York"
    assert defs.resolve_sensor_def("inbox").default_status == dg.DefaultSensorStatus.STOPPED


def test_contract_with_a_typo_leaves_the_other_sources_in_the_graph(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    folder = settings.contracts_dir.parent / "with_typo"
    shutil.copytree(settings.contracts_dir, folder / "contracts")
    (folder / "contracts" / "oak.yaml").write_text(ATTENDANCE.replace("id: elm", "id: oak").replace("status: active", "stattus: active"))
    made = build_defs(Settings(landing=folder, home=settings.home))
    keys = {key.to_user_string() for key in made.resolve_asset_graph().get_all_asset_keys()}
    assert "raw/elm/attendance" in keys and "raw/oak/attendance" not in keys
    assert "oak.yaml:6" in caplog.text


def _shape(defs: dg.Definitions) -> str:
    """One line per step: the groups it makes and the steps it waits for. A new source, model or measure changes none of them."""
    graph = defs.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    steps: dict[str, tuple[set[str], set[str]]] = {}
    for node in nodes:
        makes, waits = steps.setdefault(_step(node), (set(), set()))
        makes.add(node.group_name)
        waits.update(_step(graph.get(key)) for key in node.parent_keys)
    return "".join(
        f"{step}: makes {', '.join(sorted(makes))}; waits for {', '.join(sorted(waits - {step})) or 'nothing'}\n"
        for step, (makes, waits) in sorted(steps.items())
    )


def _step(node: Any) -> str:
    return node.assets_def.op.name
