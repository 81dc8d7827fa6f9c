"""Private messages in a browser: the input method, two people at once, what comes while one reads, and deleting."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_writing import compose, secret
from tests.cast import Cast, Visitor

BOX = "#write-body"
NARROW = {"width": 320, "height": 640}
NOTHING_WAITS = "() => fetch('/news').then(a => a.json()).then(n => n.messages === 0)"
Open = Callable[..., Page]


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    return cast.member("바다")


@pytest.fixture
def haneul(cast: Cast) -> Visitor:
    return cast.member("하늘", display_name="높은 하늘")


@pytest.fixture
def talk(windows: Watched, bada: Visitor, haneul: Visitor) -> Open:
    """Opens the conversation of two people as one of them sees it."""

    def opened(who: Visitor = bada, **options: Any) -> Page:
        other = haneul if who is bada else bada
        return windows.open(f"/messages/{other.username}", secret=secret(who), **options)

    return opened


def bubbles(page: Page) -> list[str]:
    """Returns what the messages on a page say."""
    return [
        text.split(": ", 1)[-1]
        for text in page.locator(".talk-row:not(.is-sending) .bubble").all_text_contents()
    ]


def hear(page: Page, kind: str = "message") -> None:
    """Tells a page what the site tells it when a message has come."""
    number = "Number(document.querySelector('[data-talk]').dataset.talk)"
    detail = f"{{kind: '{kind}', ids: {{id: 1, conversation: {number}, sender: 1}}}}"
    page.evaluate(f"document.dispatchEvent(new CustomEvent('hanmadi:news', {{detail: {detail}}}))")


def catch_up(page: Page) -> None:
    """Tells a page that it may have missed something."""
    page.evaluate("document.dispatchEvent(new CustomEvent('hanmadi:catch-up'))")


def offset(page: Page) -> float:
    """Returns how far from its end a conversation stands."""
    return float(page.evaluate("Math.abs(document.querySelector('.talk-scroll').scrollTop)"))


def test_enter_sends_and_the_enter_of_a_syllable_does_not(talk: Open, bada: Visitor) -> None:
    page = talk()
    page.locator(BOX).focus()
    compose(page, "안녕하세요")
    expect(page.locator(BOX)).to_have_value("안녕하세요")
    page.wait_for_timeout(200)
    assert bubbles(page) == []
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("둘째 줄")
    assert bubbles(page) == []
    page.keyboard.press("Enter")
    expect(page.locator(".talk-row:not(.is-sending)")).to_have_count(1)
    assert bubbles(page) == ["안녕하세요\n둘째 줄"]
    expect(page.locator(BOX)).to_have_value("")
    expect(page.locator(BOX)).to_be_focused()
    assert "둘째 줄" in bada.get("/messages/하늘").text


def test_enter_is_a_new_line_on_a_phone_and_the_bar_below_is_away(talk: Open) -> None:
    page = talk(viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.locator(".bottombar")).to_be_hidden()
    page.locator(BOX).tap()
    page.keyboard.type("하나")
    page.keyboard.press("Enter")
    page.keyboard.type("둘")
    expect(page.locator(BOX)).to_have_value("하나\n둘")
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator(".talk-row:not(.is-sending) .bubble")).to_contain_text("둘")
    expect(page.locator(BOX)).to_be_focused()


def test_two_people_write_to_each_other(talk: Open, bada: Visitor, haneul: Visitor) -> None:
    mine, theirs = talk(bada), talk(haneul)
    mine.locator(BOX).fill("들려요?")
    mine.keyboard.press("Enter")
    expect(mine.locator(".talk-row:not(.is-sending)")).to_have_count(1)
    hear(theirs)
    expect(theirs.locator(".bubble")).to_contain_text("들려요?")
    expect(theirs.locator("#talks .last")).to_contain_text("들려요?")
    expect(theirs.locator(".talk-none")).to_have_count(0)
    for number in range(3):
        theirs.locator(BOX).fill(f"{number}")
        theirs.keyboard.press("Enter")
    expect(theirs.locator(".talk-row:not(.is-sending)")).to_have_count(4)
    theirs.wait_for_function(NOTHING_WAITS)
    hear(mine, "read")
    expect(mine.locator(".is-last-read .bubble")).to_contain_text("들려요?")
    expect(mine.locator(".talk-row")).to_have_count(4)
    assert bubbles(mine) == bubbles(theirs) == ["들려요?", "0", "1", "2"]
    assert mine.locator("[data-day]").count() == theirs.locator("[data-day]").count() == 1


def test_what_comes_is_read_where_it_is_seen(talk: Open, cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    cast.message(haneul, bada, "보이는 말")
    page = talk()
    expect(page.locator("#talks .badge")).to_have_count(0)
    assert bada.get("/news").json["messages"] == 0  # type: ignore[index]
    for number in range(30):
        cast.message(haneul, bada, f"{number}째 말\n\n끝")
    hear(page)
    expect(page.locator(".talk-row")).to_have_count(31)
    assert offset(page) < 1, "Who stands at the end stays there."
    page.wait_for_function(NOTHING_WAITS)
    page.evaluate("document.querySelector('.talk-scroll').scrollTop = -600")
    page.wait_for_timeout(100)
    cast.message(haneul, bada, "안 보이는 말")
    hear(page)
    expect(page.locator(".talk-row")).to_have_count(32)
    expect(page.locator(".new-said")).to_be_visible()
    assert offset(page) > 500, "Who reads further up is left there."
    page.wait_for_timeout(300)
    assert bada.get("/news").json["messages"] == 1  # type: ignore[index]
    page.locator(".new-said").click()
    expect(page.locator(".new-said")).to_be_hidden()
    page.wait_for_function(NOTHING_WAITS)


def test_nothing_is_missed_where_more_came_than_one_piece_holds(
    talk: Open, cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    cast.message(haneul, bada, "첫말")
    page = talk()
    for number in range(65):
        cast.message(haneul, bada, f"{number}")
    page.wait_for_timeout(2100)  # From then on other scripts catch up too, and have to leave this to its own.
    catch_up(page)
    expect(page.locator(".talk-row")).to_have_count(66)
    page.wait_for_timeout(2000)
    assert bubbles(page) == ["첫말", *(str(number) for number in range(65))]


def test_text_that_cannot_be_sent_stays_and_goes_once_when_it_can(talk: Open, bada: Visitor) -> None:
    page = talk()
    keys: list[str] = []
    fates = ["lost", "answer lost"]  # Of one message after the other; those that follow arrive.

    # One way for all of them: between two, the browser may let a request through that neither sees.
    def pass_on(route: Route) -> None:
        if route.request.method != "POST" or not fates:
            route.continue_()
            return
        if fates.pop(0) == "answer lost":
            keys.append(str(route.request.post_data))
            route.fetch()
        route.abort()

    page.route("**/messages/*", pass_on)
    page.locator(BOX).fill("사라지면 안 되는 말")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("연결")
    expect(page.locator(BOX)).to_have_value("사라지면 안 되는 말")
    expect(page.locator(".talk-row")).to_have_count(0)
    page.reload()
    expect(page.locator(BOX)).to_have_value("사라지면 안 되는 말")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("연결")
    expect(page.locator(BOX)).to_have_value("사라지면 안 되는 말")
    page.keyboard.press("Enter")
    expect(page.locator(BOX)).to_have_value("")
    expect(page.locator(".talk-row:not(.is-sending)")).to_have_count(1)
    assert keys and bada.get("/messages/하늘").text.count('id="message-') == 1


def test_what_is_typed_while_a_message_is_on_its_way_is_kept(talk: Open) -> None:
    page = talk()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/messages/*", hold)
    page.locator(BOX).fill("첫째")
    page.keyboard.press("Enter")
    expect(page.locator(".is-sending")).to_contain_text("첫째")
    page.keyboard.type("둘째")
    page.keyboard.press("Enter")
    page.keyboard.type("셋째")
    held[0].continue_()
    expect(page.locator(".is-sending")).to_have_count(0)
    assert bubbles(page) == ["첫째", "둘째"]
    expect(page.locator(BOX)).to_have_value("셋째")


def test_refused_text_comes_back_with_the_reason(talk: Open, bada: Visitor, haneul: Visitor) -> None:
    page = talk()
    haneul.post("/@바다/block")
    page.locator(BOX).fill("막힌 말")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("보낼 수 없어요")
    expect(page.locator(BOX)).to_have_value("막힌 말")


def test_too_long_a_text_is_counted_as_a_person_counts(talk: Open) -> None:
    page = talk()
    page.locator(BOX).fill("👨‍👩‍👧‍👦" * 999 + "각")
    expect(page.locator("#write-note")).to_be_empty()
    page.locator(BOX).fill("가" * 1003)
    expect(page.locator("#write-note")).to_contain_text("3자 넘었어요")
    page.keyboard.press("Enter")
    expect(page.locator(".talk-row")).to_have_count(0)
    expect(page.get_by_role("button", name="보내기")).to_be_disabled()


def test_older_messages_come_above_and_the_place_stays(
    talk: Open, cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    for number in range(70):
        cast.message(haneul, bada, f"{number}")
    page = talk()
    expect(page.locator(".talk-row")).to_have_count(30)
    assert offset(page) < 1, "It opens at its end."
    for shown in (60, 70):
        page.get_by_role("link", name="이전 쪽지 보기").click()
        expect(page.locator(".talk-row")).to_have_count(shown)
    assert bubbles(page) == [str(number) for number in range(70)]
    assert page.locator("[data-day]").count() == 1
    expect(page.get_by_role("link", name="이전 쪽지 보기")).to_have_count(0)


def test_message_and_conversation_are_deleted_after_a_question(
    talk: Open, cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    cast.message(haneul, bada, "남는 말")
    cast.message(haneul, bada, "지울 말")
    page = talk()
    page.locator(".talk-row").last.hover()
    page.locator(".talk-row summary").last.click()
    page.get_by_role("link", name="나에게서만 지우기").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("높은 하늘님에게는 그대로 남아요")
    dialog.get_by_role("button", name="그대로 두기").click()
    expect(page.locator(".talk-row")).to_have_count(2)
    page.locator(".talk-row summary").last.press("Enter")
    page.get_by_role("link", name="나에게서만 지우기").click()
    dialog.get_by_role("button", name="지우기").click()
    expect(page.locator(".talk-row")).to_have_count(1)
    assert "지울 말" not in bada.get("/messages/하늘").text and "지울 말" in haneul.get("/messages/바다").text
    cast.message(haneul, bada, "그 뒤에 온 말")
    page.locator(".talk-head summary").click()
    page.get_by_role("link", name="대화 지우기").click()
    dialog.get_by_role("button", name="지우기").click()
    page.wait_for_url("**/messages")
    expect(page.locator("#talks .last")).to_contain_text("그 뒤에 온 말")


def test_touch_shows_the_menu_of_a_message(talk: Open, cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    cast.message(haneul, bada, "건드릴 말")
    page = talk(viewport=PHONE, has_touch=True, is_mobile=True)
    menu = page.locator(".talk-row details")
    expect(menu).to_have_css("opacity", "0")
    page.locator(".bubble").tap()
    expect(menu).to_have_css("opacity", "1")
    page.locator(".talk-row summary").tap()
    expect(page.get_by_role("link", name="나에게서만 지우기")).to_be_in_viewport()


def test_list_follows_the_news(windows: Watched, cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    cast.message(cast.member("노을"), bada, "어제의 말")
    page = windows.open("/messages", secret=secret(bada))
    cast.message(haneul, bada, "방금 온 말")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('hanmadi:news', "
        "{detail: {kind: 'message', ids: {id: 1, conversation: 1, sender: 1}}}))"
    )
    expect(page.locator("#talks li").first).to_contain_text("방금 온 말")
    expect(page.locator("#talks li")).to_have_count(2)
    expect(page.locator("#talks li").first.locator(".badge")).to_contain_text("1")


def test_messages_work_without_javascript(
    windows: Watched, cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    cast.message(haneul, bada, "먼저 온 말")
    page = windows.open("/messages", secret=secret(bada), java_script_enabled=False, viewport=PHONE)
    page.get_by_role("link", name="먼저 온 말").click()
    page.locator(BOX).fill("스크립트 없이 쓴 말")
    page.get_by_role("button", name="보내기").click()
    expect(page.locator(".bubble")).to_contain_text(["먼저 온 말", "스크립트 없이 쓴 말"])
    page.get_by_role("button", name="읽음으로 표시").click()
    expect(page.get_by_text("여기부터 새 쪽지")).to_have_count(0)
    page.locator(".talk-row summary").last.click()
    page.get_by_role("link", name="나에게서만 지우기").click()
    page.get_by_role("button", name="지우기").click()
    expect(page.locator(".bubble")).to_contain_text(["먼저 온 말"])
    page.locator(".talk-head summary").click()
    page.get_by_role("link", name="대화 지우기").click()
    page.get_by_role("button", name="지우기").click()
    expect(page.locator(".talk-list")).to_contain_text("조용히 나눌 이야기")


@pytest.mark.parametrize("size", [NARROW, PHONE, DESK], ids=["narrow", "phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_cut(
    windows: Watched, cast: Cast, bada: Visitor, haneul: Visitor, size: dict[str, int]
) -> None:
    for number in range(40):
        cast.message(haneul, bada, f"{number}째 말 https://example.org/아주/긴/주소/{'가' * 40}")
    cast.message(bada, haneul, "답 " + "w" * 200)
    cast.message(haneul, bada, "못 읽은 말")
    cast.message(cast.member("긴이름" * 5, display_name="아주아주 긴 이름을 가진 사람입니다"), bada)
    haneul.post("/@바다/follow")
    cast.member("노을").post("/@바다/block")
    bada.post("/@하늘/follow")
    page = windows.open("/messages", secret=secret(bada), viewport=size)
    paths = ("", "?q=", "?q=하늘", "?q=없어요", "/하늘", "/노을", "/하늘/delete", "/" + "긴이름" * 5)
    for path in paths:
        page.goto(f"/messages{path}")
        seeing.check(page)
        panes = "[...document.querySelectorAll('.talk-scroll, .talk-list')]"
        across = page.evaluate(f"{panes}.some(pane => pane.scrollWidth > pane.clientWidth)")
        assert not across, f"{path} scrolls sideways"


def test_conversation_is_reached_and_read_with_the_keyboard(
    talk: Open, cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    for number in range(30):
        cast.message(haneul, bada, f"{number}\n\n{number}")
    page = talk()
    expect(page.locator(BOX)).to_be_focused()
    page.locator(".talk-scroll").focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => Math.abs(document.querySelector('.talk-scroll').scrollTop) > 300")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.talk-row summary')")
    expect(page.locator(".talk-row details").first).to_have_css("opacity", "1")
