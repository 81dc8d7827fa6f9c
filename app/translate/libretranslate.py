"""LibreTranslate, which anybody can run for themselves.

https://docs.libretranslate.com
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from app.translate import exchange
from app.translate.translator import AccessRefused, BadAnswer, Translated, UnknownLanguage, code_of, read


@dataclass(frozen=True)
class LibreTranslate:
    """A server that runs LibreTranslate; which languages it really has depends on what was installed there.

    Attributes:
        key: empty where the server asks for none.
    """

    name: ClassVar[str] = "LibreTranslate"
    url: ClassVar[str] = ""
    # Servers of today call Chinese zh-Hans and still know it as zh, which is all that older ones know.
    codes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {code: code for code in ("ko", "en", "ja", "zh", "ru", "th", "ar", "he", "el", "hi")}
    )

    base: str
    key: str = field(repr=False)

    def translate(self, text: str, source: str | None, target: str) -> Translated:
        """Returns a text in another language; see ``Translator``."""
        wish = {
            "q": text,
            "source": code_of(self, source) if source else "auto",
            "target": code_of(self, target),
            "format": "text",
        }
        if self.key:
            wish["api_key"] = self.key
        answer = exchange.post(self.name, f"{self.base}/translate", {}, wish)
        match answer.body:
            case {"translatedText": told, **rest} if answer.status == 200:
                found = rest.get("detectedLanguage")
                return read(self, told, found.get("language") if isinstance(found, dict) else source)
            case {"error": str(said)} if answer.status == 400:
                self._refuse(said, target)
        exchange.refuse(self.name, answer, "", "TRANSLATOR_KEY")
        return read(self, None, None)

    def _refuse(self, said: str, target: str) -> None:
        """Raises what a 400 means; it has no code, only words, in English where nobody asks for others.

        Raises:
            UnknownLanguage: a language is not installed there.
            AccessRefused: the server asks for a key.
            BadAnswer: anything else.
        """
        if "is not supported" in said or "is not available" in said:
            raise UnknownLanguage(f"{self.name} does not translate this to {target!r}.")
        if "API key" in said:
            raise AccessRefused(f"{self.name} asks for a key. Set TRANSLATOR_KEY.")
        raise BadAnswer(f"{self.name} cannot read what we send ({said[:100]}).")
