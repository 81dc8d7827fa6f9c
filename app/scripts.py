"""Tells which writing systems a word uses, and whether it can be taken for another word (UTS #39)."""

import regex
from confusable_homoglyphs import confusables

# UAX #31, table 5: the scripts in everyday use. The others are full of look-alikes that nobody can check.
_ALONE = (
    "Arab Armn Beng Bopo Cyrl Deva Ethi Geor Grek Gujr Guru Hang Hani Hebr Khmr "
    "Knda Laoo Latn Mlym Mymr Orya Sinh Taml Telu Thaa Thai Tibt"
).split()
# UTS #39, 5.2 "Highly Restrictive": what Japanese, Chinese and Korean writers mix, each with Latin.
_TOGETHER = (("Latn", "Hani", "Hira", "Kana"), ("Latn", "Hani", "Bopo"), ("Latn", "Hani", "Hang"))


def _written_in(*scripts: str) -> str:
    return "[" + "".join(rf"\p{{scx={script}}}" for script in scripts) + "0-9_-]*"


_ONE_SYSTEM = regex.compile(
    "|".join(_written_in(*scripts) for scripts in (*_TOGETHER, *((name,) for name in _ALONE)))
)
_LATIN = regex.compile(r"\p{Latin}")
_LETTER = regex.compile(r"\p{L}")


def is_one_system(word: str) -> bool:
    """Tells whether all letters belong to one everyday writing system (UTS #39, 5.2, "Highly Restrictive").

    Latin may stand beside Hangul and Han, beside Han, Hiragana and Katakana, and beside Han and Bopomofo; every other
    script stands alone. ASCII digits, ``_`` and ``-`` go with all of them.

    Args:
        word: letters, marks, digits, ``_`` and ``-`` in NFC.
    """
    return _ONE_SYSTEM.fullmatch(word) is not None


def looks_latin(word: str) -> bool:
    """Tells whether a word without Latin letters can be read as a Latin one (UTS #39, 4, whole-script confusables).

    It can when each of its letters has a look-alike among the ASCII letters and digits, as in Cyrillic ``аре``.
    """
    letters = _LETTER.findall(word)
    return bool(letters) and not _LATIN.search(word) and all(map(_looks_ascii, letters))


def _looks_ascii(letter: str) -> bool:
    """Tells whether Unicode's table of confusables gives an ASCII letter or digit for this other letter."""
    twins = (twin["c"] for twin in confusables.confusables_data.get(letter, ()))
    return any(twin.isascii() and twin.isalnum() for twin in twins)
