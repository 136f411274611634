"""Every recipe of docs/cookbook.md works as printed: its files are ingested under its contract and give the tables on the page.

A recipe is a section of the page (## title) that holds one ```yaml block, the contract; fenced blocks named by a file, its delivery
(`name.xlsx#Sheet` blocks are sheets of a workbook); and for each feed a line **`feed`** with a table of what comes out, in any order.
**Rejected** is the table of rejected rows; where there is none, nothing may be rejected.
"""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from orchestration.contracts import load_contract
from orchestration.ingestion import build_ledger, ingest_source
from orchestration.onboarding.lint import lint_contract

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
_BLOCK = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"^\*\*(`\w+`|Rejected)\*\*\n\n((?:\|.*\n)+)", re.MULTILINE)


@dataclass
class Recipe:
    title: str
    contract: str = ""
    files: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)

    @property
    def source(self) -> str:
        found = re.search(r"^id: (\S+)", self.contract, re.MULTILINE)
        return found[1] if found else ""


def _recipes() -> list[Recipe]:
    found = []
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        recipe = Recipe(section.splitlines()[0])
        for kind, name, text in _BLOCK.findall(section):
            if kind == "yaml":
                recipe.contract = text
            elif name:
                recipe.files[name] = text
        for name, rows in _TABLE.findall(section):
            lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in rows.splitlines()]
            recipe.tables[name.strip("`")] = [lines[0], *lines[2:]]
        if recipe.contract:
            found.append(recipe)
    return found


RECIPES = _recipes()


def _deliver(recipe: Recipe, folder: Path) -> None:
    books: dict[str, Workbook] = {}
    for name, text in recipe.files.items():
        path, _, sheet = name.partition("#")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not sheet:
            target.write_text(text, encoding="utf-8")
            continue
        book = books.setdefault(path, Workbook())
        page = book.create_sheet(sheet)
        for row in csv.reader(text.splitlines()):
            page.append([_number(cell) for cell in row])
    for path, book in books.items():
        del book["Sheet"]
        book.save(folder / path)


def _number(cell: str) -> str | float | int | None:
    """As Excel would hold it: digits are numbers, unless a zero leads."""
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", cell):
        return float(cell) if "." in cell else int(cell)
    return cell or None


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.title for recipe in RECIPES])
def test_recipe_gives_what_the_page_shows(recipe: Recipe, tmp_path: Path) -> None:
    file = tmp_path / f"{recipe.source}.yaml"
    file.write_text(recipe.contract, encoding="utf-8")
    contract = load_contract(file)
    _deliver(recipe, tmp_path / "inbox" / recipe.source / "2024-09-30")
    [record] = ingest_source(contract, inbox=tmp_path / "inbox", raw_dir=tmp_path / "raw").deliveries
    assert (record.status, record.reason) == ("accepted", "")
    con = duckdb.connect(":memory:")
    build_ledger(con, tmp_path / "raw", {contract.source: contract})
    assert {feed for feed in recipe.tables if feed != "Rejected"} == {table.feed for table in record.tables}
    for feed, (header, *rows) in recipe.tables.items():
        name = "governance.rejected_row" if feed == "Rejected" else f"raw.{feed}"
        columns = ", ".join(f"coalesce({column}::VARCHAR, '')" for column in header)
        came = [list(row) for row in con.execute(f"SELECT {columns} FROM {name}").fetchall()]
        assert sorted(map(_plain, came)) == sorted(map(_plain, rows)), feed
    assert "Rejected" in recipe.tables or record.rows_rejected == 0


def _plain(row: list[str]) -> list[str]:
    """Decimals as people write them."""
    return [re.sub(r"^(-?\d+)(?:\.(\d*?))0*$", lambda m: m[1] + (f".{m[2]}" if m[2] else ""), cell.replace("\\|", "|")) for cell in row]


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.title for recipe in RECIPES])
def test_recipe_has_no_errors_in_lint(recipe: Recipe, tmp_path: Path) -> None:
    file = tmp_path / f"{recipe.source}.yaml"
    file.write_text(recipe.contract, encoding="utf-8")
    assert [str(finding) for finding in lint_contract(file) if finding.severity == "error"] == []


def test_page_covers_every_kind_of_file() -> None:
    said = " ".join(recipe.title.lower() for recipe in RECIPES)
    kinds = ("daily attendance", "column for each day", "sign-in", "state workbook", "layout changes", "fixed width", "without a header", "salesforce",
             "oneroster", "ed-fi json", "ed-fi xml", "clearinghouse", "ranges", "census", "assessment")  # fmt: skip
    assert [kind for kind in kinds if kind not in said] == []
    assert len({recipe.source for recipe in RECIPES}) == len(RECIPES)
