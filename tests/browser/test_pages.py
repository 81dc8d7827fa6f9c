"""Every page in a real browser: reachable by everybody, in both themes, on a phone and on a desk."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from playwright.sync_api import Page, expect

from app.models.keyset import PER_PAGE
from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.looks import HIDDEN, OUTSIDE, UNMARKED
from tests.browser.pages import MEMBERS, STRANGERS, Site
from tests.browser.test_writing import secret
from tests.cast import Cast
from tests.main.test_timelines import seed_posts


@pytest.fixture
def people(cast: Cast) -> Site:
    """The small site."""
    return Site(cast)


def some_at_a_time(paths: Sequence[str]) -> list[tuple[str, ...]]:
    """Returns the paths in groups that one test looks at in a fraction of its time."""
    return [tuple(paths[at : at + 8]) for at in range(0, len(paths), 8)]


def set_letters(page: Page, size: int) -> None:
    """Gives a window letters of another size, in pixels, as a person does in a browser's settings."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{size}px"


def look_on_a_phone(page: Page) -> Iterator[str]:
    """Yields what is wrong on a phone, on the narrowest one, with large letters and in forced colours."""
    for width, letters in ((390, 16), (320, 16), (390, 24), (390, 32)):
        page.set_viewport_size({"width": width, "height": 844})
        set_letters(page, letters)
        for fault in page.evaluate(OUTSIDE):
            yield f"{width} px, letters of {letters} px: {fault}"
    set_letters(page, 16)
    page.emulate_media(forced_colors="active")
    yield from page.evaluate(UNMARKED)
    page.emulate_media(forced_colors="none")


def look_on_a_desk(page: Page) -> Iterator[str]:
    """Yields what is wrong on a desk, there with large letters, and where the keyboard leads in a low window."""
    for letters in (32, 16):
        set_letters(page, letters)
        for fault in page.evaluate(OUTSIDE):
            yield f"1280 px, letters of {letters} px: {fault}"
    page.emulate_media(reduced_motion="no-preference")
    page.set_viewport_size({"width": 640, "height": 400})
    page.keyboard.press("Tab")
    yield from page.evaluate(HIDDEN)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "look"), [(PHONE, look_on_a_phone), (DESK, look_on_a_desk)], ids=["phone", "desk"]
)
@pytest.mark.parametrize(
    ("paths", "signed_in"),
    [
        *((some, False) for some in some_at_a_time(STRANGERS)),
        # The reference is long, and the same for everybody.
        *((some, True) for some in some_at_a_time([path for path in MEMBERS if path != seeing.REFERENCE])),
    ],
)
def test_pages_keep_what_was_promised_to_everybody(
    windows: Watched,
    people: Site,
    size: dict[str, int],
    look: Callable[[Page], Iterator[str]],
    paths: tuple[str, ...],
    signed_in: bool,
) -> None:
    page = windows.open("/healthz", secret=secret(people.bada) if signed_in else "", viewport=size)
    faults = []
    for path in people.paths(paths):
        page.goto(path)
        seeing.check(page, path)
        faults += [f"{path}: {fault}" for fault in look(page)]
    assert not faults, "\n".join(faults)


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


def test_hover_card_shows_who_it_is_and_goes_away(windows: Watched, people: Site) -> None:
    page = windows.open("/explore", secret=secret(people.bada))
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
