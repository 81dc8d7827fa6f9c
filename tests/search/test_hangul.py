"""Hangul by keystroke and by initials, the wrong input mode, and how far two spellings are apart."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search import hangul

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
WORDS = st.lists(SYLLABLES.filter(bool), min_size=1).map(" ".join)
ANY_TEXT = st.text(st.characters(exclude_categories=()))
SHORT = st.text("ㄱㅏㄴab", max_size=6)
# The keys as a Korean keyboard shows them, row by row, and what they type with shift.
KEYBOARD = dict(
    zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm", strict=True)
)
KEYBOARD |= dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP", strict=True))
KEYS = {key: jamo for jamo, key in KEYBOARD.items()}


def in_latin_mode(text: str) -> str:
    """Returns what appears when a Korean text is typed in Latin mode."""
    return "".join(KEYBOARD.get(stroke, stroke) for stroke in hangul.jamo(text))


def in_hangul_mode(text: str) -> str:
    """Returns what appears when a Latin text is typed in Hangul mode."""
    return hangul.compose("".join(KEYS.get(key, key) for key in text))


@pytest.mark.parametrize(
    ("text", "keystrokes"),
    [
        ("한국", "ㅎㅏㄴㄱㅜㄱ"),
        ("닭", "ㄷㅏㄹㄱ"),
        ("와", "ㅇㅗㅏ"),
        ("까치", "ㄲㅏㅊㅣ"),
        ("ㄳㅘ", "ㄱㅅㅗㅏ"),
        ("Go 1!", "Go 1!"),
    ],
)
def test_text_is_taken_apart_into_keystrokes(text: str, keystrokes: str) -> None:
    assert hangul.jamo(text) == keystrokes


@pytest.mark.parametrize(
    ("typed", "word"), [("한구", "한국"), ("달", "닭이"), ("오", "왔다"), ("ㅎ", "한글")]
)
def test_unfinished_syllable_begins_the_word(typed: str, word: str) -> None:
    assert hangul.jamo(word).startswith(hangul.jamo(typed))


@given(SYLLABLES, st.integers(min_value=0))
def test_what_a_prefix_of_the_keystrokes_shows_begins_the_text(text: str, length: int) -> None:
    keystrokes = hangul.jamo(text)
    shown = hangul.compose(keystrokes[:length])
    assert keystrokes.startswith(hangul.jamo(shown))


@given(SYLLABLES)
def test_keystrokes_compose_to_the_syllables_that_they_typed(text: str) -> None:
    assert hangul.compose(hangul.jamo(text)) == text


@pytest.mark.parametrize(
    ("keystrokes", "shown"),
    [
        ("ㄷㅏㄹㄱㅣ", "달기"),
        ("ㄷㅏㄹㄱㅇㅣ", "닭이"),
        ("ㄱㅏㄸㅏ", "가따"),
        ("ㅇㅡㅣㅅㅏ", "의사"),
        ("ㅗㅏㅏ", "ㅘㅏ"),
        ("ㄱㅅ", "ㄱㅅ"),
        ("ㅎㅏㄴ ㄱ1", "한 ㄱ1"),
        ("", ""),
    ],
)
def test_keystrokes_compose_as_an_input_method_does_it(keystrokes: str, shown: str) -> None:
    assert hangul.compose(keystrokes) == shown


@pytest.mark.parametrize(
    ("text", "initials"), [("한글 검색", "ㅎㄱ ㄱㅅ"), ("꽃A1", "ㄲA1"), ("힣가", "ㅎㄱ"), ("ㅎㄱ", "ㅎㄱ")]
)
def test_syllables_give_their_initials(text: str, initials: str) -> None:
    assert hangul.initials(text) == initials


@pytest.mark.parametrize("typed", ["ㅎㄱ", "ㅎㄱㅇ", "ㄷㅎㅁㄱ", "ㄲㅊ", "ㄱㅅㅎ", "ㅇㅇㅅ"])
def test_consonants_are_looked_for_as_initials(typed: str) -> None:
    assert hangul.is_initials(typed)


@pytest.mark.parametrize(
    "typed",
    (
        "ㅋㅋ ㅎㅎ ㅠㅠ ㅜㅜ ㅇㅇ ㄱㄱ ㄴㄴ ㅇㅋ ㄱㅅ ㅊㅋ ㅈㅅ ㅉㅉ ㄷㄷ ㅅㅅ ㅂㅂ ㅎㅇ ㅂㅇ ㅇㅈ ㄹㅇ "
        "ㅋㅋㅋㅋ ㅎㅎㅎ ㄷㄷㄷ ㅊㅋㅊㅋ ㅋㅎㅋㅎ ㅋㅋㅎㅎ ㅎㄷㄷㄷ ㅠㅜ ㅡㅡ"
    ).split(),
)
def test_jamo_that_people_write_are_no_initials(typed: str) -> None:
    assert not hangul.is_initials(typed)


@pytest.mark.parametrize("typed", ["", "ㅎ", "한ㄱ", "ㅎㅏ", "ㅎ ㄱ", "hg", "ㄳㄱ", "\u1112\u1100"])
def test_what_is_not_made_of_initials_is_none(typed: str) -> None:
    assert not hangul.is_initials(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dkssud", "안녕"),
        ("DkSsud", "안녕"),
        ("QKfflrkwk", "빨리가자"),
        ("gksrmf rjator 2026!", "한글 검색 2026!"),
        ("ㅗ디ㅣㅐ", "hello"),
        ("ㅗ디ㅣㅐ 재깅!", "hello world!"),
        ("ㅔㅛ쇄ㅜ 3.11", "python 3.11"),
        ("챙ㄷ", "code"),
        ("ㅅㄷㄴㅅ", "test"),
        ("ㄴㅈㄷㄷㅅ", "sweet"),
        ("ㄵㄷㄷㅅ", "sweet"),
    ],
)
def test_wrong_input_mode_is_undone(typed: str, meant: str) -> None:
    assert hangul.other_keyboard(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "hello",
        "dkssud hello",
        "café",
        "안녕",
        "한글 test",
        "ㅗello",
        "ㅎㄱㅇ",
        "ㅋㅋ",
        "안녕ㅋㅋ",
        "좋아ㅠㅠ",
        "좋아ㅠ",
        "ㅗㅜㅑ",
        "ㅡㅡ",
        "갑ㅈㅏ기",
        "2026!",
        "",
        "日本",
        "\u1112\u1161",
    ],
)
def test_what_makes_no_sense_in_the_other_mode_is_left_alone(typed: str) -> None:
    assert hangul.other_keyboard(typed) is None


@given(WORDS)
def test_korean_typed_in_latin_mode_is_found_again(meant: str) -> None:
    assert hangul.other_keyboard(in_latin_mode(meant)) == meant


@given(st.text("".join(KEYS) + " .1"))
def test_latin_typed_in_hangul_mode_is_found_again_if_anything_is(meant: str) -> None:
    assert hangul.other_keyboard(in_hangul_mode(meant)) in (meant, None)


@given(ANY_TEXT)
def test_any_text_can_be_asked_about(text: str) -> None:
    hangul.is_initials(text)
    assert hangul.other_keyboard(text) != text
    assert len(hangul.initials(text)) == len(text) <= len(hangul.jamo(text))


def plain_distance(a: str, b: str) -> int:
    """Returns the distance by its definition: the least over the last errors."""

    @cache
    def between(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        least = min(
            between(i - 1, j) + 1, between(i, j - 1) + 1, between(i - 1, j - 1) + (a[i - 1] != b[j - 1])
        )
        if i > 1 and j > 1 and a[i - 2 : i] == b[j - 1] + b[j - 2]:
            least = min(least, between(i - 2, j - 2) + 1)
        return least

    return between(len(a), len(b))


@pytest.mark.parametrize(
    ("a", "b", "errors"),
    [
        ("검색", "검섹", 1),
        ("에어팟", "에어팓", 1),
        ("ab", "ba", 1),
        ("ca", "abc", 3),
        ("", "abc", 3),
        ("", "", 0),
    ],
)
def test_typing_errors_are_counted(a: str, b: str, errors: int) -> None:
    assert hangul.distance(hangul.jamo(a), hangul.jamo(b), 5) == errors


@given(SHORT, SHORT, st.integers(0, 7))
def test_distance_is_the_least_number_of_errors_up_to_the_limit(a: str, b: str, limit: int) -> None:
    assert hangul.distance(a, b, limit) == min(plain_distance(a, b), limit + 1)


@given(SHORT | ANY_TEXT, SHORT | ANY_TEXT)
def test_distance_is_symmetric_and_nothing_for_equals_alone(a: str, b: str) -> None:
    there = hangul.distance(a, b, 3)
    assert there == hangul.distance(b, a, 3)
    assert (there == 0) == (a == b)
