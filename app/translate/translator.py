"""What every translation service does for us, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from app import text as texts

LONGEST = 5 * texts.POST_CODE_POINTS
"""How long a translation may be, in code points; what is longer is none."""


class TranslatorFailure(Exception):
    """There is no translation; the message says to whoever runs the site what to do, and holds no text and no key.

    Attributes:
        code: a word that is kept, and that the surfaces know.
    """

    code: ClassVar[str]


class Unreachable(TranslatorFailure):
    """The service is away, too slow, or broken."""

    code = "unreachable"


class QuotaExceeded(TranslatorFailure):
    """The service has done as much for us as it does in a while."""

    code = "quota"


class AccessRefused(TranslatorFailure):
    """The service does not take our key."""

    code = "refused"


class UnknownLanguage(TranslatorFailure):
    """The service does not translate between these languages."""

    code = "language"


class BadAnswer(TranslatorFailure):
    """The service, or what stands at its address, answers something else than is documented."""

    code = "answer"


@dataclass(frozen=True)
class Translated:
    """A translation.

    Attributes:
        text: clean, as posts are.
        source: the language it was found to be in, as an ISO 639 code; empty where the service does not say.
    """

    text: str
    source: str


class Translator(Protocol):
    """A translation service.

    Attributes:
        name: what it calls itself, to people.
        codes: the languages it knows among those that we tell apart: our code, and its own.
    """

    name: ClassVar[str]
    codes: ClassVar[Mapping[str, str]]

    def translate(self, text: str, source: str | None, target: str) -> Translated:
        """Returns a text in another language.

        Args:
            text: a post.
            source: its language; None leaves it to the service to find out.
            target: the language to put it into.

        Raises:
            TranslatorFailure: there is no translation; which class says why.
        """


def code_of(translator: Translator, language: str) -> str:
    """Returns a service's own code of a language.

    Raises:
        UnknownLanguage: it does not know the language.
    """
    try:
        return translator.codes[language]
    except KeyError:
        raise UnknownLanguage(f"{translator.name} does not know the language {language!r}.") from None


def read(translator: Translator, text: object, source: object) -> Translated:
    """Returns what a service has answered, once it is what it should be.

    Args:
        translator: the service.
        text: the translation, as it was sent.
        source: the language that it was found to be in, in the service's own code; None where it does not say.

    Raises:
        BadAnswer: it is no text that a page can show.
    """
    if not isinstance(text, str) or len(text) > LONGEST or texts.is_blank(text):
        raise BadAnswer(f"{translator.name} has sent no translation, or one that is too long.")
    try:
        cleaned = texts.clean(text)
    except ValueError:
        raise BadAnswer(f"{translator.name} has sent characters that cannot be shown.") from None
    language = source.partition("-")[0].lower() if isinstance(source, str) else ""
    return Translated(cleaned, language if language.isalpha() and len(language) <= 3 else "")
