"""A real browser for pages: no request may leave the machine, and no error be left in the console."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from needs import lacking
from patience import PATIENCE

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-smooth-scrolling",  # a key that is pressed while the page still scrolls is lost
]
LOCAL = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:")
NOWHERE = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}
"""A proxy that does not exist: requests to other machines fail within the browser."""

FORGET = """() => {
    try { localStorage.clear(); sessionStorage.clear(); } catch { /* a page without storage */ }
}"""
SETTLED = """async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const moves = (a) => a.playState === "running" && a.effect.getComputedTiming().endTime !== Infinity;
    await drawn();
    for (let all; (all = document.getAnimations().filter(moves)).length; await drawn()) {
        await Promise.allSettled(all.map((a) => a.finished));
    }
}"""
"""Waits until the page is drawn, its observers have run, and all animations have ended."""

USUAL = dict.fromkeys(("media", "color_scheme", "reduced_motion", "forced_colors", "contrast"), "null")


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium. If there is none, the test is skipped; with CI=true it fails."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        reason = "no Chromium: put `chromium` on the PATH, or its path into the variable CHROMIUM"
        lacking(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS, proxy=NOWHERE)
        # Nothing is closed one by one at the end, which can wait for a download without end: the driver
        # of Playwright ends its browser as it ends itself.
        yield browser


def new_context(browser, **options):
    """A context with generous time limits for its pages."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE)
    return context


class SharedPage:
    """A page that is reused by all tests, and cleaned after each.

    A new context with its page, and modules that are loaded for the first time, take most of a second; a
    test of the player takes less. What `clean` cannot undo (a clock, init scripts, exposed functions)
    needs a separate context: `chromium.new_context()`.
    """

    def __init__(self, browser) -> None:
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.context = new_context(browser)
        self.context.on("request", lambda request: self._asked(request.url))
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, url: str) -> None:
        if not url.startswith(LOCAL):
            self.outside.append(url)

    def _heard(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def clean(self) -> None:
        """Remove all traces of a test: its document, storage, routes, window size and colour scheme."""
        self.page.evaluate(FORGET)
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.goto("about:blank")
        self.page.set_viewport_size({"width": 1280, "height": 720})
        self.page.emulate_media(**USUAL)
        self.page.mouse.move(-1, -1)


@pytest.fixture(scope="session")
def shared_pages(chromium) -> list[SharedPage]:
    """A list with the shared page, if there is one."""
    return []


@pytest.fixture
def browser_page(chromium, shared_pages, request):
    """An empty page. Requests to anywhere else fail; after the test there must have been none."""
    if not shared_pages:
        shared_pages.append(SharedPage(chromium))
    (shared,) = shared_pages
    failed = request.session.testsfailed
    yield shared.page
    if request.session.testsfailed > failed:  # its state is unknown
        shared_pages.clear()
        shared.context.close()
    else:
        shared.clean()
    outside, complaints = shared.outside[:], shared.complaints[:]
    shared.outside.clear()
    shared.complaints.clear()
    assert not outside, f"the page made requests to other machines: {outside}"
    assert not complaints, f"the page logged warnings or errors: {complaints}"


@contextmanager
def served(folder: Path, texts: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a folder on this machine, and HTML pages by their paths; give its address."""
    handler = functools.partial(Handler, {} if texts is None else texts, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, texts: Mapping[str, str], *args, **keywords) -> None:
        self.texts = texts
        super().__init__(*args, **keywords)

    def do_GET(self) -> None:
        text = self.texts.get(self.path)
        if self.path == "/favicon.ico":  # browsers request one unasked
            self.send_response(204)
            self.end_headers()
            return
        if text is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args) -> None:
        pass
