"""Writing Korean with an input method, and doing everything with the keyboard."""

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, Watched
from tests.cast import Cast

COMPOSING_ENTER = """
const options = {key: "Enter", ctrlKey: true, isComposing: true, bubbles: true, cancelable: true};
document.querySelector("form.composer textarea").dispatchEvent(new KeyboardEvent("keydown", options));
"""


def compose(page: Page, text: str, finish: str = "Enter") -> None:
    """Types as a Korean input method does: syllables grow while they are composed, and a key ends them."""
    session = page.context.new_cdp_session(page)
    for end in range(1, len(text) + 1):
        session.send(
            "Input.imeSetComposition", {"text": text[:end], "selectionStart": end, "selectionEnd": end}
        )
    session.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Process", "code": finish, "windowsVirtualKeyCode": 229},
    )
    session.send("Input.insertText", {"text": text})
    session.send(
        "Input.dispatchKeyEvent",
        {"type": "keyUp", "key": finish, "code": finish, "windowsVirtualKeyCode": 13},
    )


def test_enter_that_ends_a_composition_sends_nothing(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    page = windows.open("/compose", secret=secret(bada))
    box = page.locator("form.composer textarea")
    box.focus()
    compose(page, "한글로 쓰는 글")
    expect(box).to_have_value("한글로 쓰는 글")
    assert page.url.endswith("/compose")
    # Ctrl+Enter sends, but never while a syllable is being composed.
    page.evaluate(COMPOSING_ENTER)
    page.wait_for_timeout(200)
    assert page.url.endswith("/compose")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/")
    expect(page.get_by_role("article").first).to_contain_text("한글로 쓰는 글")


def test_counter_counts_as_a_person_counts(windows: Watched, cast: Cast) -> None:
    page = windows.open("/compose", secret=secret(cast.member("바다")))
    box, button = page.locator("form.composer textarea"), page.locator("form.composer button.btn-primary")
    expect(button).to_be_disabled()
    box.fill("👨‍👩‍👧‍👦" * 299 + "각")
    expect(button).to_be_enabled()
    expect(page.locator(".counter")).to_contain_text("0")
    box.fill("가" * 301)
    expect(button).to_be_disabled()
    expect(page.locator(".counter")).to_contain_text("-1")


def test_everything_can_be_done_with_the_keyboard(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    cast.post(bada, "열쇠로 여는 글")
    page = windows.open("/", secret=secret(bada))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    reach(page, "form.composer textarea")
    page.keyboard.type("자판으로 쓴 글")
    reach(page, "form.composer button.btn-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").first).to_contain_text("자판으로 쓴 글")
    reach(page, "article .act-like")
    page.keyboard.press("Space")
    expect(page.locator("article .act-like").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("article .act-like").first).to_be_focused()
    reach(page, "article summary")
    page.keyboard.press("Enter")
    expect(page.locator("article details[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("article details[open]")).to_have_count(0)


def reach(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there, and sees that it can be seen."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            style = "getComputedStyle(document.activeElement)"
            assert page.evaluate(f"{style}.outlineStyle !== 'none' || {style}.boxShadow !== 'none'"), selector
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


def test_page_works_without_javascript(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    page = windows.open("/", secret=secret(bada), java_script_enabled=False, viewport=PHONE)
    page.locator("form.composer textarea").fill("스크립트 없이 쓴 글")
    page.locator("form.composer button.btn-primary").click()
    article = page.get_by_role("article").first
    expect(article).to_contain_text("스크립트 없이 쓴 글")
    article.locator(".act-like").click()
    expect(page.locator("article .act-like").first).to_have_attribute("aria-pressed", "true")
    page.locator("article summary").first.click()
    page.get_by_role("link", name="지우기").click()
    page.get_by_role("button", name="지우기").click()
    expect(page.get_by_role("article").filter(has_text="스크립트 없이 쓴 글")).to_have_count(0)


def test_text_that_was_not_sent_is_still_there_after_a_reload(windows: Watched, cast: Cast) -> None:
    page = windows.open("/compose", secret=secret(cast.member("바다")))
    page.locator("form.composer textarea").fill("쓰다 만 글")
    page.reload()
    expect(page.locator("form.composer textarea")).to_have_value("쓰다 만 글")


def secret(member: object) -> str:
    """Returns the cookie of a member's browser."""
    cookie = member.client.get_cookie("hanmadi-in")  # type: ignore[attr-defined]
    return str(cookie.value)


def test_password_is_typed_on_while_the_script_comes(windows: Watched) -> None:
    page = windows.open("/explore")
    held: list[Route] = []
    page.route("**/fields.js*", lambda route: held.append(route))
    page.goto("/auth/login", wait_until="commit")
    field = page.locator("[name=password]")
    field.click()
    page.keyboard.type("sonamu")
    assert held
    held[0].continue_()
    expect(page.locator(".secret button")).to_be_visible()
    page.keyboard.type("-arae")
    expect(field).to_have_value("sonamu-arae")
