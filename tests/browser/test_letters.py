"""Letters as programs that show HTML draw them, and the page behind the link that stops them."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.i18n import LANGUAGES
from tests.browser.conftest import PHONE, Watched
from tests.cast import Cast
from tests.letters import CAUSES

DESK_PROGRAM = {"width": 700, "height": 600}

WHOLE_PAGES = ("landmark-one-main", "page-has-heading-one", "region")
"""What axe asks of a page, and not of a letter, which mail programs show within one of theirs."""


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
@pytest.mark.parametrize("name", sorted(CAUSES))
def test_axe_finds_nothing_in_a_letter_and_nothing_is_cut(
    windows: Watched, cast: Cast, name: str, locale: str
) -> None:
    letter = CAUSES[name](cast, locale)
    page = windows.open("/healthz")
    page.goto("about:blank")
    page.set_content(letter.html)
    for size in (PHONE, DESK_PROGRAM):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), letter.subject
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options={"rules": {name: {"enabled": False} for name in WHOLE_PAGES}})
            assert found.violations_count == 0, f"{letter.subject}, {scheme}: {found.generate_report()}"


def test_link_in_a_letter_stops_letters_without_signing_in(windows: Watched, cast: Cast) -> None:
    letter = CAUSES["notifications"](cast, "ko")
    found = re.findall(r"http://localhost(/letters/stop\S+)", letter.text)
    page = windows.open(found[-1], viewport=PHONE)
    for heading, button in (("이 메일을 그만 받을까요?", "그만 받기"), ("이제 이 메일을 보내지 않아요", "")):
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            report = Axe().run(page)
            assert report.violations_count == 0, report.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if button:
            page.get_by_role("button", name=button).click()
    page.get_by_role("link", name="메일로 받을 알림 고르기").click()
    expect(page).to_have_url(re.compile("/auth/login"))
