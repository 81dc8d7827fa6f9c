"""Usernames that may be taken, and mentions of them."""

import sys
import unicodedata
from pathlib import Path

import pytest
import regex
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st

from app import names
from app.text import length
from tests.timing import loops

APPLICATION = Flask("names", root_path=str(Path(__file__).parent))
Babel(APPLICATION)
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def problem(name: str) -> str:
    """Returns the English sentence about a name, "" when it may be taken."""
    with APPLICATION.app_context():
        return str(names.problem(names.normal(name)) or "")


@pytest.mark.parametrize(
    "name",
    "바다 jiwoo 한결 sora_w Jiwoo2 바다_1 한글abc 바다3 가나 a1 _a 3d naïve Jörg İstanbul ğüş Ọláọ̀ ngữ "
    "привет Жук ελένη אבג سلام कमल हिन्दी० அம்மா မြန်မာ ก้อง ລາວ "
    "日本語 エリカ 漢字仮名 한국漢字 中文abc մարի q́a 님바다 ßß".split(),
)
def test_name_in_any_living_script_may_be_taken(name: str) -> None:
    assert problem(name) == ""


@pytest.mark.parametrize(
    ("names_", "sentence"),
    [
        ("가 a é", "Use 2 to 30 characters."),
        ("가" * 31, "Use 2 to 30 characters."),
        ("ก้", "Use 2 to 30 characters."),
        ("12 ___ 1_2 ١٢", "Use at least one letter."),
        ("user\u200b us\u00ader \u3164\u3164 가\ufe0f us\u202eer a\u2060b 바\u115f다", "invisible"),
        ("ㅋㅋ 나비ㅋ ㅎㅇ \u1100\u1100 가\u1100 ｱﾡ", "whole syllables"),
        (
            "바다-1 바다! ☆별 ①a ａｂ ﬁn 𝓪𝓫 ªb x² 바다. a/b <b>b @@바다 바·다 اسم١3 a\u0301\u0301b 한\u0301a i\u0307b",
            "only letters",
        ),
        ("ɑdmin ışık ǃǃ ᴀᴅmin aﷺ", "only letters"),
        ("аlex Ωmega 한글あ кoт ラテنا ᏣᎳᎩ ꓮꓐꓚ 𐌀𐌁", "one everyday alphabet"),
        ("аре сосо ѕсоре рау νου օօ АВС", "looks like a name in Latin"),
        (
            "admin Admin ADMIN adm1n ad_min _admin_ r00t heIp hanmadi no_reply adrnin supp0rt "
            "관리자 관리자님 한마디 운영자_",
            "kept for the site",
        ),
    ],
)
def test_name_that_deceives_or_breaks_is_refused_with_the_reason(names_: str, sentence: str) -> None:
    for name in names_.split(" "):
        assert sentence in problem(name), name


def test_blank_in_a_name_is_refused() -> None:
    assert all("no blanks" in problem(name) for name in ("바다 나무", "바다\u3000나무", "a\tb", "a\u00a0b"))


@pytest.mark.parametrize("reserved", sorted(names.RESERVED))
def test_reserved_name_cannot_be_taken_in_any_dress(reserved: str) -> None:
    assert names.key(reserved) == reserved
    for dress in (reserved, reserved.upper(), f"_{reserved}_", f"{reserved}님"):
        if length(names.normal(dress)) >= names.SHORTEST:
            assert "kept for the site" in problem(dress)


def test_site_s_own_name_is_reserved() -> None:
    assert {"한마디", "hanmadi", "관리자", "admin", "settings", "help"} <= names.RESERVED


@pytest.mark.parametrize(
    ("one", "other"),
    [("Jiwoo", "jiwoo"), ("JIWOO", "ｊiwoo"), ("\u1107\u1161\u1103\u1161", "바다"), ("straße", "STRASSE")],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


def test_key_of_every_allowed_character_has_room() -> None:
    """No letter folds to more than two, so ``KEY_LENGTH`` is enough for any name."""
    letter = regex.compile(r"\p{L}")
    for code in range(sys.maxunicode + 1):
        if letter.match(chr(code)) and not names._INVISIBLE.match(chr(code)) and names._is_plain(chr(code)):
            assert len(names.key(chr(code))) <= 2, hex(code)


@settings(deadline=None)
@given(ANY_TEXT)
def test_taken_name_is_plain_to_see(name: str) -> None:
    with APPLICATION.app_context():
        taken = names.normal(name)
        if names.problem(taken):
            return
    assert unicodedata.is_normalized("NFKC", taken)
    assert 2 <= len(taken) <= 30 and len(names.key(taken)) <= names.KEY_LENGTH
    assert regex.fullmatch(r"[\p{L}\p{M}\p{Nd}_]+", taken) and regex.search(r"\p{L}", taken)
    assert not regex.search(r"[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]", taken)


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("@바다", ["바다"]),
        ("@바다님", ["바다님", "바다"]),
        ("@바다님께서는 오셨나요", ["바다님께서는", "바다님께서", "바다님", "바다"]),
        ("@jiwoo가 말했어요", ["jiwoo가", "jiwoo"]),
        ("@jiwoo", ["jiwoo"]),
        ("@바다나무", ["바다나무"]),
        ("@바다랑 놀아요", ["바다랑", "바다"]),
        ("@한결이한테도", ["한결이한테도", "한결이한테", "한결이", "한결"]),
        ("@Sora_W입니다.", ["Sora_W입니다", "Sora_W"]),
        ("(@바다) @나래, @한결!", ["바다", "나래", "한결"]),
        ("＠바다", ["바다"]),
        ("#@바다", ["바다"]),
        ("그래요.@바다", ["바다"]),
        ("@바다@한결", ["바다"]),
        ("@" + "가" * 30 + "님께서는", ["가" * 30]),
        ("@" + "가" * 41, []),
        ("@가 @ @@ @!", []),
        ("안녕@바다", []),
        ("bada@바다.한국", []),
        ("mail: a@example.com", []),
        ("@bada@mastodon.social", []),
        ("https://example.com/@바다", []),
        ("example.com/@바다", []),
        ("@@바다", []),
    ],
)
def test_mention_may_mean_these_names(text: str, possible: list[str]) -> None:
    assert [name for mention in names.mention_candidates(text) for name in mention] == possible


def test_mention_knows_its_place() -> None:
    first, second = names.mention_candidates("가 @바다 @한결님")
    assert (first.start, second.start) == (2, 6)
    assert second.names == ("한결님", "한결")


def test_keys_of_a_text_are_asked_for_once() -> None:
    assert names.mention_keys("@Bada님 @bada @한결") == ["bada님", "bada", "한결"]


@settings(deadline=None)
@given(ANY_TEXT)
def test_every_possible_name_stands_behind_its_mark(text: str) -> None:
    for mention in names.mention_candidates("@바다 " + text + "@한결님"):
        whole = "@바다 " + text + "@한결님"
        assert whole[mention.start] in "@＠"
        assert all(whole[mention.start + 1 :].startswith(name) for name in mention)
        assert list(mention) == sorted(mention, key=len, reverse=True)


@pytest.mark.parametrize(
    "piece", ["@", "@가", "@가나님께서는 ", "a.b/@", "@a", "가", "님", "@" + "a" * 39 + " "]
)
def test_time_grows_with_the_text_only(piece: str) -> None:
    written = ("@" + piece * 30_000)[:30_000]
    assert loops(lambda: names.mention_candidates(written)) < 60


@pytest.mark.parametrize(
    "name", ["a" * 29 + "-", "가" * 29 + "-", "q\u0310" * 15, "क\u093e" * 14 + "-", "a" * 100_000]
)
def test_long_wrong_name_is_refused_at_once(name: str) -> None:
    assert loops(lambda: problem(name)) < 20
    assert problem(name)
