"""The form in which text is compared."""

import re

import regex

from app import links
from app.text import is_nfkc, nfc, nfkc

_REPEATED = re.compile(r"([^\s\d])\1\1+")  # Of the standard library, whose search is faster here.
_COMPATIBILITY_JAMO = regex.compile(r"([\u3131-\u318E]++)")
# Of what nobody sees, the letters that say which flag 🏴 is stay (UTS #51, 1.4.4); a keycap is one sign without its
# variation selector.
_UNSEEN = regex.compile(
    r"(?P<flag>\U0001F3F4[\U000E0030-\U000E007A]++\U000E007F)|[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]++"
)
_KEYCAP = regex.compile(r"([0-9#*])\uFE0F\u20E3")


def normalise(text: str) -> str:
    """Returns the form in which text is compared: NFKC, lower case, addresses left out, and nothing said thrice.

    Compatibility jamo stay as they are: NFKC would turn ㅋ (U+314B) into U+110F. A character that stands more than
    twice in a row stands twice, so that ㅋㅋㅋㅋㅋ is ㅋㅋ; digits stay. What nobody sees, and what no engine stores,
    becomes a blank.
    """
    if "://" in text or "www." in text.lower():
        text = links.left_out(text)
    text = even(text)
    if not text.isprintable():
        text = _UNSEEN.sub(lambda unseen: unseen["flag"] or " ", text)
    return _REPEATED.sub(r"\1\1", text) if _REPEATED.search(text) else text


def even(text: str) -> str:
    """Returns the text in NFKC, but for compatibility jamo, and in lower case: width and case make no difference."""
    if not is_nfkc(text):
        parts = _COMPATIBILITY_JAMO.split(nfc(text))
        text = "".join(part if index % 2 else nfkc(part) for index, part in enumerate(parts))
    if "\u20e3" in text:
        text = _KEYCAP.sub("\\1\u20e3", text)
    return text.lower()
