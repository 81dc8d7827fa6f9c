"""Makes what people write safe to keep: one normal form, no characters that break a store or deceive a reader."""

import unicodedata

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
_PILED_MARKS = regex.compile(r"(?<=[\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+")
_MANY_BLANK_LINES = regex.compile(r"\n{4,}")
_CLUSTER = regex.compile(r"\X")
_UNSEEN = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}\p{Cf}\p{Zs}\u2800]*")
_FOLDABLE = regex.compile(r"[^\u3131-\u318E]+")


def clean(text: str) -> str:
    """Returns the text as it is stored.

    It is in NFC (UAX #15), with a line feed alone at the end of lines. Blanks at the ends of lines and around the
    text go, and more than two blank lines become two: a wall of them pushes everybody else's posts off the screen.
    Embedding, override and isolate characters go, because one that is left open turns what stands after it around
    (UTR #36, 3.5); the marks that right-to-left writers need (U+200E, U+200F, U+061C) stay. The ninth combining mark
    on a letter and those after it go, because piles of them cover the neighbouring posts.

    Args:
        text: what arrived, of any length; the caller limits the length first.

    Raises:
        ValueError: the text holds NUL, another control character except line feed and tab, or a lone surrogate
            (databases and encoders fail on them, and no keyboard types them).
    """
    text = _NEW_LINE.sub("\n", text)
    if found := _REFUSED.search(text):
        raise ValueError(f"the text holds U+{ord(found[0]):04X}, which is not a character people write")
    text = unicodedata.normalize("NFC", _DIRECTION.sub("", text))
    text = _PILED_MARKS.sub("", text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_BLANK_LINES.sub("\n\n\n", text).strip("\n").rstrip()


def length(text: str) -> int:
    """Returns how many characters a person counts: extended grapheme clusters (UAX #29).

    It is linear, but slow next to ``len``: compare ``len(text)`` with a limit in code points first.
    """
    return sum(1 for _ in _CLUSTER.finditer(text))


def is_blank(text: str) -> bool:
    """Tells whether there is nothing to see: only blanks and characters that draw nothing (Hangul fillers too)."""
    return _UNSEEN.fullmatch(text) is not None


def fold(text: str) -> str:
    """Returns the form in which two spellings of one word are equal: NFKC of the case-folded text (UAX #15, 31).

    Compatibility jamo (U+3131 to U+318E) stay as they are: NFKC would turn them into conjoining jamo, and ㅋㅏ into 카.
    """
    return _FOLDABLE.sub(lambda run: _nfkc_casefold(run[0]), text)


def _nfkc_casefold(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())
