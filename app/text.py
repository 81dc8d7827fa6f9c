"""Makes what people write safe to keep: one normal form, no characters that break a store or deceive a reader."""

import unicodedata
from typing import Literal

import regex
from flask_babel import lazy_gettext as _l

POST_LENGTH = 300
"""How long a post may be, in grapheme clusters: what a person counts as characters (UAX #29)."""
POST_CODE_POINTS = 3000
"""How long a post may be in code points, because one grapheme cluster may hold any number of them."""
MESSAGE_LENGTH = 1000
"""How long a private message may be, counted as a post is."""
MESSAGE_CODE_POINTS = 10_000
"""How long a private message may be in code points."""
UNREADABLE = _l("This holds characters that cannot be shown. Take them out and try again.")
"""What to say where ``clean`` raises."""

_NEW_LINE = regex.compile(r"\r\n?|[\u2028\u2029]")
_REFUSED = regex.compile(r"[[\p{Cc}\p{Cs}]--[\n\t]]", regex.V1)
_DIRECTION = regex.compile(r"[\u202A-\u202E\u2066-\u2069]+")
_TURNING = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}\p{Bidi_Class=AN}\p{Bidi_Control}]")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_PILED_MARKS = regex.compile(r"(?<=[\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+")
_MANY_BLANK_LINES = regex.compile(r"\n{4,}")
_CLUSTER = regex.compile(r"\X")
_FLAG = regex.compile(r"[\U0001F1E6-\U0001F1FF]{2}")
# Besides: U+2800, U+FFFC, U+1D159, U+13441 and U+13442 have empty glyphs, and marks without a letter are no text.
_UNSEEN = regex.compile(
    r"[\s\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Z}\p{Cc}\p{Cf}\p{M}"
    r"\u2800\uFFFC\U0001D159\U00013441\U00013442]*"
)
_AROUND = r"[\s\p{Default_Ignorable_Code_Point}\p{Cf}]*+"
_BEFORE, _AFTER = regex.compile(_AROUND), regex.compile(f"(?r){_AROUND}")
_MOST_MARKS = 30
_SHORT = 512  # So many marks cost nothing, and passwords are compared whole.
_MARKS = r"\P{Canonical_Combining_Class=0}\u0F73\u0F75\u0F81"
# In the compatibility forms the half-width voiced sound marks become combining marks, too.
_EXCESS = {
    form: regex.compile(rf"(?<=[{marks}]{{{_MOST_MARKS}}})[{marks}]+")
    for forms, marks in {("NFC", "NFD"): _MARKS, ("NFKC", "NFKD"): rf"{_MARKS}\uFF9E\uFF9F"}.items()
    for form in forms
}
_GAPS = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}\p{Cf}\p{Pd}\u2212]+")
_FOLDABLE = regex.compile(r"[^\u3131-\u318E]+")


def nfc(text: str) -> str:
    """Returns the text in NFC (UAX #15), in time linear in its length.

    In a long text the 31st combining mark in a row and those after it go (UAX #15, 13.1, Stream-Safe Text Format):
    ``unicodedata.normalize`` alone is quadratic, and takes a minute for 200 kB of marks. No language has so many.
    """
    return _normalised("NFC", text)


def nfd(text: str) -> str:
    """Returns the text in NFD, in time linear in its length; see ``nfc``."""
    return _normalised("NFD", text)


def nfkc(text: str) -> str:
    """Returns the text in NFKC, in time linear in its length; see ``nfc``."""
    return _normalised("NFKC", text)


def is_nfkc(text: str) -> bool:
    """Whether the text is in NFKC; combining marks out of their order are answered at the first one."""
    return text.isascii() or unicodedata.is_normalized("NFKC", text)


def caseless(text: str) -> str:
    """Returns the form in which two texts are canonical caseless matches: NFC of the case-folded NFC.

    It has never more code points than the text in NFC has bytes in UTF-8.
    """
    return nfc(nfc(text).casefold())


def bare(text: str) -> str:
    """Returns the text without the blanks and the invisible characters around it, which are copied unnoticed."""
    start, end = _BEFORE.match(text), _AFTER.match(text)
    return text[start.end() : end.start()] if start and end else text


def clean(text: str) -> str:
    """Returns the text as it is stored.

    It is in NFC (UAX #15), with a line feed alone at the end of lines. Blanks at the ends of lines and around the
    text go, and more than two blank lines become two: a wall of them pushes everybody else's posts off the screen.
    Embedding, override and isolate characters go, because one that is left open turns what stands after it around
    (UTR #36, 3.5); the marks that right-to-left writers need (U+200E, U+200F, U+061C) stay. The ninth combining mark
    on a letter and those after it go, because piles of them cover the neighbouring posts.

    Args:
        text: what arrived. The time is linear in its length, which the caller limits all the same.

    Raises:
        ValueError: the text holds NUL, another control character except line feed and tab, or a lone surrogate
            (databases and encoders fail on them, and no keyboard types them).
    """
    text = _NEW_LINE.sub("\n", text)
    if found := _REFUSED.search(text):
        raise ValueError(f"the text holds U+{ord(found[0]):04X}, which is not a character people write")
    text = nfc(_DIRECTION.sub("", text))
    text = _PILED_MARKS.sub("", text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_BLANK_LINES.sub("\n\n\n", text).strip("\n").rstrip()


def isolated(text: str) -> str:
    """Returns somebody's words as they stand within other words, whose order they leave alone (UAX #9, 2.7).

    A text with right-to-left letters, or with a character that sets the direction, comes between U+2068 and U+2069;
    every other text comes back as it is. Embedding, override and isolate characters in it go, so that it neither closes
    the isolate nor leaves one open.

    Args:
        text: one line. It may be isolated already: that changes nothing.
    """
    if text.isascii() or not _TURNING.search(text):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{_DIRECTION.sub('', text)}{_POP_ISOLATE}"


def digits(typed: str) -> str:
    """Returns a number with the digits of ASCII, without what people and programs put between and around them.

    Digits of every script count (``０５８``), and blanks, dashes and invisible characters go. Other characters stay, so
    that the caller sees that it is no number.
    """
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in _GAPS.sub("", typed))


def length(text: str) -> int:
    """Returns how many characters a person counts: extended grapheme clusters (UAX #29).

    It is linear, but slow next to ``len``: compare ``len(text)`` with a limit in code points first. Flags are counted
    as one letter each: the expression alone looks back over the whole row of them at each one.
    """
    return sum(1 for _ in _CLUSTER.finditer(_FLAG.sub("x", text)))


def is_blank(text: str) -> bool:
    """Tells whether there is nothing to see: blanks, marks on no letter, what draws nothing (Hangul fillers too)."""
    return _UNSEEN.fullmatch(text) is not None


def fold(text: str) -> str:
    """Returns the form in which two spellings of one word are equal: NFKC of the case-folded text (UAX #15, 31).

    Compatibility jamo (U+3131 to U+318E) stay as they are: NFKC would turn them into conjoining jamo, and ㅋㅏ into 카.
    """
    return _FOLDABLE.sub(lambda run: _nfkc_casefold(run[0]), text)


def _nfkc_casefold(text: str) -> str:
    folded = _normalised("NFKD", nfd(text).casefold())
    return nfkc(folded.casefold())


def _normalised(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    if text.isascii():
        return text
    if len(text) > _SHORT:
        text = _EXCESS[form].sub("", text)
    return unicodedata.normalize(form, text)
