"""One refresh over the open files for the whole session, and a connection to what it left."""

import fcntl
from collections.abc import Iterator

import duckdb
import pytest

from .run import missing, refresh, stage
from .warehouse import Ask, Hub


@pytest.fixture(scope="session")
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """The pipeline, run once; with xdist the first worker runs it and the others wait."""
    if reason := missing():
        pytest.skip(reason)
    base = tmp_path_factory.getbasetemp()
    base = base.parent if hasattr(request.config, "workerinput") else base
    made = Hub(base / "open-data" / "landing", base / "open-data" / "home")
    made.home.mkdir(parents=True, exist_ok=True)
    done = made.home / "refreshed"
    with (made.home.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            stage(made.landing)
            result = refresh(made.landing, made.home, quiet=True)
            if result.returncode != 0:
                said = "\n".join((result.stdout + result.stderr).strip().splitlines()[-6:])
                pytest.fail(f"refresh of the open files failed:\n{said}", pytrace=False)
            done.touch()
    return made


@pytest.fixture(scope="session")
def ask(hub: Hub) -> Iterator[Ask]:
    """The build file read-only, with what is published attached as `public`."""
    connection = duckdb.connect(str(hub.home / "warehouse.duckdb"), read_only=True)
    connection.execute(f"ATTACH '{hub.home}/published/current/public.duckdb' AS public (READ_ONLY)")
    yield Ask(connection)
    connection.close()
