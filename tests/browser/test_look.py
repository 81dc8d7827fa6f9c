"""Pages stay where they are: their menu, what covers them, and their lines while the letters arrive."""

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.pages import Site
from tests.browser.test_writing import secret
from tests.cast import Cast

PLACES = """
all => all.map(one => [one.querySelector(".label").textContent, one.offsetTop, one.getBoundingClientRect().x])
"""
HAS_NOTO = """
() => new FontFace("any", 'local("Noto Sans CJK KR")').load().then(() => true, () => false)
"""
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def site_of_pages(cast: Cast) -> Site:
    """The small site."""
    return Site(cast)


def test_menu_stays_where_it_is_from_page_to_page(windows: Watched, site_of_pages: Site) -> None:
    page = windows.open(secret=secret(site_of_pages.bada))
    widths = (800, 1100, 1280, 1600)
    seen: dict[int, set[str]] = {width: set() for width in widths}
    for path in ("/", "/search", "/messages", "/settings/profile"):
        page.goto(path)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            seen[width].add(str(page.eval_on_selector_all(".side-nav a", PLACES)))
    assert all(len(places) == 1 for places in seen.values()), seen


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_toasts_cover_no_box_to_write_in(windows: Watched, site_of_pages: Site, size: dict[str, int]) -> None:
    page = windows.open(secret=secret(site_of_pages.bada), viewport=size)
    for path, form in (("/messages/하늘", "form[data-write]"), ("/posts/{post}", "form#reply")):
        page.goto(site_of_pages.paths((path,))[0])
        page.locator(form).evaluate("one => one.scrollIntoView({ block: 'end' })")
        page.evaluate(
            "document.dispatchEvent(new CustomEvent('hanmadi:say', { detail: '글을 지웠어요. '.repeat(4) }))"
        )
        toast, box = page.locator(".toast").bounding_box(), page.locator(form).bounding_box()
        assert toast and box and toast["y"] >= 0
        assert toast["y"] + toast["height"] <= box["y"] or toast["y"] >= box["y"] + box["height"], path


def test_pages_do_not_move_when_their_letters_arrive(windows: Watched, site_of_pages: Site) -> None:
    page = windows.open("/healthz", secret=secret(site_of_pages.bada), viewport=PHONE)
    if not page.evaluate(HAS_NOTO):
        pytest.skip("Pretendard's measures are given to Noto Sans CJK KR, which is not here: fonts-noto-cjk.")
    page.add_init_script(SHIFTS)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/*.woff2", hold)
    for path in site_of_pages.paths(("/explore", "/settings/notifications", "/settings/display")):
        page.goto(path, wait_until="domcontentloaded")
        page.wait_for_timeout(300)  # The page is painted with the letters that wait in Pretendard's place.
        assert late, path
        while late:
            late.pop().continue_()
            page.wait_for_timeout(20)
        page.wait_for_load_state()
        page.wait_for_timeout(200)
        assert page.evaluate("window.shifted") <= 0.02, path
