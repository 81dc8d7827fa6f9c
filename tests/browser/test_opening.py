"""Posts open where they are touched, the arrow leads back, and what is deleted is said."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watched
from tests.browser.test_writing import secret
from tests.cast import Cast


def text_of(page: Page, post: int, place: str = "article.post") -> None:
    """Clicks on the words of a post."""
    page.locator(f"{place}:has(a.when[href$='/posts/{post}']) .post-text").first.click()


def test_post_opens_where_it_is_touched_in_every_list(windows: Watched, cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(bada, "눈이 와요 #눈")
    reply = cast.post(haneul, "여기도 와요", parent=post)
    below = cast.post(bada, "거기도 오는군요", parent=reply)
    bada.letters()  # What was written is found by the search.
    page = windows.open(secret=secret(bada), viewport=PHONE)
    for path, id in (
        ("/", post),
        ("/@하늘/replies", post),
        ("/search?q=눈이", post),
        (f"/posts/{below}", post),
    ):
        page.goto(path)
        text_of(page, id)
        page.wait_for_url(f"**/posts/{id}")


def test_click_on_a_control_or_a_selection_opens_nothing(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    post = cast.post(bada, "골라서 복사할 글이에요")
    page = windows.open(secret=secret(bada))
    article = page.locator(f"#post-{post}")
    article.locator(".act-like").click()
    expect(article.locator(".act-like")).to_have_attribute("aria-pressed", "true")
    article.locator("summary").click()
    article.locator(".post-text").click()  # This closes the menu, and does nothing else.
    expect(article.locator("details")).not_to_have_attribute("open", "")
    box = article.locator(".post-text").bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 12, steps=4)
    page.mouse.up()
    assert page.evaluate("String(getSelection())")
    article.locator(".post-text").click()  # This only ends the selection.
    assert page.url.endswith("/")
    article.locator(".post-text").click()
    page.wait_for_url(f"**/posts/{post}")


@pytest.mark.parametrize("click", [{"button": "middle"}, {"modifiers": ["ControlOrMeta"]}])
def test_middle_button_or_ctrl_opens_the_post_beside_the_page(
    windows: Watched, cast: Cast, click: dict[str, object]
) -> None:
    bada = cast.member("바다")
    post = cast.post(bada, "따로 열 글")
    page = windows.open(secret=secret(bada))
    with page.context.expect_page() as opened:
        page.locator(f"#post-{post} .post-text").click(**click)  # type: ignore[arg-type]
    opened.value.wait_for_url(f"**/posts/{post}")
    assert page.url.endswith("/")


def test_without_scripts_the_time_opens_a_post_and_no_menu_copies(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    post = cast.post(bada, "글")
    page = windows.open(secret=secret(bada), java_script_enabled=False)
    page.locator(f"#post-{post} summary").click()
    expect(page.get_by_text("글 주소 복사")).to_be_hidden()
    page.locator(f"#post-{post} a.when").click()
    page.wait_for_url(f"**/posts/{post}")
    page.get_by_role("link", name="뒤로").locator("visible=true").click()
    page.wait_for_url("**/")


def test_arrow_leads_back_to_where_one_came_from(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    post = cast.post(bada, "글 #눈")
    back = "visible=true"
    page = windows.open("/tags/눈", secret=secret(bada))
    text_of(page, post)
    page.wait_for_url(f"**/posts/{post}")
    page.locator("form.composer textarea").fill("이어서 써요")
    with (
        page.expect_navigation()
    ):  # It leads to the same page again, whose script is to run before the next click.
        page.locator("form.composer button.btn-primary").click()
    expect(page.locator(".twigs article")).to_have_count(1)
    page.get_by_role("link", name="뒤로").locator(back).click()
    page.wait_for_url("**/tags/*")

    # A page that one has come to from elsewhere has the place above it behind its arrow.
    page = windows.open(f"/posts/{post}", secret=secret(bada))
    page.get_by_role("link", name="뒤로").locator(back).click()
    page.wait_for_url(lambda url: url.endswith("/"))


def delete(page: Page, post: int) -> None:
    """Deletes a post by its menu."""
    page.locator(f"#post-{post} summary").click()
    page.locator(f"#post-{post}").get_by_role("link", name="지우기").click()
    page.locator("#ask").get_by_role("button", name="지우기").click()


def test_deleting_says_so_counts_anew_and_leaves_no_bare_page(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    first, second = cast.post(bada, "하나"), cast.post(bada, "둘")
    page = windows.open("/@바다", secret=secret(bada))
    delete(page, second)
    expect(page.locator(".toast")).to_contain_text("글을 지웠어요")
    expect(page.locator(".tally")).to_contain_text("글 1")
    delete(page, first)
    expect(page.get_by_role("heading", name="아직 글이 없어요")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("글을 지웠어요")
    expect(page.locator(".tally")).to_contain_text("글 0")


def test_muting_the_only_writer_and_deleting_the_only_message_leave_no_bare_page(
    windows: Watched, cast: Cast
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(haneul, "하나뿐인 글")
    cast.message(bada, haneul, "하나뿐인 쪽지")
    page = windows.open("/explore", secret=secret(bada))
    page.locator(f"#post-{post} summary").click()
    page.get_by_role("button", name="하늘님 뮤트하기").click()
    expect(page.get_by_role("heading", name="아직 아무도 글을 쓰지 않았어요")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("뮤트했어요")
    page.goto("/messages/하늘")
    page.locator(".talk-menu summary").click()
    page.get_by_role("link", name="나에게서만 지우기").click()
    page.locator("#ask-message").get_by_role("button", name="지우기").click()
    expect(page.locator(".toast")).to_contain_text("쪽지를 지웠어요")
    expect(page.locator(".talk-none")).to_be_visible()
