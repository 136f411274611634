"""`dagster dev` as a person sees it: the asset graph is drawn, and "Materialize all" ends green."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hub import BIN, ROOT, Hub

CHROMIUM = shutil.which("chromium")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync"""
RUNS = "{ runsOrError(limit: 1) { ... on Runs { results { runId status } } } }"
GROUPS = ("landing", "raw", "governance", "staging", "identity", "core", "measures", "marts", "publish")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]


@pytest.fixture
def served(region: Hub, tmp_path: Path) -> Iterator[str]:
    """Plain `dagster dev` in the project's folder, as the README says, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in region.environment.items() if name != "DAGSTER_HOME"}
    with (tmp_path / "dev.log").open("w") as log:
        command = [str(BIN / "dagster"), "dev", "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(lambda: _answers(url), 180, "dagster dev did not come up:\n" + str(tmp_path / "dev.log"))
            yield url
        finally:
            server.terminate()
            server.wait(timeout=90)


def test_graph_is_drawn_and_materialise_all_is_green(region: Hub, served: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    before = _last_run(served)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        elsewhere: list[str] = []
        page.on("request", lambda request: elsewhere.append(request.url) if served not in request.url else None)
        page.goto(f"{served}/asset-groups")
        for group in GROUPS:
            page.get_by_text(group, exact=True).first.wait_for(timeout=90_000)
        page.get_by_text("Materialize all").click()
        _wait(lambda: _last_run(served) not in (before, None), 60, "the click started no run")
        browser.close()
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []

    _wait(lambda: _last_run(served)[1] in ("SUCCESS", "FAILURE", "CANCELED"), 400, "the run did not end")
    assert _last_run(served)[1] == "SUCCESS", (region.home / "logs" / "runs.log").read_text()[-3000:]
    assert not (ROOT / "warehouse" / "dagster" / "history" / "runs" / f"{_last_run(served)[0]}.db").exists(), "storage belongs to the home"


def _last_run(url: str) -> tuple[str, str] | None:
    request = urllib.request.Request(f"{url}/graphql", json.dumps({"query": RUNS}).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        runs = json.load(answer)["data"]["runsOrError"]["results"]
    return (runs[0]["runId"], runs[0]["status"]) if runs else None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/server_info", timeout=5):
            return True
    except OSError:
        return False


def _wait(done, seconds: float, otherwise: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            pytest.fail(otherwise)
        time.sleep(0.5)
