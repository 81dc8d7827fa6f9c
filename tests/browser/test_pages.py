"""Every page in a real browser: reachable by everybody, in both themes, on a phone and on a desk."""

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.models.keyset import PER_PAGE
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_writing import secret
from tests.cast import Cast
from tests.main.test_timelines import seed_posts

STRANGERS = (
    "/",
    "/explore",
    "/auth/signup",
    "/auth/login",
    "/auth/forgot",
    "/auth/reset",
    "/nothing",
    "/@바다",
    "/posts/{post}",
    "/api/docs",
)
MEMBERS = (
    "/",
    "/explore",
    "/compose",
    "/posts/{post}",
    "/posts/{reply}",
    "/posts/{post}/edit",
    "/posts/{post}/delete",
    "/posts/{post}/likes",
    "/tags/태그",
    "/tags/없는태그",
    "/@바다",
    "/@바다/replies",
    "/@하늘/likes",
    "/@바다/followers",
    "/@바다/following",
    "/settings/profile",
    "/settings/display",
    "/settings/account",
    "/settings/sessions",
    "/settings/tokens",
    "/notifications",
    "/settings/notifications",
    "/settings/exports",
    "/settings/blocks",
    "/settings/mutes",
    "/@하늘/block",
    "/@구름",
    "/@구름/followers",
    "/@안개",
    "/@노을",
    "/dev/mailbox",
    "/api/docs",
)


@pytest.fixture
def people(cast: Cast) -> dict[str, object]:
    """A small site: posts, a conversation, a like, a follower."""
    bada = cast.member("바다", about_me="파도를 보아요", location="강릉", link="https://example.org")
    haneul = cast.member("하늘", display_name="높은 하늘")
    post = cast.post(bada, "링크 https://example.org/아주/긴/주소 와 @하늘님 그리고 #태그\n둘째 줄")
    reply = cast.post(haneul, "답글이에요 #태그", parent=post)
    cast.post(bada, "답글의 답글이에요", parent=reply)
    gone = cast.post(haneul, "지울 글", parent=post)
    cast.post(bada, "지운 글에 단 답글", parent=gone)
    haneul.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    haneul.post(f"/posts/{gone}/delete")
    for name in ("구름", "안개"):
        cast.member(name, about_me="떠다녀요", location="하늘 어딘가")
    bada.post("/@구름/block")
    bada.post("/@안개/mute")
    cast.member("노을").post("/@바다/block")
    return {"secret": secret(bada), "post": post, "reply": reply}


def some_at_a_time(paths: Sequence[str]) -> list[tuple[str, ...]]:
    """Returns the paths in groups that one test looks at in a fraction of its time."""
    return [tuple(paths[at : at + 8]) for at in range(0, len(paths), 8)]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("paths", "signed_in"),
    [
        *((some, False) for some in some_at_a_time(STRANGERS)),
        *((some, True) for some in some_at_a_time(MEMBERS)),
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut(
    windows: Watched, people: dict[str, object], size: dict[str, int], paths: tuple[str, ...], signed_in: bool
) -> None:
    page = windows.open(secret=str(people["secret"]) if signed_in else "", viewport=size)
    for path in paths:
        page.goto(path.format(**people))
        for scheme in ("light", "dark"):
            # Colours that are still on their way from one theme to the other would be measured half-way.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}, {scheme}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{path} is wider than the window"


def test_nothing_is_cut_on_the_narrowest_phone_nor_at_double_size(
    windows: Watched, people: dict[str, object]
) -> None:
    page = windows.open(secret=str(people["secret"]), viewport={"width": 320, "height": 640})
    for path in MEMBERS:
        page.goto(path.format(**people))
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_more_appends_without_reload_and_in_order(windows: Watched, cast: Cast) -> None:
    bada = cast.member("바다")
    expected = seed_posts(cast, "바다", PER_PAGE * 2 + 5)
    page = windows.open("/explore", secret=secret(bada))
    page.evaluate("window.stays = true")
    for number in (2, 3):
        page.locator(".more a").click()
        expect(page.locator("article.post")).to_have_count(min(PER_PAGE * number, len(expected)))
    assert page.evaluate("window.stays")
    assert shown(page) == expected
    expect(page.locator(".more a")).to_have_count(0)


def shown(page: Page) -> list[int]:
    """Returns the ids of the posts on a page."""
    return [
        int(id.removeprefix("post-"))
        for id in page.eval_on_selector_all("article.post", "all => all.map(one => one.id)")
    ]


def test_hover_card_shows_who_it_is_and_goes_away(windows: Watched, people: dict[str, object]) -> None:
    page = windows.open("/explore", secret=str(people["secret"]))
    page.locator("article [data-card]").first.hover()
    card = page.locator(".hover-card")
    expect(card).to_contain_text("파도를 보아요")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def test_refusal_is_told_in_a_toast(windows: Watched, cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(haneul, "곧 지울 글")
    page = windows.open("/explore", secret=secret(bada))
    haneul.post(f"/posts/{id}/delete")
    page.locator(f"#post-{id} .act-like").click()
    expect(page.locator(".toast")).to_contain_text("지운 글이거나")


def test_chosen_brightness_holds_against_the_system(windows: Watched, cast: Cast) -> None:
    page = windows.open("/settings/display", secret=secret(cast.member("바다")), color_scheme="light")
    page.get_by_label("어둡게").check()
    page.get_by_role("button", name="저장").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(12, 16, 14)")
