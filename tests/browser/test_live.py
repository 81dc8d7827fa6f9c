"""Open pages in real browsers: what happens elsewhere is told at once, and made up for after a loss."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, WebSocketRoute, expect

from app.extensions import live, queue
from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_pages import shown
from tests.browser.test_writing import secret
from tests.cast import Cast

SOCKETS = re.compile(r"/socket\.io/")
NUMBER = ".side-nav [data-badge=notifications] [data-number]"
HIDE = """
Object.defineProperty(document, "hidden", {get: () => window.away ?? false});
window.goAway = away => { window.away = away; document.dispatchEvent(new Event("visibilitychange")); };
"""


class Wire:
    """What lies between a window and the site's connections; it can be cut and mended."""

    def __init__(self) -> None:
        self.is_cut = False
        self._held: list[WebSocketRoute] = []

    def lay(self, page: Page) -> None:
        """Puts it into a window, whose next page will use it."""
        page.context.route_web_socket(SOCKETS, self._connect)

    def cut(self) -> None:
        """Ends the connections, and lets none be made."""
        self.is_cut = True
        for held in self._held:
            held.close()

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
        else:
            socket.connect_to_server()
            self._held.append(socket)


def hurry(page: Page, name: str) -> None:
    """Lets the pages of a window wait for half a second where the site says more, before their scripts read it."""
    page.add_init_script(
        f"""document.addEventListener("readystatechange", () => {{
          const said = document.querySelector("[data-{name}]");
          if (said) said.dataset.{name} = 0.5;
        }});"""
    )


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Lets the worker do what waits."""

    def run() -> None:
        with app.app_context():
            queue.run()

    return run


def connected(page: Page, held: int = 1) -> Page:
    """Waits until the site holds so many connections."""
    for _ in range(100):
        if live.held == held:
            return page
        page.wait_for_timeout(50)
    pytest.fail(f"The site holds {live.held} connections, not {held}.")


def hears(page: Page, kind: str) -> None:
    """Waits until a page of the site's hears what is told in rooms of a kind."""
    for _ in range(100):
        if any(room.startswith(kind) for room in live.rooms):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"Pages hear {set(live.rooms)}, none of them {kind}.")


def test_like_in_one_browser_is_told_in_the_other_and_read_in_both(
    windows: Watched, cast: Cast, work: Callable[[], None]
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada)
    page = windows.open("/explore", secret=secret(bada))
    second = windows.open("/settings/display", secret=secret(cast.browser(bada)))
    other = windows.open(f"/posts/{id}", secret=secret(haneul))
    connected(page, 3)
    expect(page.locator(NUMBER)).to_be_hidden()
    other.locator("[aria-pressed=false].act-like").click()
    expect(other.locator("[aria-pressed=true].act-like")).to_be_visible()
    work()
    for window in (page, second):
        expect(window.locator(NUMBER)).to_have_text("1")
        expect(window.locator(".toast")).to_contain_text("하늘님이 내 글을 좋아해요")
        expect(window).to_have_title(re.compile(r"^\(1\) "))
    expect(other.locator(NUMBER)).to_be_hidden()

    # Whoever goes on to it has read it, in every window.
    with page.expect_request(re.compile(r"/notifications/\d+/read$")):
        page.locator(".toast a").click()
    page.wait_for_url(f"**/posts/{id}")
    expect(page.locator(f"#post-{id}, .post-main")).to_be_visible()
    work()
    expect(second.locator(NUMBER)).to_be_hidden()
    expect(second).to_have_title(re.compile(r"^[^(]"))


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_pill_says_how_many_posts_are_new_and_nothing_moves_by_itself(
    windows: Watched, cast: Cast, work: Callable[[], None], size: str
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    bada.post("/@하늘/follow")
    first = cast.post(haneul, "처음 글")
    work()
    viewport = PHONE if size == "phone" else DESK
    page = windows.open("/nothing", secret=secret(bada), viewport=viewport)
    # A page that took long to load asks as soon as it is connected, and then rests: here for no longer than it waits.
    hurry(page, "gap")
    page.goto("/")
    hears(page, "posts:")
    at = page.locator(f"#post-{first}").bounding_box()
    new = cast.post(haneul, "새 글이에요")
    work()
    pill = page.locator(".new-pill")
    expect(pill).to_have_text(re.compile("새 글 1개"))
    assert shown(page) == [first] and page.locator(f"#post-{first}").bounding_box() == at
    seeing.check(page)
    pill.click()
    expect(page.locator("article.post")).to_have_count(2)
    assert shown(page) == [new, first]
    expect(pill).to_have_count(0)


def test_page_asks_for_what_it_missed_while_the_connection_was_lost(
    windows: Watched, cast: Cast, work: Callable[[], None]
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada)
    wire, page = Wire(), windows.open("/nothing", secret=secret(bada))
    wire.lay(page)
    page.goto("/explore")
    connected(page)
    page.evaluate("document.addEventListener('hanmadi:catch-up', () => { window.caughtUp = true; })")
    wire.cut()
    connected(page, 0)
    haneul.post(f"/posts/{id}/like")
    work()
    page.wait_for_timeout(300)
    expect(page.locator(NUMBER)).to_be_hidden()
    wire.is_cut = False
    page.evaluate("window.caughtUp = false; dispatchEvent(new Event('online'))")
    expect(page.locator(NUMBER)).to_have_text("1")
    page.wait_for_function("() => window.caughtUp")
    connected(page)


def test_page_without_websockets_asks_now_and_then(
    windows: Watched, cast: Cast, work: Callable[[], None]
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada)
    wire, page = Wire(), windows.open("/nothing", secret=secret(bada))
    wire.is_cut = True
    wire.lay(page)
    hurry(page, "every")
    page.goto("/explore")
    page.evaluate("document.addEventListener('hanmadi:catch-up', () => { window.caughtUp = true; })")
    haneul.post(f"/posts/{id}/like")
    work()
    expect(page.locator(NUMBER)).to_have_text("1")
    page.wait_for_function("() => window.caughtUp")
    assert live.held == 0


def test_page_that_nobody_looks_at_makes_room_and_comes_back(
    windows: Watched, cast: Cast, work: Callable[[], None]
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada)
    page = windows.open("/nothing", secret=secret(bada))
    page.add_init_script(HIDE)
    hurry(page, "leave")
    page.goto("/explore")
    connected(page)
    page.evaluate("goAway(true)")
    connected(page, 0)
    haneul.post(f"/posts/{id}/like")
    work()
    page.evaluate("goAway(false)")
    connected(page)
    expect(page.locator(NUMBER)).to_have_text("1")


def test_page_whose_session_has_ended_falls_silent(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    page = connected(windows.open("/explore", secret=secret(bada)))
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    bada.post("/auth/logout")
    with page.expect_response(lambda answer: answer.url.endswith("/news") and answer.status == 401):
        connected(page, 0)
    tried = len(asked)
    page.wait_for_timeout(4000)
    assert len(asked) == tried, "It tries no more."


def test_strangers_page_has_no_connection(windows: Watched, cast: Cast) -> None:
    cast.post(cast.member("바다"))
    page = windows.open("/explore")
    page.wait_for_timeout(500)
    assert live.held == 0 and page.locator("script[src*='live.js']").count() == 0
