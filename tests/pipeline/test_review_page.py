"""The review page as a reviewer meets it: in Chromium, by keyboard, accessible; and closed to everybody else."""

import http.client
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest

from orchestration.identity import records
from orchestration.identity.model import train
from orchestration.identity.review.desk import Desk
from orchestration.identity.review.server import ReviewServer
from tests.linkage.families import make_families
from tests.support.review import HOSTILE, ROWS, ReviewHub, review_hub

CHROMIUM = shutil.which("chromium")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

pytestmark = pytest.mark.browser


class BusyError(Exception):
    """What a running refresh raises."""


@pytest.fixture
def hub(tmp_path: Path) -> ReviewHub:
    return review_hub(tmp_path)


@pytest.fixture
def server(hub: ReviewHub) -> Iterator[ReviewServer]:
    desk = Desk(hub.open, hub.model, "first", (BusyError,))
    server = ReviewServer(desk)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


def decisions(hub: ReviewHub) -> list[tuple[str, str, str, str]]:
    with hub.open() as con:
        return con.execute(
            """SELECT kind, least(l.student_id, r.student_id), greatest(l.student_id, r.student_id), decided_by FROM identity.decision AS d
            JOIN identity.record AS l ON l.record_id = d.a JOIN identity.record AS r ON r.record_id = d.b
            WHERE withdrawn_at IS NULL ORDER BY decided_at, 2, 3"""
        ).fetchall()


def press(page: Any, key: str, then: str) -> None:
    page.keyboard.press(key)
    page.get_by_role("status").filter(has_text=then).wait_for()


def go_to(page: Any, value: str) -> None:
    """On to the task that shows `value`."""
    for _ in range(10):
        if page.get_by_role("cell", name=value).count():
            return
        page.get_by_role("link", name="Later").click()
    raise AssertionError(f"no task shows {value}")


def violations(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": WCAG}, "rules": {"target-size": {"enabled": True}}}).response
    assert len(found["passes"]) > 15, "axe looked at nothing"
    return [f"{item['id']}: {node['html']}" for item in found["violations"] for node in item["nodes"]]


@needs_browser
def test_a_decision_of_the_page_outlives_a_rebuild_and_a_model_trained_anew(
    hub: ReviewHub, server: ReviewServer, browser: Any, tmp_path: Path
) -> None:
    page = browser.new_page()
    page.goto(server.url)
    go_to(page, "Thaddeus")
    press(page, "s", "Saved: same.")
    page.close()
    hub.night()
    assert hub.is_one_person(("alder", "2"), ("birch", "902"))
    with duckdb.connect() as con:
        make_families(con, children=2000, seed=31, noise=2)
        records.create_records(con, "family_row", "rec")
        trained = train(con, "rec")
    assert trained.version != hub.model.version
    hub.night(everything=True)
    hub.night(everything=True, model=trained)
    assert hub.is_one_person(("alder", "2"), ("birch", "902"))


def test_one_key_one_decision_to_the_end_of_the_queue_and_it_outlives_a_rebuild(hub: ReviewHub, server: ReviewServer, browser: Any) -> None:
    page = browser.new_page()
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.url)
    go_to(page, "Thaddeus")
    assert page.get_by_text("Much agrees, but not the birth dates.").is_visible()
    assert page.get_by_role("row", name="Birth date 2010").locator("td.differs").count() == 1
    press(page, "s", "Saved: same.")
    go_to(page, "Wilhelmina")
    press(page, "D", "Saved: different.")
    go_to(page, "Seraphine")
    press(page, "c", "Saved: cannot tell.")
    go_to(page, "Ignatius")
    if page.get_by_role("columnheader", name="Candidate 2").count() == 0:
        page.get_by_role("link", name="Later").click()
    press(page, "1", "Saved: same.")
    kinds = [(kind, *ids) for kind, *ids, _ in decisions(hub)]
    assert kinds[:3] == [("must-link", "2", "902"), ("cannot-link", "3", "903"), ("cannot-tell", "6", "906")]
    assert kinds[3][0] == "must-link" and kinds[3][1] == "4" and len(kinds) == 4
    press(page, "d", "Saved: different.")  # 904 and 905, twice in one source
    assert page.get_by_role("heading", name="Nothing left to answer").is_visible()
    assert page.get_by_text("0 left, 5 answered").is_visible()
    press(page, "z", "Taken back.")  # the last answer, too
    press(page, "d", "Saved: different.")
    assert errors == [] and [url for url in requests if not url.startswith((server.url, "data:"))] == []
    page.close()

    hub.night()
    hub.night(everything=True)
    assert hub.is_one_person(("alder", "2"), ("birch", "902"))
    assert not hub.is_one_person(("alder", "3"), ("birch", "903"))


@needs_browser
def test_the_last_answer_can_be_taken_back_and_its_rivals_return(hub: ReviewHub, server: ReviewServer, browser: Any) -> None:
    page = browser.new_page()
    page.goto(server.url)
    go_to(page, "Ignatius")
    if page.get_by_role("columnheader", name="Candidate 2").count() == 0:
        page.get_by_role("link", name="Later").click()
    before = page.get_by_role("table").inner_text()
    press(page, "1", "Saved: same.")
    press(page, "z", "Taken back.")
    assert page.get_by_role("table").inner_text() == before and decisions(hub) == []
    press(page, "d", "Saved: different.")
    assert [kind for kind, *_ in decisions(hub)] == ["cannot-link", "cannot-link"], "none of them"
    press(page, "z", "Taken back.")
    assert decisions(hub) == []
    page.close()


@needs_browser
def test_a_contradiction_is_shown_with_both_decisions(hub: ReviewHub, server: ReviewServer, browser: Any) -> None:
    page = browser.new_page()
    page.goto(server.url)
    go_to(page, "Wilhelmina")
    other = Desk(hub.open, hub.model, "second")
    other.load()
    place = next(
        n for n, task in enumerate(other.tasks) if "903" in task.record.student_id or "903" in task.candidates[0].record.student_id
    )
    other.answer(place, "same", None, "spoke with the parents")
    press(page, "d", "Not saved: this answer contradicts an earlier decision.")
    assert page.get_by_role("heading", name="Both cannot hold").is_visible()
    told = page.get_by_role("listitem").all_inner_texts()
    assert any("Your answer: different children" in text for text in told)
    assert any("by second: same child. spoke with the parents" in text for text in told)
    assert page.get_by_text("datadrives review withdraw").is_visible()
    assert [kind for kind, *_ in decisions(hub)] == ["must-link"]
    assert violations(page) == []
    page.close()


@needs_browser
def test_keys_do_nothing_in_the_note_with_a_modifier_or_when_turned_off(hub: ReviewHub, server: ReviewServer, browser: Any) -> None:
    page = browser.new_page()
    page.goto(server.url)
    go_to(page, "Seraphine")
    page.keyboard.press("Control+s")
    page.get_by_role("textbox").press_sequentially("said so")
    page.keyboard.press("Enter")
    assert decisions(hub) == []
    page.get_by_role("button", name="Keys are on").click()
    page.get_by_role("button", name="Keys are off").wait_for()
    page.keyboard.press("s")
    page.wait_for_timeout(300)
    assert decisions(hub) == []
    page.get_by_role("button", name="Keys are off").click()
    page.get_by_role("button", name="Keys are on").wait_for()
    page.get_by_role("textbox").fill("the school says so")
    page.get_by_role("textbox").press("Escape")
    press(page, "s", "Saved: same.")
    with hub.open() as con:
        assert con.execute("SELECT why FROM identity.decision").fetchall() == [("the school says so",)]
    page.close()


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 320])  # 1280 pixels at 200 % and at 400 % zoom are 640 and 320
def test_no_violation_of_wcag_22_aa(server: ReviewServer, browser: Any, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(server.url)
    for name in ("Ottoline", "Ignatius"):
        go_to(page, name)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    page.close()


@needs_browser
def test_axe_would_find_what_is_wrong(server: ReviewServer, browser: Any) -> None:
    page = browser.new_page()
    page.goto(server.url)
    page.evaluate("document.documentElement.removeAttribute('lang'); document.querySelector('h1').style.color = '#999'")
    assert {found.split(":")[0] for found in violations(page)} == {"color-contrast", "html-has-lang"}
    page.close()


@needs_browser
def test_delivered_text_is_text(tmp_path: Path, browser: Any) -> None:
    odd = ("alder", HOSTILE, "", "", "Isaksen", "2009-12-01", "male", "3 Cove Street", "Elmsford", "10005")
    other = ("birch", "2", "Leopold", "", "Isaksen", "2009-12-01", "male", "3 Cove Street", "Elmsford", "10005")
    hub = review_hub(tmp_path, (*ROWS, odd, other))
    server = ReviewServer(Desk(hub.open, hub.model, "<b>first</b>"))
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    page = browser.new_page()
    dialogs: list[Any] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    page.goto(server.url)
    go_to(page, "Leopold")
    assert page.get_by_text(HOSTILE).is_visible() and page.get_by_text("<b>first</b>").is_visible() and not dialogs
    page.close()
    server.shutdown()
    server.server_close()


def ask(server: ReviewServer, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    connection.request(method, path, body or None, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    response.text = response.read().decode()  # type: ignore[attr-defined]
    return response


def test_only_loopback_with_the_token_the_host_and_the_origin(hub: ReviewHub, server: ReviewServer) -> None:
    server.desk.load()
    inside = f"/{server.token}/"
    pair = "-".join(map(str, server.desk.tasks[0].candidates[0].pair))
    form = f"task=0&answer=same:{pair}"
    assert server.server_address[0] == "127.0.0.1" and len(server.token) >= 40
    refused = [
        ask(server, "GET", "/"),
        ask(server, "GET", "/task/0"),
        ask(server, "GET", f"/{server.token[:-1]}/"),
        ask(server, "GET", inside, Host="evil.example"),
        ask(server, "POST", "/answer", form),
        ask(server, "POST", f"{inside}answer", form, Origin="http://evil.example"),
        ask(server, "POST", f"{inside}answer", form, Sec_Fetch_Site="cross-site"),
        ask(server, "POST", f"{inside}answer", form, Host="evil.example"),
    ]
    assert [response.status for response in refused] == [403] * len(refused)
    assert decisions(hub) == []
    assert not [name for response in refused for name in ("Philippa", "Okonkwo", server.token) if name in response.text]  # type: ignore[attr-defined]
    assert ask(server, "POST", f"{inside}answer", form, Origin=server.origin).status == 303
    assert len(decisions(hub)) == 1


def test_nothing_is_cached_framed_or_logged(server: ReviewServer, capfd: pytest.CaptureFixture[str]) -> None:
    inside = f"/{server.token}/"
    place = ask(server, "GET", inside).headers["Location"]
    answers = [ask(server, "GET", inside), ask(server, "GET", place), ask(server, "GET", "/"), ask(server, "GET", f"{inside}other")]
    answers += [ask(server, "POST", f"{inside}answer", "answer=perhaps"), ask(server, "POST", f"{inside}undo")]
    assert [response.status for response in answers] == [303, 200, 403, 404, 400, 303]
    assert {response.headers["Cache-Control"] for response in answers} == {"no-store"}
    policy = answers[1].headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert not any(letter in answers[1].headers.get("Server", "") for letter in "0123456789")
    assert capfd.readouterr() == ("", "")


def test_an_answer_during_a_refresh_is_not_lost_but_asked_again(hub: ReviewHub, server: ReviewServer) -> None:
    server.desk.load()

    def busy() -> Any:
        raise BusyError

    real, server.desk.open_con = server.desk.open_con, busy
    before = server.desk.left
    pair = "-".join(map(str, server.desk.tasks[0].candidates[0].pair))
    answer = ask(server, "POST", f"/{server.token}/answer", f"task=0&answer=same:{pair}")
    assert answer.headers["Location"].endswith("/task/0") and server.desk.left == before
    assert "Not saved: a refresh is running" in ask(server, "GET", answer.headers["Location"]).text  # type: ignore[attr-defined]
    server.desk.open_con = real
    ask(server, "POST", f"/{server.token}/answer", f"task=0&answer=same:{pair}")
    assert json.dumps(decisions(hub)).count("must-link") == 1
