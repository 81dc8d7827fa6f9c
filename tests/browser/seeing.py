"""What everybody must be able to use: axe in both themes, and nothing wider than the window."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours; the others find in a dark page what they found in the light one."""

REFERENCE = "/api/docs"
"""Its sizes are not asked for: the rule compares its two thousand links with each other, for a minute."""


def check(page: Page, what: str = "") -> None:
    """Fails on what axe finds on a page, and when the page is wider than its window.

    Args:
        page: it is left in the dark theme.
        what: names the page where its address does not.
    """
    what = what or page.url
    light = {"rules": {"target-size": {"enabled": REFERENCE not in what}}}
    for scheme, options in (("light", light), ("dark", {"runOnly": COLOURS})):
        # Colours that are still on their way from one theme to the other would be measured half-way.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = AXE.run(page, options={"resultTypes": ["violations"], **options})
        assert found.violations_count == 0, f"{what}, {scheme}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{what} is too wide"
