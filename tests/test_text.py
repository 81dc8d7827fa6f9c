"""What people write, made safe to keep and counted as a person counts."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import text
from tests.timing import loops

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  한마디 \t\r\n", "  한마디"),
        ("가\r\n나\r다\u2028라\u2029마", "가\n나\n다\n라\n마"),
        ("가 \n\t\n나", "가\n\n나"),
        ("가\n\n\n나", "가\n\n\n나"),
        ("가" + "\n" * 50 + "나", "가\n\n\n나"),
        ("\n\n가\n\n", "가"),
        ("\u1112\u1161\u11ab", "한"),
        ("e\u0301", "é"),
        ("user\u202egpj.exe\u2066\u2069", "usergpj.exe"),
        ("שלום\u200f!", "שלום\u200f!"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("Z" + "\u0310" * 500, "Z" + "\u0310" * 8),
        ("", ""),
    ],
)
def test_text_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert text.clean(typed) == kept


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\ud800"])
def test_character_that_nobody_types_is_refused(character: str) -> None:
    with pytest.raises(ValueError, match=f"U\\+{ord(character):04X}"):
        text.clean(f"한{character}마디")


@settings(deadline=None)
@given(ANY_TEXT)
def test_clean_text_stays_as_it_is_and_can_be_stored(typed: str) -> None:
    try:
        kept = text.clean(typed)
    except ValueError:
        return
    assert text.clean(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert kept.encode() and "\x00" not in kept if kept else True


@pytest.mark.parametrize(
    ("name", "put"),
    [
        ("바다", "바다"),
        ("Bada 12", "Bada 12"),
        ("", ""),
        ("أحمد", "\u2068أحمد\u2069"),
        ("שלום\u200f!", "\u2068שלום\u200f!\u2069"),
        ("١٢", "\u2068١٢\u2069"),
        ("\u202egpj.exe", "\u2068gpj.exe\u2069"),
        ("\u2069أحمد\u2067", "\u2068أحمد\u2069"),
        ("\u2068أحمد\u2069", "\u2068أحمد\u2069"),
    ],
)
def test_what_is_written_from_right_to_left_is_isolated(name: str, put: str) -> None:
    assert text.isolated(name) == put


@given(ANY_TEXT)
def test_isolated_text_neither_ends_too_early_nor_stays_open(typed: str) -> None:
    put = text.isolated(typed)
    inner = put[1:-1] if put != typed else typed
    assert not set(inner) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert text.isolated(put) == put


@pytest.mark.parametrize(
    ("written", "characters"),
    [
        ("", 0),
        ("한마디", 3),
        ("\u1112\u1161\u11ab", 1),
        ("e\u0301", 1),
        ("👨\u200d👩\u200d👧", 1),
        ("🇰🇷🇰🇷", 2),
        ("ㅋㅋㅋ", 3),
        ("a\nb", 3),
        ("Z" + "\u0310" * 500, 1),
    ],
)
def test_length_is_what_a_person_counts(written: str, characters: int) -> None:
    assert text.length(written) == characters


@pytest.mark.parametrize(
    "written", ["", " \n\t", "\u3164", "\u200b\u200d", "\u2800", "\u115f\u1160", "\ufe0f"]
)
def test_text_without_ink_is_blank(written: str) -> None:
    assert text.is_blank(written)
    assert not text.is_blank(f"{written}.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Flask", "FLASK"),
        ("Ｆlask", "flask"),
        ("straße", "STRASSE"),
        ("한\u1100\u1161", "한가"),
        ("ﬁn", "fin"),
    ],
)
def test_two_spellings_fold_to_one(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


def test_folding_leaves_laughter_alone() -> None:
    assert text.fold("ㅋㅋ") == "ㅋㅋ"
    assert text.fold("ㅋㅏ") != text.fold("카")


@settings(deadline=None)
@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(written: str) -> None:
    assert text.fold(text.fold(written)) == text.fold(written)


@pytest.mark.parametrize("piece", [" ", "\n", "\u0301", "\u1100", "\u200d", "\u202e", "ㅋ", "a "])
def test_time_grows_with_the_text_only(piece: str) -> None:
    written = piece * 200_000
    for work in (text.clean, text.length, text.is_blank, text.fold):
        assert loops(lambda: work(written)) < 50, work  # noqa: B023
