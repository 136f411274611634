"""`datadrives keys` as typed: made, rotated, destroyed; a key itself never on the terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.settings import get_settings


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATADRIVES_HOME", str(tmp_path / "warehouse"))
    monkeypatch.setenv("DATADRIVES_KEYS", str(tmp_path / "keys"))
    get_settings.cache_clear()
    runner = CliRunner()

    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        result = runner.invoke(app, ["keys", *arguments], input=stdin)
        secrets = [file.read_text() for file in (tmp_path / "keys").rglob("*.key")]
        assert not any(secret in result.output for secret in secrets), "a key on the terminal"
        return result

    yield invoke
    get_settings.cache_clear()


def test_the_life_of_a_key(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "keys" / "lost+found").mkdir(parents=True)  # a folder of somebody else's
    assert run("list").exit_code == 0
    first = json.loads(run("rotate", "partner-a", "--json").stdout)["key_id"]
    second = json.loads(run("rotate", "partner-a", "--json").stdout)["key_id"]
    assert json.loads(run("list", "--json").stdout)["recipients"] == {"partner-a": {first: "kept", second: "in use"}}
    assert run("destroy", "partner-a", first, stdin="n\n").exit_code == 1
    assert run("destroy", "partner-a", first, stdin="y\n").exit_code == 0
    told = json.loads(run("list", "--json").stdout)["recipients"]["partner-a"]
    assert told[first].startswith("destroyed 20") and told[second] == "in use"


def test_what_cannot_be_is_said_in_one_line(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "partner-a has no key abc" in run("destroy", "partner-a", "abc", "--yes").output
    assert "lower-case letters" in run("rotate", "Partner A").output
    monkeypatch.setenv("DATADRIVES_KEYS", str(tmp_path / "warehouse" / "keys"))
    get_settings.cache_clear()
    refused = run("rotate", "partner-a")
    assert refused.exit_code == 1 and "lies inside" in refused.output and "Traceback" not in refused.output
