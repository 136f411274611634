"""A report as a sender sees it: opened in Chromium it says what to mend, asks the network for nothing, and is accessible (axe-core)."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.contracts import load_contracts
from orchestration.reports import write_reports
from tests.support.landing import GOOD, Landing

CHROMIUM = shutil.which("chromium")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DIRTY = (
    "Student,School,Date,Code,Teacher's e-mail,Lunch <status>\n"
    + "".join(f"s{n},A,2024-01-08,P,t@x.example,free\n" for n in range(60))
    + "s71,A,01/09/2024,P,t@x.example,free\n"  # line 62
    + "s72,A,2024-01-09,Zorro,t@x.example,free\n"
    + ",A,2024-01-09,P,t@x.example,free\n"
    + "s74,A,2024-01-09\n"
    + "".join(f"s8{n},A,2024-01-10,Zebra,t@x.example,free\n" for n in range(14))
)

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of a good, a dirty and a refused delivery."""
    landing = Landing(tmp_path_factory.mktemp("reports")).contract()
    landing.deliver("2024-01-15-good", attendance__csv=GOOD)
    landing.deliver("2024-02-01-dirty", attendance__csv=DIRTY, notes__txt="hello")
    landing.deliver("2024-03-01-refused", attendance__csv="Student,School,Code\ns1,A,P\n")
    folder = write_reports(
        load_contracts(landing.contracts)["elm"], landing.ingest().deliveries, raw_dir=landing.raw, folder=landing.root / "reports"
    )
    return {name: next(folder.glob(f"*-{name}-*.html")) for name in ("good", "dirty", "refused")}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


def violations(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"runOnly": {"type": "tag", "values": WCAG}, "rules": {"target-size": {"enabled": True}}}
    found = axe.run(page, options=options).response
    assert len(found["passes"]) > 15, "axe looked at nothing"
    return [f"{item['id']}: {node['html']}" for item in found["violations"] for node in item["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 320])  # 1280 pixels at 200 % and at 400 % zoom are 640 and 320
@pytest.mark.parametrize("name", ["good", "dirty", "refused"])
def test_no_violation_of_wcag_22_aa(browser: Any, pages: dict[str, Path], name: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(pages[name].as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    page.close()


def test_axe_would_find_what_is_wrong(browser: Any, pages: dict[str, Path]) -> None:
    """Else the test above would prove nothing."""
    page = browser.new_page()
    page.goto(pages["dirty"].as_uri())
    page.evaluate("document.documentElement.removeAttribute('lang'); document.querySelector('h1').style.color = '#999'")
    assert {found.split(":")[0] for found in violations(page)} == {"color-contrast", "html-has-lang"}
    page.close()


def test_a_reader_finds_verdict_reason_line_and_remedy(browser: Any, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(pages["dirty"].as_uri())
    assert page.get_by_role("heading", name="We took in your delivery and set some rows aside").is_visible()
    assert page.get_by_text("18 of 78 rows cannot be used").is_visible()
    overview = page.get_by_role("table", name="Rows set aside, by reason")
    assert overview.get_by_role("row").nth(1).inner_text().split("\t")[1:] == ["attendance.csv", "15", "line 63"]
    overview.get_by_role("link", name="Column “Date”: this is not a date as agreed").click()
    finding = page.get_by_role("article", name="Column “Date”: this is not a date as agreed")
    assert finding.get_by_text("attendance.csv, line 62").is_visible()
    assert finding.get_by_text("Write the date in the agreed form. January 31, 2024, for example, is written 2024-01-31.").is_visible()
    assert page.get_by_text("Teacher's e-mail, Lunch <status>").is_visible()
    assert page.get_by_text("notes.txt").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=".csv").click()
    assert download.value.suggested_filename.endswith("-attendance.csv")
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    page.close()


def test_the_keyboard_reaches_the_report_and_every_link(browser: Any, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    page.goto(pages["dirty"].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, "the skip link stays hidden when it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href') || ''"))
    assert {f"#mend-{number}" for number in (1, 2, 3, 4)} <= reached and any(link.endswith(".csv") for link in reached)
    page.close()
