"""The page about children to look at, as a sender sees it: accessible (axe-core), readable on a phone, without a request."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.reports.matching import CSV, RULES, Matching
from orchestration.reports.page import render
from tests.pipeline.test_report_browser import CHROMIUM, browser, violations

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]
REASONS = tuple((*words, 1234) for words in RULES.values())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("reasons", [REASONS, ()])
def test_no_violation_of_wcag_22_aa(browser: Any, tmp_path: Path, reasons: Any, width: int, scheme: str) -> None:
    file = tmp_path / "matching.html"
    file.write_text(render("matching.html.j2", Matching("List <b>", "Party & Co", 99, reasons, bool(reasons), CSV, 7404)))
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    assert asked == [file.as_uri()] and ("nothing to look at" in page.inner_text("main")) is not bool(reasons)
    page.close()
