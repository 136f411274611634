"""The review page on this computer: loopback only, behind a token made anew each time, never cached, never logged.

Belongs here: HTTP and who may speak. Does not belong here: what is shown (page.py), what an answer does (desk.py).
Another program of this computer does not know the token; a web page open in the same browser cannot speak to it either: requests need
the right host, and forms the right origin.
"""

import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from orchestration.identity.review.answers import KINDS, Outcome
from orchestration.identity.review.desk import Desk
from orchestration.identity.review.page import as_html

_MOST_BYTES = 20_000


class ReviewServer(ThreadingHTTPServer):
    """Serves one desk until it is stopped; `url` opens it."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.desk = desk
        self.token = secrets.token_urlsafe(32)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.origin}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A traceback could quote a value; a lost connection is no news."""


class _Handler(BaseHTTPRequestHandler):
    server_version = "review"
    sys_version = ""
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Addresses hold the token and what was looked at."""

    def do_GET(self) -> None:
        path = self._path()
        if path is None:
            return
        desk = self._desk()
        with desk.lock:
            try:
                self._show(desk, path)
            except desk.busy:
                self._say(HTTPStatus.SERVICE_UNAVAILABLE, "A refresh is running. Load this page again when it has ended.")

    def do_POST(self) -> None:
        path = self._path()
        if path is None:
            return
        origin = cast("ReviewServer", self.server).origin
        if self.headers.get("Origin", origin) != origin or self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            self._say(HTTPStatus.FORBIDDEN, "This form came from another page.")
            return
        size = int(self.headers.get("Content-Length") or 0)
        if size > _MOST_BYTES:
            self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That note is too long.")
            return
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(size).decode("utf-8", "replace")).items()}
        desk = self._desk()
        with desk.lock:
            self._act(desk, path, form)

    def _show(self, desk: Desk, path: str) -> None:
        if path == "" and desk.next_place() is None:
            desk.load()
        place = int(path.removeprefix("task/")) if path.startswith("task/") and path[5:].isdigit() else None
        if path == "" or (place is not None and (place >= len(desk.tasks) or not desk.tasks[place].candidates)):
            place = desk.next_place()
            if path != "" or place is not None:
                self._go(f"task/{place}" if place is not None else "")
                return
        elif place is None:
            self._say(HTTPStatus.NOT_FOUND, "There is no such page.")
            return
        nonce = secrets.token_urlsafe(16)
        html = as_html(desk, place, base=f"/{cast('ReviewServer', self.server).token}/", nonce=nonce)
        desk.said, desk.refused = "", ()
        self._send(
            HTTPStatus.OK,
            html,
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; form-action 'self'; ",
        )

    def _act(self, desk: Desk, path: str, form: dict[str, str]) -> None:
        place = int(form["task"]) if form.get("task", "").isdigit() else 0
        if path == "undo":
            undone = desk.undo()
            self._go(f"task/{undone}" if undone is not None else "")
        elif path == "keys":
            desk.keys = not desk.keys
            self._go(f"task/{place}")
        elif path == "answer":
            outcome, _, pair = form.get("answer", "").partition(":")
            ids = pair.split("-")
            if outcome not in KINDS or (pair and not (len(ids) == 2 and all(part.isdigit() for part in ids))):
                self._say(HTTPStatus.BAD_REQUEST, "That is no answer.")
                return
            desk.answer(place, cast("Outcome", outcome), (int(ids[0]), int(ids[1])) if pair else None, form.get("note", "")[:500])
            following = desk.next_place(place)
            self._go(f"task/{following}" if following is not None else "")
        else:
            self._say(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _desk(self) -> Desk:
        return cast("ReviewServer", self.server).desk

    def _path(self) -> str | None:
        """What is asked for, behind the token; None (and answered) where token or host is wrong."""
        server = cast("ReviewServer", self.server)
        token, _, rest = urlsplit(self.path).path.lstrip("/").partition("/")
        host = self.headers.get("Host", "")
        if not secrets.compare_digest(token.encode(), server.token.encode()) or host != server.origin.removeprefix("http://"):
            self._say(HTTPStatus.FORBIDDEN, "Open the address that `datadrives review serve` printed.")
            return None
        return rest

    def _go(self, path: str) -> None:
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"/{cast('ReviewServer', self.server).token}/{path}")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, status: HTTPStatus, text: str) -> None:
        self._send(status, f"<!doctype html><html lang=en><title>{text}</title><main><h1>{text}</h1></main></html>", "default-src 'none'; ")

    def _send(self, status: HTTPStatus, html: str, policy: str) -> None:
        body = html.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy + "base-uri 'none'; frame-ancestors 'none'",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
