"""Says which passwords too many people use to protect anything (NIST SP 800-63B, 5.1.1.2; ASVS 5.0, 6.2.4)."""

from functools import cache
from pathlib import Path

from app.text import nfkc

_DATA = Path(__file__).resolve().parent / "data"
_LISTS = ("common-passwords.txt", "common-passwords-ko.txt")


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
