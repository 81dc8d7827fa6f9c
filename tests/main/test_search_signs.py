"""Searching for what is no word: flags, keycaps, emoji, and letters of another width."""

import pytest

from tests.cast import Cast, Visitor
from tests.main.test_search import look, settle
from tests.main.test_timelines import ids_on

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
TEXTS = (
    "🇰🇷 만세",
    "🇯🇵만세",
    "🇺🇰🇷🇺 깃발 둘",
    "1️⃣ 첫째로 할 일",
    "1 하나만 적었어요",
    "21개를 샀어요",
    "#️⃣ 우물",
    f"{ENGLAND} 축구",
    f"{SCOTLAND} 축구",
    "ＨＥＬＬＯ 여러분",
    "무게는 5㎏",
)
FOUND = [
    ("🇰🇷", [0], ["🇰🇷"]),
    ("🇯🇵 만세", [1], ["🇯🇵만세"]),
    ("🇫🇷", [], []),
    ("🇷🇺", [2], ["🇷🇺"]),
    ("1️⃣", [3], ["1️⃣"]),
    ("2️⃣", [], []),
    ("#️⃣", [6], ["#️⃣"]),
    (ENGLAND, [7], [ENGLAND]),
    (f"{SCOTLAND} 축구", [8], [f"{SCOTLAND} 축구"]),
    ("hello", [9], ["ＨＥＬＬＯ"]),
    ("ｈｅｌｌｏ", [9], ["ＨＥＬＬＯ"]),
    ("kg", [10], ["㎏"]),
]


def test_signs_are_found_as_they_are_and_marked(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    ids = [cast.post(bada, text) for text in TEXTS]
    settle(cast)
    for query, places, marks in FOUND:
        html = look(stranger, query).partition("비슷한 글")[0]
        assert ids_on(html) == [ids[place] for place in places], query
        for mark in marks:
            joined = html.replace("</mark> <mark>", " ").replace("</mark><mark>", "")
            assert f"<mark>{mark}</mark>" in joined, query


@pytest.mark.parametrize("query", ["🇰", "⃣", "\U0001f3f4\U000e0067", "🇰🇷🇰"])
def test_half_a_sign_is_answered(stranger: Visitor, query: str) -> None:
    assert stranger.get("/search", query_string={"q": query}).status_code == 200
