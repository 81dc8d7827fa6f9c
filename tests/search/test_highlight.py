"""Which letters of a text are marked for the reader's eye."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search.highlight import spans
from app.search.morphemes import OwnWords
from app.search.query import parse


def marked(text: str, query: str, own: OwnWords | None = None) -> list[str]:
    """Returns the stretches of a text that are marked for a query."""
    return [text[start:end] for start, end in spans(text, parse(query, {"from": "from"}), own)]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("한글날에는 한글을 배워요", "한글", ["한글", "한글"]),
        ("겨울 산책과 겨울산책", "겨울산책", ["겨울 산책", "겨울산책"]),
        ("겨울산책은 즐겁다", "겨울 산책", ["겨울산책"]),
        ("점심을 먹었습니다", "먹다", ["먹"]),
        ("꽃이 예쁘다", "예뻐", ["예쁘"]),
        ("한글을 배운다", "ㅎㄱ", ["한글"]),
        ("She was running", "run", ["running"]),
        ("FLASK로 만든 flask", "Flask", ["FLASK", "flask"]),
        ("flasks and flask", "flask", ["flasks", "flask"]),
        ("물이 선물이다", "물", ["물"]),
        ("배가 고프다", '"배가 고프다"', ["배가 고프다"]),
        ("겨울나무 앞 산책길", "겨울나무앞에서", ["겨울나무", "앞"]),
        ("바다와 산", "-바다 산", ["산"]),
        ("바다와 산", "from:바다", []),
        ("바다!!!", "!!!", []),
        ("바다", "산", []),
        ("", "바다", []),
        ("İstanbul'da 바다", "바다", ["바다"]),
        ("겨울 겨울", "겨울 겨울", ["겨울", "겨울"]),
    ],
)
def test_what_was_found_is_marked(text: str, query: str, found: list[str]) -> None:
    assert marked(text, query) == found


def test_word_of_the_site_is_marked_whole() -> None:
    assert marked("아무튼 갓생살기", "갓생을", OwnWords([("갓생",)])) == ["갓생"]


def test_near_match_is_marked_where_enough_letters_follow_one_another() -> None:
    assert marked("동해물과 백두산이 마르고", "백두산의정기") == ["백두산"]
    assert marked("쀼뀨우뀨 운다", "뀨우뀨우") == ["뀨우뀨"]
    assert marked("뀨우 운다", "뀨우뀨우") == []


_letters = st.text(
    st.sampled_from('가나다겨울산책물바 먹었다ㅎㄱㅋİßAaflask!"#-.😀\u0301\n\x00')
    | st.characters(exclude_categories=["Cs"]),
    max_size=40,
)


@settings(deadline=None)
@given(_letters, _letters)
def test_marks_lie_within_the_text_in_order_and_apart(text: str, query: str) -> None:
    found = spans(text, parse(query, {}))
    edges = [edge for span in found for edge in span]
    assert edges == sorted(set(edges)) and all(0 <= edge <= len(text) for edge in edges)
