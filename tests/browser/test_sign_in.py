"""What pages show once their sign-in has ended: nothing, neither with "back" nor in another tab."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, Watched
from tests.cast import Cast, Visitor

UNSENT = "아직 보내지 않은 글"


@pytest.fixture(scope="module")
def remembering(playwright: Playwright) -> Iterator[Browser]:
    """A browser with its back/forward cache, which Playwright switches off."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[*ARGUMENTS, "--enable-features=BackForwardCache"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


@pytest.fixture
def windows(app: Flask, remembering: Browser) -> Iterator[Watched]:
    """Windows of that browser."""
    watched = Watched(remembering, app.config["BROWSER_URL"])
    yield watched
    watched.close()


def enter(windows: Watched, member: Visitor, path: str) -> Page:
    cookie = member.client.get_cookie(member.app.config["SIGN_IN_COOKIE_NAME"])
    assert cookie
    return windows.open(path, secret=cookie.value, viewport=PHONE)


def sign_out(page: Page) -> None:
    page.goto("/settings/profile")
    page.locator("form[data-signs-out]:visible button").click()


def test_back_shows_nothing_of_a_member_who_has_signed_out(windows: Watched, cast: Cast) -> None:
    page = enter(
        windows, cast.member("나래"), "/explore"
    )  # The first page sets a cookie, and is stored nowhere.
    page.goto("/@나래")
    expect(page.get_by_role("link", name="프로필 수정")).to_be_visible()
    page.evaluate("window.stays = true")
    page.goto("/explore")
    page.go_back(wait_until="commit")
    assert page.evaluate("window.stays === true"), "The browser has kept the page."
    expect(page.locator("html.is-away")).to_have_count(0)
    expect(page.get_by_role("link", name="프로필 수정")).to_be_visible()
    page.goto("/explore")
    page.context.clear_cookies(name="hanmadi-in")
    page.go_back(wait_until="commit")
    expect(page.get_by_role("link", name="프로필 수정")).to_have_count(0)
    assert page.evaluate("window.stays === undefined"), "It was loaded anew."


def test_other_tab_shows_nothing_after_signing_out(windows: Watched, cast: Cast) -> None:
    page = enter(windows, cast.member("나래"), "/@나래")
    other = page.context.new_page()
    other.goto("/messages")
    sign_out(page)
    expect(page.get_by_text("로그인").first).to_be_visible()
    other.wait_for_url("**/auth/login**")


def test_signing_out_asks_about_a_text_that_was_not_sent(windows: Watched, cast: Cast) -> None:
    page = enter(windows, cast.member("나래"), "/compose")
    page.locator("textarea").fill(UNSENT)
    other = page.context.new_page()
    other.goto("/")
    sign_out(other)
    expect(other.get_by_text("로그아웃할까요?")).to_be_visible()
    other.get_by_role("button", name="계속 쓰기").click()
    page.reload()
    expect(page.locator("textarea")).to_have_value(UNSENT)
    sign_out(page)
    dialog = page.locator("#ask-out")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="로그아웃").click()
    page.wait_for_url("**/")
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('hanmadi:draft'))") == []
