"""Two refreshes at once: the second says so and touches nothing."""

from pathlib import Path

from orchestration.lock import refresh_lock
from tests.support.hub import Hub
from tests.support.landing import ATTENDANCE


def test_second_refresh_ends_with_one_clear_sentence(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    (hub.landing / "contracts").mkdir(parents=True)
    (hub.landing / "contracts" / "elm.yaml").write_text(ATTENDANCE)
    with refresh_lock(hub.home):
        done = hub.run("refresh")
    assert done.returncode == 1
    assert "another refresh" in done.stderr
    assert not (hub.home / "warehouse.duckdb").exists()


def test_lock_can_be_taken_again_by_its_holder_and_after_it(tmp_path: Path) -> None:
    with refresh_lock(tmp_path), refresh_lock(tmp_path):
        pass
    with refresh_lock(tmp_path):
        pass
