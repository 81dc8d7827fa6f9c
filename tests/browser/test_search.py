"""The search box in a real browser: suggestions, the keyboard, a Korean input method, no script, and every state."""

import re
from contextlib import suppress
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_writing import compose, secret
from tests.cast import Cast
from tests.main.test_search import away, settle

BOX = "form[role=search] input[name=q]"
OPTIONS = ".suggest [role=option]"
COMPOSING = """([key, isComposing]) => {
  const options = {key, isComposing, keyCode: isComposing ? 229 : 0, bubbles: true, cancelable: true};
  return document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
}"""


@pytest.fixture
def member(cast: Cast) -> str:
    """Somebody signed in, on a site where something can be found."""
    bada = cast.member("바다")
    narae = cast.member("한국인", display_name="한국 사람")
    for text in (
        "한국 사람이 쓴 글 #한국말",
        "한국어로 쓰는 글",
        "한글날 산책 https://example.org/아주/긴/주소",
        "제주 바다",
    ):
        cast.post(narae, text)
    settle(cast)
    return secret(bada)


def type_here(page: Page, text: str) -> None:
    """Types into the search box, until suggestions are there."""
    page.locator(BOX).click()
    page.keyboard.insert_text(text)
    expect(page.locator(OPTIONS).first).to_be_visible()


def query(page: Page) -> str:
    """Returns the address of the page, readable."""
    return unquote(page.url).replace("+", " ")


@pytest.mark.parametrize("path", ["/explore", "/search"])
def test_keyboard_goes_through_the_suggestions_and_takes_one(
    windows: Watched, member: str, path: str
) -> None:
    page = windows.open(path, secret=member)
    box = page.locator(BOX)
    expect(box).to_have_attribute("role", "combobox")
    type_here(page, "한구")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    count = page.locator(OPTIONS).count()
    page.keyboard.press("ArrowUp")
    expect(page.locator(OPTIONS).nth(count - 1)).to_have_attribute("aria-selected", "true")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    first = page.locator(OPTIONS).first
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.locator("article mark").first).to_contain_text("한국")


def test_escape_closes_the_list_and_enter_searches_what_was_typed(windows: Watched, member: str) -> None:
    page = windows.open("/explore", secret=member)
    type_here(page, "한구")
    page.keyboard.press("Escape")
    expect(page.locator(".suggest")).to_be_hidden()
    expect(page.locator(BOX)).to_have_value("한구")
    expect(page.locator(BOX)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(page.locator(OPTIONS).first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert query(page).endswith("q=한구")


def test_tab_leaves_the_list(windows: Watched, member: str) -> None:
    page = windows.open("/explore", secret=member)
    type_here(page, "한구")
    page.keyboard.press("Tab")
    expect(page.locator(".suggest")).to_be_hidden()


def test_person_leads_to_the_profile_and_tag_to_its_page(windows: Watched, member: str) -> None:
    page = windows.open("/explore", secret=member)
    for sign, path in (("@한국", "/@한국인"), ("#한국", "/tags/한국말")):
        type_here(page, sign)
        page.locator(OPTIONS).first.click()
        page.wait_for_url(f"**{quote(path, safe='/@')}")


def test_slash_leads_to_the_box_but_not_while_writing(windows: Watched, member: str) -> None:
    page = windows.open("/", secret=member)
    page.locator("form.composer textarea").focus()
    page.keyboard.press("/")
    expect(page.locator("form.composer textarea")).to_have_value("/")
    page.locator("form.composer textarea").fill("")
    page.locator("form.composer textarea").blur()
    page.keyboard.press("/")
    expect(page.locator(BOX)).to_be_focused()
    expect(page.locator(BOX)).to_have_value("")


def test_unfinished_syllable_is_suggested_for_and_its_enter_sends_nothing(
    windows: Watched, member: str
) -> None:
    page = windows.open("/explore", secret=member)
    page.locator(BOX).focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "한구", "selectionStart": 2, "selectionEnd": 2})
    expect(page.locator(OPTIONS).first).to_contain_text("한국")
    for key in ("ArrowDown", "Enter"):
        page.evaluate(COMPOSING, [key, True])
    expect(page.locator(".suggest .is-on")).to_have_count(0)
    session.send("Input.insertText", {"text": "한구"})
    page.locator(BOX).fill("")
    compose(page, "한국")
    page.wait_for_timeout(200)
    assert page.url.endswith("/explore")
    expect(page.locator(BOX)).to_have_value("한국")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")


def test_late_answer_does_not_replace_a_newer_one(windows: Watched, member: str) -> None:
    page = windows.open("/explore", secret=member)
    waiting: list[Route] = []
    page.route("**/search/suggestions?q=%ED%95%9C", lambda route: waiting.append(route))
    page.locator(BOX).click()
    page.keyboard.insert_text("한")
    page.wait_for_timeout(300)
    page.keyboard.insert_text("글")
    expect(page.locator(OPTIONS).first).to_contain_text("한글")
    shown = page.locator(".suggest").inner_text()
    (late,) = waiting
    with suppress(Error):  # The page may have given this question up.
        late.fulfill(body='<a role="option" href="/late">late</a>')
    page.wait_for_timeout(300)
    assert page.locator(".suggest").inner_text() == shown


def test_list_moves_nothing(windows: Watched, member: str) -> None:
    for path, size in (("/explore", DESK), ("/search?q=한국", DESK), ("/search?q=한국", PHONE)):
        page = windows.open(path, secret=member, viewport=size)
        places = (
            "[...document.querySelectorAll('article, aside h2')].map(one => one.getBoundingClientRect().top)"
        )
        page.locator(BOX).fill("")
        before = page.evaluate(places)
        type_here(page, "한구")
        assert page.evaluate(places) == before


def test_search_works_without_javascript(windows: Watched, member: str) -> None:
    page = windows.open("/", secret=member, java_script_enabled=False, viewport=PHONE)
    page.locator(".bottombar").get_by_role("link", name="검색").click()
    expect(page.locator(BOX)).to_be_focused()
    page.locator(BOX).fill("한국 작성자:한국인")
    page.keyboard.press("Enter")
    expect(page.locator("article mark").first).to_contain_text("한국")
    with page.expect_navigation():
        page.get_by_role("link", name="작성자:한국인").click()
    assert query(page).endswith("q=한국")
    page.get_by_role("link", name="최신순").click()
    page.locator(".tabs").get_by_role("link", name="사람").click()
    expect(page.locator(".person .handle").first).to_have_text("@한국인")


def test_more_results_are_told(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    for number in range(25):
        cast.post(bada, f"겨울 이야기 {number}")
    settle(cast)
    page = windows.open("/search?q=겨울", secret=secret(bada))
    page.locator(".more a").click()
    expect(page.locator("article.post")).to_have_count(25)
    expect(page.locator("#found-status")).to_contain_text("5")
    assert page.locator("#found-status").count() == 1


def test_near_matches_of_several_pieces_stand_below_one_heading(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    cast.post(bada, "겨울나무 옆 산책길")
    for number in range(45):
        cast.post(bada, f"겨울나무 앞 산책길 {number}")
    settle(cast)
    page = windows.open("/search?q=겨울나무 옆 산책길", secret=secret(bada))
    for count in (40, 46):
        page.locator(".more a").click()
        expect(page.locator("article.post")).to_have_count(count)
    expect(page.get_by_role("heading", name="비슷한 글")).to_have_count(1)


STATES = (
    "/search",
    "/search?q=한국",
    "/search?q=한국 작성자:한국인 -비 부터:2020 언어:ko #한국말",
    "/search?q=한국 사람이 안 쓴 글",
    "/search?q=한국&tab=people",
    "/search?q=한국&tab=tags",
    "/search?q=gksrnr",
    "/search?q=" + "봄동겉절이" * 12,
)


@pytest.mark.parametrize("size", [PHONE, DESK, {"width": 320, "height": 640}], ids=["phone", "desk", "tiny"])
def test_axe_finds_nothing_and_nothing_is_cut(windows: Watched, member: str, size: dict[str, int]) -> None:
    page = windows.open("/", secret=member, viewport=size)
    for path in STATES:
        page.goto(path)
        seeing.check(page, path)
    page.goto("/search")
    type_here(page, "한구")
    page.keyboard.press("ArrowDown")
    seeing.check(page, "suggestions")


def test_axe_finds_nothing_while_search_rests(windows: Watched, cast: Cast, member: str) -> None:
    page = windows.open("/explore", secret=member, viewport=PHONE)
    with away(cast.app):
        page.goto("/search?q=한국 언어:ko")
        expect(page.locator(".alert-warning")).to_contain_text("검색이 쉬고 있어요")
        seeing.check(page, "resting")
        page.goto("/settings/profile")
        page.keyboard.press("/")
        page.wait_for_url("**/search")
