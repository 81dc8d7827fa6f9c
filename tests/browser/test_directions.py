"""Names and texts that run from right to left, as a real browser lays them out on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import seeing
from tests.browser.conftest import PHONE, Watched
from tests.browser.test_writing import secret
from tests.cast import Cast

NAME = "عبد الرحمن بن محمد بن عبد الله الأندلسي القرطبي (١٢)"
EDGES = """([selector, word]) => {
  for (const element of document.querySelectorAll(selector)) {
    const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const start = node.data.indexOf(word);
      if (start < 0) continue;
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, start + word.length);
      const [place, own] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
      return { left: place.left, right: place.right, start: own.left, end: own.right };
    }
  }
}"""


def edges(page: Page, selector: str, word: str) -> dict[str, float]:
    """Returns in CSS pixels where a word is drawn, and where the first element that holds it begins and ends."""
    found = page.evaluate(EDGES, [selector, word])
    assert found, f"{word} is not in {selector}"
    return dict(found)


@pytest.fixture
def member(cast: Cast) -> dict[str, Any]:
    """A post, and the cookie of its writer, who has heard from a short name and from a long one."""
    bada, ahmad = (
        cast.member("바다"),
        cast.member("أحمد", display_name="أحمد (القاهرة)!", about_me="أحب البحر!"),
    )
    long = cast.member("طويل", display_name=NAME)
    post = cast.post(bada, "오늘 바다는 잔잔해요")
    cast.post(ahmad, "نعم، البحر جميل جدا!\n한국어 3 줄", parent=post)
    for person in (ahmad, long):
        person.post("/@바다/follow")
        bada.post(f"/@{person.username}/follow")
        cast.message(person, bada, "السلام عليكم (أهلا)!")
    cast.message(bada, ahmad, "안녕하세요")
    bada.letters()
    return {"secret": secret(bada), "post": f"/posts/{post}"}


def test_name_stands_before_what_follows_it(windows: Watched, member: dict[str, Any]) -> None:
    page = windows.open(member["post"], secret=member["secret"], viewport=PHONE)
    name, handle = edges(page, ".post-head .name", "أحمد"), edges(page, ".post-head .handle", "أحمد")
    assert name["end"] <= handle["start"] < edges(page, ".post-head .when", "방금")["left"]
    page = windows.open("/notifications", secret=member["secret"], viewport=PHONE)
    name, end = edges(page, ".notice p", "أحمد"), edges(page, ".notice p", "!")
    assert end["right"] < name["left"] < name["right"] <= edges(page, ".notice p", "님이")["left"] + 1


def test_each_line_of_a_text_runs_its_own_way(windows: Watched, member: dict[str, Any]) -> None:
    page = windows.open(member["post"], secret=member["secret"], viewport=PHONE)
    arabic, korean = edges(page, ".twigs .post-text", "نعم"), edges(page, ".twigs .post-text", "한국어")
    assert arabic["right"] == pytest.approx(arabic["end"], abs=1)
    assert korean["left"] == pytest.approx(korean["start"], abs=1)
    page.fill("#reply-body", "مرحبا")
    assert page.locator("#reply-body:dir(rtl)").count() == 1
    seeing.check(page)


def test_lines_of_a_list_keep_to_their_side_and_end_where_the_name_ends(
    windows: Watched, member: dict[str, Any]
) -> None:
    page = windows.open("/messages", secret=member["secret"], viewport=PHONE)
    expect(page.locator("#talks > li")).to_have_count(2)
    short = edges(page, "#talks .name", "(القاهرة)!")
    assert short["left"] == pytest.approx(short["start"], abs=1)
    long = edges(page, "#talks .name", "عبد الرحمن")
    assert long["right"] == pytest.approx(long["end"], abs=1)
    seeing.check(page)
    page = windows.open("/@طويل", secret=member["secret"], viewport=PHONE)
    title = edges(page, ".topbar-title", "عبد الرحمن")
    assert title["right"] == pytest.approx(title["end"], abs=1)
    seeing.check(page)
