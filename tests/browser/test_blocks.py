"""Muting and blocking with a pointer, with the keyboard, on a phone, and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_writing import secret
from tests.cast import Cast


@pytest.fixture
def reader(cast: Cast) -> str:
    """The cookie of somebody who reads what others wrote."""
    haneul, namu, bada = cast.member("하늘"), cast.member("나무"), cast.member("바다")
    for number in (1, 2):
        cast.post(haneul, f"하늘의 글 {number}")
        cast.post(namu, f"나무의 글 {number}")
    return secret(bada)


def texts(page: Page) -> list[str]:
    """Returns the posts on a page."""
    return page.locator("article.post .post-text").all_inner_texts()


def open_menu(page: Page, text: str) -> None:
    """Opens the menu of a post."""
    page.locator("article.post").filter(has_text=text).locator("summary").click()


def test_muted_persons_posts_leave_the_timeline_at_once(windows: Watched, reader: str) -> None:
    page = windows.open("/explore", secret=reader)
    page.evaluate("window.stays = true")
    open_menu(page, "하늘의 글 2")
    page.get_by_role("button", name="하늘님 뮤트하기").click()
    expect(page.locator(".toast")).to_contain_text("하늘님을 뮤트했어요")
    assert texts(page) == ["나무의 글 2", "나무의 글 1"] and page.evaluate("window.stays")
    focused = page.locator("article.post").filter(has_text="나무의 글 1").locator("a.when")
    expect(focused).to_be_focused()
    page.reload()
    assert texts(page) == ["나무의 글 2", "나무의 글 1"]
    page.goto("/@하늘")
    page.locator(".is-muted button").click()
    expect(page.locator(".toast")).to_contain_text("뮤트를 풀었어요")
    expect(page.locator(".is-muted")).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_block_asks_first_and_comes_back_to_the_timeline(
    windows: Watched, reader: str, size: dict[str, int]
) -> None:
    page = windows.open("/explore", secret=reader, viewport=size)
    open_menu(page, "하늘의 글 1")
    page.get_by_role("link", name="하늘님 차단하기").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("하늘님을 차단할까요?")
    seeing.check(page)
    dialog.get_by_role("button", name="그대로 두기").click()
    expect(dialog).to_have_count(0)
    assert len(texts(page)) == 4
    open_menu(page, "하늘의 글 1")
    page.get_by_role("link", name="하늘님 차단하기").click()
    page.get_by_role("dialog").get_by_role("button", name="차단하기").click()
    expect(page.locator(".toast")).to_contain_text("하늘님을 차단했어요")
    assert page.url.endswith("/explore") and texts(page) == ["나무의 글 2", "나무의 글 1"]


def test_profile_is_blocked_and_unblocked_with_the_keyboard(windows: Watched, reader: str) -> None:
    page = windows.open("/@하늘", secret=reader)
    summary = page.locator(".profile-top summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="뮤트하기", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="차단하기", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="그대로 두기")).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="차단한 사람이에요")).to_be_visible()
    page.locator(".empty button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.post").first).to_contain_text("하늘의 글 2")


def test_everything_works_without_javascript(windows: Watched, reader: str) -> None:
    page = windows.open("/@하늘", secret=reader, java_script_enabled=False)
    page.locator(".profile-top summary").click()
    page.get_by_role("link", name="차단하기", exact=True).click()
    expect(page.get_by_role("heading", name="하늘님을 차단할까요?").last).to_be_visible()
    page.get_by_role("button", name="차단하기").click()
    expect(page.get_by_role("heading", name="차단한 사람이에요")).to_be_visible()
    page.goto("/settings/blocks")
    page.get_by_role("button", name="차단 풀기").click()
    expect(page.get_by_role("heading", name="차단한 사람이 없어요")).to_be_visible()
    page.goto("/explore")
    open_menu(page, "나무의 글 1")
    page.get_by_role("button", name="나무님 뮤트하기").click()
    expect(page.locator("article.post .post-text")).to_have_text(["하늘의 글 2", "하늘의 글 1"])
    page.goto("/settings/mutes")
    page.get_by_role("button", name="뮤트 풀기").click()
    expect(page.get_by_role("heading", name="뮤트한 사람이 없어요")).to_be_visible()


def test_words_of_a_name_stay_words_in_the_question(windows: Watched, cast: Cast) -> None:
    cast.post(cast.member("하늘", display_name="<b>$& {}</b>"), "글")
    page = windows.open("/explore", secret=secret(cast.member("바다")))
    open_menu(page, "글")
    page.locator("article a[data-dialog]").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("<b>$& {}</b>님을 차단할까요?")
