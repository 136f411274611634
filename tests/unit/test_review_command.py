"""`datadrives review` as typed: out to a workbook, back in, with nothing of a child on the terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.lock import refresh_lock
from orchestration.settings import get_settings
from tests.support.review import ROWS, fill, review_hub

PERSONAL = {cell for row in ROWS for cell in (row[2], row[4], row[5], row[7]) if cell}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATADRIVES_HOME", str(tmp_path))
    get_settings.cache_clear()
    yield_to = CliRunner()

    def invoke(*arguments: object, stdin: str | None = None) -> Result:
        result = yield_to.invoke(app, ["review", *map(str, arguments)], input=stdin)
        assert not [value for value in PERSONAL if value.casefold() in result.output.casefold()], "a child on the terminal"
        return result

    yield invoke
    get_settings.cache_clear()


def test_before_the_first_refresh_it_says_what_to_do_and_makes_nothing(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("status")
    assert result.exit_code == 1 and "run `datadrives refresh` first" in result.output
    assert list(tmp_path.iterdir()) == []


def test_out_and_back_in_and_what_contradicts_is_refused_with_both(run: Callable[..., Result], tmp_path: Path) -> None:
    review_hub(tmp_path)
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    for path in (first, second):
        assert run("export", path, "--reader", "mary").exit_code == 0
    fill(first, "same", "different")
    fill(second, "different", "different", "cannot tell")
    assert json.loads(run("import", first, "--reader", "mary", "--json").stdout)["new"] == 2
    refused = run("import", second, "--reader", "mary")
    assert refused.exit_code == 1
    assert "cannot-link" in refused.output and "must-link by mary" in refused.output and "row 3" in refused.output
    assert "1 new decisions, 0 second readings that agree, 0 that disagree, 1 known before" in refused.output
    state = json.loads(run("status", "--json").stdout)
    assert state["decisions"] == {"cannot-link": 1, "cannot-tell": 1, "must-link": 1} and state["unsettled"] == 3
    decision = refused.output.split("contradicts ")[1].split(":")[0].strip()
    assert run("withdraw", decision).exit_code == 0
    assert run("import", second, "--reader", "mary").exit_code == 0


def test_the_password_is_asked_for_and_never_shown(run: Callable[..., Result], tmp_path: Path) -> None:
    review_hub(tmp_path)
    path = tmp_path / "queue.xlsx"
    exported = run("export", path, "--encrypted", stdin="open sesame\nopen sesame\n")
    assert exported.exit_code == 0 and "sesame" not in exported.output and not path.read_bytes().startswith(b"PK")
    assert run("import", path).exit_code == 1
    assert run("import", path, "--encrypted", stdin="open sesame\n").exit_code == 0


def test_while_a_refresh_runs_nothing_is_taken(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    review_hub(tmp_path)
    with refresh_lock(tmp_path):
        monkeypatch.setattr("orchestration.lock._held", set())  # as another process would find it
        result = run("status")
    assert result.exit_code == 1 and "another refresh" in result.output


def test_a_sample_is_drawn_once_until_it_is_answered(run: Callable[..., Result], tmp_path: Path) -> None:
    review_hub(tmp_path)
    before = json.loads(run("status", "--json").stdout)
    drawn = json.loads(run("sample", "--json").stdout)["pairs"]
    after = json.loads(run("status", "--json").stdout)
    assert drawn > 0 and after["reasons"]["sample"] == drawn and after["pairs"] > before["pairs"], "also linked pairs are asked"
    assert run("sample").exit_code == 1
