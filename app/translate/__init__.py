"""Posts in other languages: one protocol, three services that keep it, one setting that chooses."""

from flask import current_app

from app.translate.libretranslate import LibreTranslate
from app.translate.microsoft import Microsoft
from app.translate.papago import Papago
from app.translate.translator import (
    AccessRefused,
    BadAnswer,
    QuotaExceeded,
    Translated,
    Translator,
    TranslatorFailure,
    UnknownLanguage,
    Unreachable,
)

__all__ = [
    "FAILURES",
    "KINDS",
    "AccessRefused",
    "Translated",
    "Translator",
    "TranslatorFailure",
    "Unreachable",
    "chosen",
    "knows",
]

KINDS: dict[str, type[Papago | Microsoft | LibreTranslate]] = {
    "papago": Papago,
    "microsoft": Microsoft,
    "libretranslate": LibreTranslate,
}
"""By what TRANSLATOR calls them."""
FAILURES = tuple(
    kind.code for kind in (Unreachable, QuotaExceeded, AccessRefused, UnknownLanguage, BadAnswer)
)
"""The words for why there is no translation."""


def chosen() -> Translator | None:
    """Returns the service that the site uses, or None where it translates nothing."""
    config = current_app.config
    kind = KINDS.get(config["TRANSLATOR"])
    if kind is None:
        return None
    base, key = config["TRANSLATOR_URL"] or kind.url, config["TRANSLATOR_KEY"]
    if kind is Papago:
        return Papago(base, config["TRANSLATOR_KEY_ID"], key)
    if kind is Microsoft:
        return Microsoft(base, key, config["TRANSLATOR_REGION"])
    return LibreTranslate(base, key)


def knows(source: str, target: str) -> bool:
    """Whether the site has a service that knows both languages; it is not asked."""
    kind = KINDS.get(current_app.config["TRANSLATOR"])
    return kind is not None and source in kind.codes and target in kind.codes
