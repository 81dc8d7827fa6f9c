"""What text is cut into, before any engine sees it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search import analysis, hangul
from app.search.analysis import Reading
from app.search.morphemes import OwnWords
from app.search.normal import normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("ＡＢＣ ㎏ Ⅳ", "abc kg iv"),
        ("하나", "하나"),
        ("ㅋ ㅎㄱ ㅏ", "ㅋ ㅎㄱ ㅏ"),
        ("ㅋㅋㅋㅋㅋ 하하하하", "ㅋㅋ 하하"),
        ("!!!!", "!!"),
        ("1000000", "1000000"),
        ("보기 https://example.kr/a?b=c 끝", "보기   끝"),
        ("공지(HTTPS://example.kr/a)참고 (www.b.kr)시험", "공지( )참고 ( )시험"),
        ("가\u200b나\x00다", "가 나 다"),
        ("\ud800안녕\udfff", " 안녕 "),
        ("STRASSE", "strasse"),
        ("", ""),
    ],
)
def test_text_is_compared_in_one_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


@settings(deadline=None)
@given(st.text())
def test_form_holds_nothing_said_thrice_and_nothing_unseen(text: str) -> None:
    normal = normalise(text)
    thrice = [
        one for one, two, three in zip(normal, normal[1:], normal[2:], strict=False) if one == two == three
    ]
    assert all(one.isdigit() or one.isspace() for one in thrice)
    assert not any("\ud800" <= one <= "\udfff" or one in "\x00\u200b" for one in normal)


def test_lemmas_keep_the_places_of_what_carries_no_meaning() -> None:
    assert Reading("최고의 영화").lemmas == [(0, "최고"), (2, "영화")]
    assert Reading("최고 영화").lemmas == [(0, "최고"), (1, "영화")]
    assert Reading("바다에서 뛰었다").lemmas == [(0, "바다"), (2, "뛰다")]
    assert Reading("!?").lemmas == [] and Reading("").lemmas == []


@pytest.mark.parametrize(
    ("text", "lemmas"),
    [
        ("먹었습니다", ["먹다"]),
        ("예뻤어요", ["예쁘다"]),
        ("She was running", ["she", "was", "run"]),
        ("developers of laptops", ["develop", "of", "laptop"]),
        ("살인사건", ["살인", "사건"]),
        ("산챡 😀", ["산", "챡", "😀"]),
        ("ㅠㅠ쀍", ["ㅠㅠ", "쀍"]),
    ],
)
def test_words_are_reduced_to_their_dictionary_forms(text: str, lemmas: list[str]) -> None:
    assert analysis.lemmas(text) == lemmas


def test_parts_are_where_words_may_begin() -> None:
    crime = Reading("살인사건").parts
    assert {"살인", "사건", "^살", "건"} <= crime and "인사" not in crime and "^사" not in crime
    assert {"인사", "^인"} <= Reading("살인사건과 인사").parts
    assert "아지" in Reading("강아지").parts  # Anywhere in a noun: nouns are made of nouns.
    assert {"불멍", "멍러"} <= Reading("불멍러").parts  # A new word is often cut behind its first syllable.
    assert "었다" in Reading("먹었다").parts and "먹었" in Reading("먹었다").parts
    assert "의영" not in Reading("최고의 영화").parts  # No part reaches across a blank.
    assert Reading("flask 3.1").parts == set()


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("눈이 온다", {"=눈"}),
        ("내 눈, 코", {"=눈", "=코"}),
        ("몸들이 크다", {"=몸"}),
        ("불이야", {"=불"}),
        ("눈물이 난다", set()),
        ("비현실적인 영화", set()),
        ("목소리가 좋다", set()),
    ],
)
def test_noun_of_one_syllable_is_marked_where_it_is_a_word_by_itself(text: str, alone: set[str]) -> None:
    assert {part for part in Reading(text).parts if part.startswith("=")} == alone


def test_bigrams_reach_across_blanks_and_not_across_punctuation() -> None:
    assert analysis.bigrams("겨울 산책") == analysis.bigrams("겨울산책") == ["겨울", "울산", "산책"]
    assert analysis.bigrams("겨울, 산책") == ["겨울", "산책"]
    assert analysis.bigrams("물. 불") == ["물", "불"]
    assert analysis.bigrams("Flask로 만든 앱") == ["flask", "로만", "만든", "든앱"]
    assert analysis.bigrams("좋은 😀 아침") == ["좋은", "😀", "아침"]
    assert analysis.bigrams("東京へ") == ["東京", "京へ"]


def test_no_token_is_longer_than_engines_take_and_no_text_without_spaces_is_cut_short() -> None:
    reading = Reading("ab" * 500 + " " + "가나" * 500 + "끝")
    kept = {lemma for _, lemma in reading.lemmas} | {*reading.bigrams, *reading.parts, *reading.words}
    assert max(map(len, kept)) <= 60
    assert reading.bigrams[-1] == "나끝"


def test_words_nouns_verbs_and_initials_are_worth_a_suggestion() -> None:
    sea = Reading("바다")
    assert sea.nouns == sea.words == {"바다"} and sea.verbs == set() and sea.initials == {"ㅂㄷ"}
    run = Reading("강아지가 공원에서 달려요. 물 Flask 7")
    assert {"강아지", "flask"} <= run.nouns and "물" not in run.nouns and "7" not in run.nouns
    assert run.verbs == {"달리다"} and "달리다" in run.words
    assert "ㄱㅇㅈ" in run.initials and not any("f" in one for one in run.initials)
    assert Reading("먹었다").words == set()  # 먹다 is as long as its first syllables.


def test_own_words_are_cut_out_before_the_dictionary_sees_them() -> None:
    own = OwnWords([("갓생",), ("세종시", "세종", "시")])
    assert analysis.lemmas("갓생살기")[0] == "갓" and analysis.lemmas("갓생살기", own)[0] == "갓생"
    assert Reading("갓생살기", own).nouns == {"갓생"}
    assert Reading("세종시청", own).lemmas[:2] == [(0, "세종"), (1, "시")]
    assert OwnWords([]).cut("무엇이든") == ["무엇이든"]


@pytest.mark.parametrize(
    ("word", "noun"), [("감동의", "감동"), ("감동", None), ("바다에서", None), ("의", None), ("뀨우뀨", None)]
)
def test_noun_is_found_before_a_particle_that_was_taken_for_another_word(word: str, noun: str | None) -> None:
    assert analysis.without_particle(word) == noun


def test_name_is_found_by_all_of_its_beginnings() -> None:
    starts = analysis.starts(["한글 Kim"])
    assert {analysis.start(typed) for typed in ("하", "한", "한그", "한글 K", "kim", "ㅎㄱ", "K")} <= starts
    assert analysis.start("글") not in starts
    assert max(map(len, analysis.starts(["가나다라마바사" * 9]))) == analysis.LONGEST_START
    assert analysis.keystrokes(["한글", "Kim"]) == {hangul.jamo("한글"), "kim"}


@settings(deadline=None)
@given(st.text(max_size=80))
def test_every_text_has_a_reading(text: str) -> None:
    reading = Reading(text)
    assert [place for place, _ in reading.lemmas] == sorted({place for place, _ in reading.lemmas})
    assert all(lemma for _, lemma in reading.lemmas) and all(reading.bigrams) and all(reading.parts)
    assert reading.nouns <= reading.words <= reading.nouns | reading.verbs
