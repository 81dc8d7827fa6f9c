"""A post in the reader's language, in a real browser: pressed, waited for, read beside the original, put away."""

import pytest
from playwright.sync_api import Page, expect

from app.extensions import queue
from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_writing import reach, secret
from tests.cast import Cast
from tests.servers.translator import Translator
from tests.services.test_translations import ENGLISH, KOREAN


@pytest.fixture
def reader(cast: Cast, translating: Translator) -> str:
    """The cookie of somebody who reads Korean, on a site with a post in English."""
    cast.post(cast.member("소라"), ENGLISH)
    return secret(cast.member("바다", locale="ko"))


def pressed(page: Page) -> Page:
    """Returns the page once the button was pressed and it waits."""
    page.get_by_role("button", name="번역 보기").click()
    expect(page.get_by_role("status").filter(has_text="번역하고 있어요")).to_be_visible()
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_translation_comes_by_itself_beneath_the_text(
    windows: Watched, reader: str, translating: Translator, size: dict[str, int]
) -> None:
    page = windows.open("/explore", secret=reader, viewport=size)
    seeing.check(page, "offered")
    pressed(page)
    expect(page.locator(".translated .bone").first).to_be_visible()
    seeing.check(page, "waiting")
    queue.run()
    article = page.get_by_role("article")
    expect(article).to_contain_text(KOREAN)
    expect(article).to_contain_text(ENGLISH)
    expect(article).to_contain_text("Papago 번역")
    seeing.check(page, "both")
    assert page.url.endswith("/explore") and len(translating.asked) == 1
    page.get_by_role("button", name="번역 숨기기").click()
    expect(article).not_to_contain_text(KOREAN)
    expect(page.get_by_role("button", name="번역 보기")).to_be_visible()


def test_failure_says_what_to_do(windows: Watched, reader: str, translating: Translator) -> None:
    translating.mood = "broken"
    page = pressed(windows.open("/explore", secret=reader, viewport=PHONE))
    queue.run()
    expect(page.get_by_role("button", name="다시 번역하기")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("30초쯤 뒤에")
    seeing.check(page, "failed")


def test_everything_is_there_without_javascript(windows: Watched, reader: str) -> None:
    page = windows.open("/explore", secret=reader, java_script_enabled=False, viewport=PHONE)
    page.get_by_role("button", name="번역 보기").click()
    expect(page.locator("main")).to_contain_text("번역하고 있어요")
    queue.run()
    page.get_by_role("button", name="다시 보기").click()
    expect(page.locator(".post-main")).to_contain_text(KOREAN)
    expect(page.locator(".post-main")).to_contain_text(ENGLISH)
    page.get_by_role("button", name="번역 숨기기").click()
    expect(page.locator(".post-main")).not_to_contain_text(KOREAN)


def test_focus_stays_on_the_control_and_is_taken_from_nobody(windows: Watched, reader: str) -> None:
    page = windows.open("/explore", secret=reader)
    reach(page, ".translation button")
    page.keyboard.press("Enter")
    expect(page.locator(".translated")).to_be_focused()
    queue.run()
    hide = page.get_by_role("button", name="번역 숨기기")
    expect(hide).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="번역 보기")).to_be_focused()
    queue.memory.clear()


def test_reader_who_goes_on_is_not_called_back(windows: Watched, reader: str) -> None:
    page = windows.open("/explore", secret=reader)
    # So late a slow phone may be done with what was put in.
    page.evaluate("htmx.config.defaultSettleDelay = 1000")
    pressed(page)
    page.locator(".act-like").focus()
    queue.run()
    expect(page.get_by_role("article")).to_contain_text(KOREAN)
    expect(page.locator(".act-like")).to_be_focused()


def test_lost_connection_leaves_a_button(windows: Watched, reader: str) -> None:
    page = windows.open("/explore", secret=reader)
    page.route(
        "**/translation*", lambda route: route.abort() if route.request.method == "GET" else route.continue_()
    )
    pressed(page)
    expect(page.locator(".toast")).to_have_count(1)
    again = page.get_by_role("button", name="다시 보기")
    expect(again).to_be_visible(timeout=8000)
    page.unroute("**/translation*")
    queue.run()
    again.click()
    expect(page.get_by_role("article")).to_contain_text(KOREAN)
