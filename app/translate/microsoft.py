"""Microsoft Translator 3.0, the tutorial's.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/v3/translate
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import urlencode

from app.translate import exchange
from app.translate.translator import QuotaExceeded, Translated, UnknownLanguage, code_of, read

UNKNOWN = (400019, 400023, 400035, 400036)
"""An unknown language, an unknown pair, an unknown source, an unknown target."""
SPENT = 403001
"""The free quota is used up; the status alone would mean a wrong key."""


@dataclass(frozen=True)
class Microsoft:
    """Microsoft Translator, as a resource in Azure asks it.

    Attributes:
        region: of the resource; empty for a global one.
    """

    name: ClassVar[str] = "Microsoft Translator"
    url: ClassVar[str] = "https://api.cognitive.microsofttranslator.com"
    codes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {code: code for code in ("ko", "en", "ja", "ru", "th", "ar", "he", "el", "hi")} | {"zh": "zh-Hans"}
    )

    base: str
    key: str = field(repr=False)
    region: str

    def translate(self, text: str, source: str | None, target: str) -> Translated:
        """Returns a text in another language; see ``Translator``."""
        query = {"api-version": "3.0", "to": code_of(self, target)}
        if source:
            query["from"] = code_of(self, source)
        headers = {"Ocp-Apim-Subscription-Key": self.key}
        if self.region:
            headers["Ocp-Apim-Subscription-Region"] = self.region
        url = f"{self.base}/translate?{urlencode(query)}"
        answer = exchange.post(self.name, url, headers, [{"Text": text}])
        match answer.body:
            case [{"translations": [{"text": told}, *_], **rest}] if answer.status == 200:
                found = rest.get("detectedLanguage")
                return read(self, told, found.get("language") if isinstance(found, dict) else source)
            case {"error": {"code": int(code)}}:
                said = code
            case _:
                said = 0
        if said in UNKNOWN:
            raise UnknownLanguage(f"{self.name} does not translate this to {target!r} ({said}).")
        if said == SPENT:
            raise QuotaExceeded(f"{self.name} has used up its free quota ({said}).")
        exchange.refuse(self.name, answer, str(said or ""), "TRANSLATOR_KEY and TRANSLATOR_REGION")
        return read(self, None, None)
