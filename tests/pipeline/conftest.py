"""One small demo region, refreshed once for all tests of this folder, with the sentinel source among its deliveries."""

import pytest

from tests.support import sentinel
from tests.support.hub import Hub, can_unplug

CHILDREN = 300


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """After a first refresh, run without any network where that can be arranged."""
    hub = Hub(tmp_path_factory.mktemp("region"))
    made = hub.run("demo", "--children", str(CHILDREN))
    assert made.returncode == 0, made.stderr
    sentinel.deliver(hub)
    done = hub.run("refresh", offline=can_unplug())
    assert done.returncode == 0, done.stderr
    return hub
