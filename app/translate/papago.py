"""Papago Text Translation of Naver Cloud.

https://api.ncloud-docs.com/docs/ai-naver-papagonmt-translation
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from app.translate import exchange
from app.translate.translator import Translated, UnknownLanguage, code_of, read

UNKNOWN = ("N2MT02", "N2MT04", "N2MT05", "N2MT06")
"""An unknown source, an unknown target, both the same, no way from one to the other."""


@dataclass(frozen=True)
class Papago:
    """Papago, as an application registered at Naver Cloud asks it."""

    name: ClassVar[str] = "Papago"
    url: ClassVar[str] = "https://papago.apigw.ntruss.com"
    codes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"ko": "ko", "en": "en", "ja": "ja", "zh": "zh-CN", "ru": "ru", "th": "th"}
    )

    base: str
    key_id: str
    key: str = field(repr=False)

    def translate(self, text: str, source: str | None, target: str) -> Translated:
        """Returns a text in another language; see ``Translator``."""
        wish = {
            "source": code_of(self, source) if source else "auto",
            "target": code_of(self, target),
            "text": text,
        }
        headers = {"x-ncp-apigw-api-key-id": self.key_id, "x-ncp-apigw-api-key": self.key}
        answer = exchange.post(self.name, f"{self.base}/nmt/v1/translation", headers, wish)
        match answer.body:
            case {"message": {"result": dict(result)}} if answer.status == 200:
                return read(self, result.get("translatedText"), result.get("srcLangType"))
            case {"error": {"errorCode": str(code)}} | {"errorCode": str(code)}:
                said = code[:20]
            case _:
                said = ""
        if said in UNKNOWN:
            raise UnknownLanguage(f"{self.name} does not translate this to {target!r} ({said}).")
        exchange.refuse(self.name, answer, said, "TRANSLATOR_KEY_ID and TRANSLATOR_KEY")
        return read(self, None, None)
