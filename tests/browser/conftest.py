"""A real Chromium in front of the real site; a page that breaks a promise of safety fails its test."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.extensions import db, live
from tests.cast import Cast
from tests.conftest import settings_for

CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
PATIENCE = 20_000
"""Milliseconds that an action and an expectation wait for the page, on a machine that is busy with other tests."""
WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", event =>
  window.broken.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The site, served to browsers from this process, with the proof of origin on."""
    folder = tmp_path_factory.mktemp("browser")
    app = create_app(settings_for(f"sqlite:///{folder}/browser.db", folder, WTF_CSRF_ENABLED=True))
    with app.app_context():
        flask_migrate.upgrade(directory=str(Path(app.root_path).parent / "migrations"))
    live.serve(app, most=50)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app.config["BROWSER_URL"] = f"http://localhost:{server.server_port}"
    yield app
    live.close()
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(site: Flask) -> Flask:
    """The browser tests' application takes the place of the others', so that it is emptied after each test."""
    return site


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The people of the tests."""
    return Cast(app)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browser."""
    if not CHROMIUM:
        pytest.skip(
            "There is no Chromium here. Install it, or name it in CHROMIUM, to run the browser tests."
        )
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


class Watched:
    """Browser windows that are watched for what no page may do.

    Args:
        browser: where they open.
        url: the site.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def open(self, path: str = "/", secret: str = "", cookie: str = "hanmadi-in", **options: Any) -> Page:
        """Opens a window of its own on a page of the site; ``secret`` is the cookie of somebody signed in."""
        options = {"viewport": DESK, "locale": "ko-KR", "timezone_id": "Asia/Seoul", **options}
        context = self.browser.new_context(base_url=self.url, **options)
        if secret:
            context.add_cookies([{"name": cookie, "value": secret, "url": self.url}])
        if options.get("java_script_enabled", True):
            context.add_init_script(WATCH)
        context.on("request", self._watch_request)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"error in a script: {error}"))
        page.on("console", self._watch_console)
        page.goto(path)
        return page

    def _watch_request(self, request: Any) -> None:
        if urlsplit(request.url).hostname not in ("localhost", None):
            self.faults.append(f"asked another host: {request.url}")

    def _watch_console(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.faults.append(message.text)

    def close(self) -> None:
        """Closes the windows, and fails on what was seen."""
        for context in self.contexts:
            context.close()
        assert self.faults == []


@pytest.fixture
def windows(app: Flask, chromium: Browser) -> Iterator[Watched]:
    """Windows of a real browser."""
    watched = Watched(chromium, app.config["BROWSER_URL"])
    yield watched
    watched.close()
