"""The form in which passwords are compared, and those that protect nothing (NIST SP 800-63B, 5.1.1.2)."""

from functools import cache
from pathlib import Path

import regex
from flask_babel import lazy_gettext as _l

from app.text import nfc, nfkc

LENGTH = (8, 128)
"""How many characters a password has, in its normal form; a sentence of 128 is hashed whole."""
TYPED = 4 * LENGTH[1]
"""The most code points that are read of what somebody typed; a decomposed letter has several."""
UNFITTING = _l("Use 8 to 128 characters. A short sentence is fine.")
_SPACE = regex.compile(r"\p{Zs}")
_DATA = Path(__file__).resolve().parent / "data"
_LISTS = ("common-passwords.txt", "common-passwords-ko.txt")


def normal(password: str) -> str:
    """Returns the password as it is hashed: NFC, and each blank as U+0020 (RFC 8265, 4.2, OpaqueString).

    The characters that the RFC disallows are allowed: among them are those that join emoji.
    """
    return nfc(_SPACE.sub(" ", password))


def forms(password: str) -> tuple[str, ...]:
    """Returns what a kept hash may have been made of: the normal form, and the one that was typed if it is another."""
    return tuple(dict.fromkeys((normal(password), password)))


def fits(password: str) -> bool:
    """Whether a new password has the right length, in its normal form."""
    return len(password) <= TYPED and LENGTH[0] <= len(normal(password)) <= LENGTH[1]


def is_common(password: str) -> bool:
    """Tells whether the password is on the shipped lists, whatever its letter case and width (NFKC, case-folded).

    Korean words are known both in Hangul and as they come out of a keyboard that was left in Latin.

    Args:
        password: as it was typed.
    """
    return _plain(password) in _common()


def _plain(password: str) -> str:
    return nfkc(nfkc(password).casefold())


@cache
def _common() -> frozenset[str]:
    """Returns the lists' words, read at the first question: most processes never ask."""
    return frozenset(
        _plain(word) for name in _LISTS for word in (_DATA / name).read_text("utf-8").split("\n") if word
    )
