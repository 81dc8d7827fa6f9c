"""Finds hashtags in what people write, and says when two of them are the same (UAX #31, 6).

The text of a post, a search and the guess at a post's language all read hashtags here.
"""

from collections.abc import Iterator

import regex

from app import links
from app.text import fold

LENGTH = 50
"""How long a hashtag may be, and its key too, in code points."""

# Dots that stand inside words: 5·18, 3·1절, il·lusió. Keyboards type them in several ways, which are one to a reader.
_DOTS = "\u00b7\u318d\u30fb\uff65\u2027\u2219"
_DOT = regex.compile(rf"[{_DOTS}]")
_LETTERS = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[\p{{Default_Ignorable_Code_Point}}{_DOTS}]]"
# Scripts in which a joiner between two letters is part of the spelling (UAX #31, 2.3), as in Persian می\u200cخواهم.
_JOINING = "".join(
    rf"\p{{scx={script}}}"
    for script in "Arab Syrc Nkoo Mong Deva Beng Gujr Guru Knda Mlym Orya Sinh Taml Telu Khmr Mymr".split()
)
_INNER = rf"(?:[{_DOTS}]|(?<=[{_JOINING}])[\u200C\u200D](?=[{_JOINING}]))"
WORD = rf"{_LETTERS}++(?:{_INNER}{_LETTERS}++)*+"
"""The pattern of a hashtag's name (regex, version 1), but for the letter that it has to have."""
HASH = "[#＃]"
# A hashtag follows no word (C#) and no & (&#39;), but it may follow another one, as in #서울#카페#산책.
_RUN = regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{N}}_&#＃])(?:{HASH}{WORD})+", regex.V1)
_EACH = regex.compile(r"[#＃]([^#＃]+)")
_JOINER = regex.compile("[\u200c\u200d]")
_LETTER = regex.compile(r"\p{L}")


def key(tag: str) -> str:
    """Returns what two spellings of one hashtag have in common: ``＃Flask`` and ``#flask``, ``#3·1절`` and ``#3ㆍ1절``,
    and those with and without joiners.
    """
    return _DOT.sub("\u00b7", _JOINER.sub("", fold(tag)))


def has_letter(text: str) -> bool:
    """Tells whether a text that fits ``WORD`` has a letter; a number alone, as in ``#1``, is no hashtag."""
    return _LETTER.search(text) is not None


def find(text: str) -> Iterator[tuple[int, str]]:
    """Yields where the # of each hashtag stands, and its name as written; there is none inside a web address."""
    for run in links.outside(text, _RUN.finditer(text)):
        for tag in _EACH.finditer(text, run.start(), run.end()):
            if has_letter(tag[1]) and max(len(tag[1]), len(key(tag[1]))) <= LENGTH:
                yield tag.start(), tag[1]


def left_out(text: str) -> str:
    """Returns the text with a blank in the place of each run of hashtags, numbers with a # among them."""
    return _RUN.sub(" ", text)
