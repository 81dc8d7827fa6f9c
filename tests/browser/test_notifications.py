"""The page of notifications in a real browser: with the mouse, with the keyboard, and without a script."""

import pytest
from playwright.sync_api import expect

from app.extensions import queue
from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_writing import reach, secret
from tests.cast import Cast, Visitor


@pytest.fixture
def told(cast: Cast) -> dict[str, object]:
    """Somebody who is told of something of each kind."""
    bada, haneul = (
        cast.member("바다"),
        cast.member("하늘", about_me="구름을 보아요", display_name="높은 하늘"),
    )
    post = cast.post(bada, "첫눈이 오면 " * 30)
    for number in range(8):
        cast.member(f"무리{number}").post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    cast.post(haneul, "여기 보세요 @바다")
    reply = cast.post(haneul, "그래요", parent=post)
    cast.export(bada)
    haneul.post("/messages/바다", body="쪽지", key="k")
    return {"member": bada, "secret": secret(bada), "reply": reply}


BADGE = ".side-nav [data-badge=notifications]"


@pytest.mark.parametrize("size", [PHONE, DESK, {"width": 320, "height": 640}], ids=["phone", "desk", "tiny"])
def test_axe_finds_nothing_and_nothing_is_cut(
    windows: Watched, told: dict[str, object], size: dict[str, int]
) -> None:
    page = windows.open("/notifications", secret=str(told["secret"]), viewport=size)
    expect(page.locator(".notice")).to_have_count(5)
    for path in ("/notifications", "/notifications?tab=follows", "/settings/notifications"):
        page.goto(path)
        seeing.check(page)


def test_whoever_follows_a_link_has_read(windows: Watched, told: dict[str, object]) -> None:
    page = windows.open("/notifications", secret=str(told["secret"]))
    expect(page.locator(".notice.is-new")).to_have_count(5)
    expect(page.locator(f"{BADGE} [data-number]")).to_have_text("5")
    reply = page.locator(".notice").filter(has_text="답글을 남겼어요")
    with page.expect_response("**/read") as answer:
        reply.locator(".notice-link").click()
    assert answer.value.status == 204
    page.wait_for_url(f"**/posts/{told['reply']}")
    expect(page.locator(f"{BADGE} [data-number]")).to_have_text("4")
    page.go_back()
    expect(page.locator(".notice.is-new")).to_have_count(4)


def test_middle_button_opens_beside_the_page_and_reads(windows: Watched, told: dict[str, object]) -> None:
    page = windows.open("/notifications", secret=str(told["secret"]))
    link = page.locator(".notice").filter(has_text="좋아해요").locator(".notice-link")
    with page.context.expect_page() as other, page.expect_response("**/read"):
        link.click(button="middle")
    assert "/posts/" in other.value.url and page.url.endswith("/notifications")
    expect(page.locator(".notice.is-new")).to_have_count(4)


def test_whole_notice_leads_to_what_it_is_about_and_names_lead_to_people(
    windows: Watched, told: dict[str, object]
) -> None:
    page = windows.open("/notifications", secret=str(told["secret"]))
    reply = page.locator(".notice").filter(has_text="답글을 남겼어요")
    reply.click(position={"x": 500, "y": 10})
    page.wait_for_url(f"**/posts/{told['reply']}")
    page.goto("/notifications")
    page.locator(".notice").filter(has_text="팔로우했어요").locator("a.name").click()
    page.wait_for_url("**/@*")


def test_all_is_done_with_the_keyboard(windows: Watched, told: dict[str, object]) -> None:
    page = windows.open("/notifications", secret=str(told["secret"]))
    reach(page, ".notice .act-like")
    page.keyboard.press("Space")
    expect(page.locator(".notice .act-like")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".notice .act-like")).to_be_focused()
    expect(page.locator(".notice .act-like")).to_have_text("좋아요")
    reach(page, ".notice .follow button")
    page.keyboard.press("Enter")
    expect(page.locator(".notice .follow button")).to_have_attribute("aria-pressed", "true")
    page.reload()
    reach(page, ".page-head form button")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.is-new")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("모두 읽음으로 바꿨어요")
    expect(page.locator(BADGE)).to_be_hidden()


def test_page_works_without_javascript(windows: Watched, told: dict[str, object]) -> None:
    page = windows.open(
        "/notifications", secret=str(told["secret"]), java_script_enabled=False, viewport=PHONE
    )
    page.get_by_role("link", name="답글과 멘션").click()
    expect(page.locator(".notice")).to_have_count(2)
    page.locator(".topbar").get_by_role("button", name="모두 읽음으로").click()
    expect(page.locator(".notice.is-new")).to_have_count(0)
    assert page.url.endswith("/notifications?tab=replies")
    expect(page.get_by_role("button", name="모두 읽음으로")).to_have_count(0)


def test_new_ones_are_told_above_and_nothing_moves(
    windows: Watched, cast: Cast, told: dict[str, object]
) -> None:
    page = windows.open("/explore", secret=str(told["secret"]))
    with page.expect_websocket():
        page.goto("/notifications")
    page.wait_for_timeout(500)
    places = "[...document.querySelectorAll('.notice')].map(one => one.getBoundingClientRect().top)"
    before = page.evaluate(places)
    cast.member("별님").post("/@바다/follow")
    with cast.app.app_context():
        queue.run()
    pill = page.locator(".new-pill")
    expect(pill).to_contain_text("새 알림 1개")
    assert page.evaluate(places) == before
    pill.click()
    expect(page.locator(".notice").first).to_contain_text("별님님 외 1명이 나를 팔로우했어요")
    expect(pill).to_have_count(0)


def test_choices_are_kept(windows: Watched, told: dict[str, object]) -> None:
    page = windows.open("/settings/notifications", secret=str(told["secret"]), viewport=PHONE)
    mail = page.get_by_role("switch", name="좋아요 메일")
    expect(mail).not_to_be_checked()
    mail.check()
    page.get_by_role("switch", name="답글 사이트").uncheck()
    page.get_by_role("button", name="저장").click()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.get_by_role("switch", name="좋아요 메일")).to_be_checked()
    expect(page.get_by_role("switch", name="답글 사이트")).not_to_be_checked()


def test_more_goes_on_where_the_page_ended(windows: Watched, cast: Cast) -> None:
    bada: Visitor = cast.member("바다")
    haneul = cast.member("하늘")
    for each in range(25):
        cast.post(haneul, f"{each}째 @바다")
    page = windows.open("/notifications", secret=secret(bada))
    expect(page.locator(".notice")).to_have_count(20)
    page.locator(".more a").click()
    expect(page.locator(".notice")).to_have_count(25)
    expect(page.locator("h2.day")).to_have_count(1)
    expect(page.locator(".notice").last).to_contain_text("0째")
