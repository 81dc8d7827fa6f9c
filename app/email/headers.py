"""Headers as mail servers and readers take them: encoded where they are not plain, and folded without losing a blank.

Python's own folding drops blanks of long Korean subjects, and encodes the address that List-Unsubscribe names, so
that no program finds it.
"""

import base64
import re
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, Policy
from typing import Any, ClassVar, Literal

import idna

WORD_LINE = 76  # Characters of a line that holds an encoded word (RFC 2047, 2).
PLAIN_LINE = 78  # Characters of any other line (RFC 5322, 2.1.1).
_FRAME = len("=?utf-8?b??=")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")


class Line(UnstructuredHeader, BaseHeader):
    """A header that is sent as it was written, and stands in a letter once."""

    max_count: ClassVar[Literal[1] | None] = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Takes the text as it is: what looks like an encoded word is one that somebody typed."""
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        """Returns the header's lines."""
        return policy.linesep.join(self._lines()) + policy.linesep

    def _lines(self) -> list[str]:
        return [f"{self.name}: {self}"]


class Words(Line):
    """A header for people: what is not plain ASCII, or too long for a line, is encoded (RFC 2047)."""

    def _lines(self) -> list[str]:
        plain = f"{self.name}: {self}"
        if _is_plain(self) and len(plain) <= PLAIN_LINE:
            return [plain]
        first, *others = encoded(self, WORD_LINE - len(self.name) - 2)
        return [f"{self.name}: {first}", *(f" {word}" for word in others)]


class Sender(Line):
    """Who writes: a name, and an address in angle brackets."""

    @property
    def address(self) -> str:
        """The address alone."""
        return self.rpartition(" ")[2][1:-1]

    def _lines(self) -> list[str]:
        name = self.rpartition(" ")[0]
        if _is_plain(name):
            return [f"{self.name}: {Address(name, addr_spec=self.address)}"]
        first, *others = encoded(name, WORD_LINE - len(self.name) - 2)
        return [f"{self.name}: {first}", *(f" {word}" for word in others), f" <{self.address}>"]


_types = HeaderRegistry()
for _name, _type in {
    "subject": Words,
    "from": Sender,
    "to": Line,
    "list-unsubscribe": Line,
    "list-unsubscribe-post": Line,
}.items():
    _types.map_to_type(_name, _type)

# Seven bits pass through every server, whatever it knows.
POLICY = SMTP.clone(header_factory=_types, cte_type="7bit")


def encoded(text: str, room: int) -> list[str]:
    """Returns a text as encoded words, none of which parts a character.

    Args:
        text: what to say.
        room: how many characters the first line has for it; the others are indented by one.
    """
    pieces = [b""]
    for character in text:
        letter = character.encode()
        if len(pieces[-1]) + len(letter) > _bytes_in(room):
            pieces.append(b"")
            room = WORD_LINE - 1
        pieces[-1] += letter
    return [f"=?utf-8?b?{base64.b64encode(piece).decode()}?=" for piece in pieces]


def one_line(text: str) -> str:
    """Returns a text without line breaks and other signs that would begin another header."""
    return _UNSEEN.sub(" ", text).strip()


def mailable(address: str) -> str:
    """Returns an address as mail servers know it: a domain in Hangul has another name there (RFC 5890)."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{idna.encode(domain, uts46=True).decode()}"


def _bytes_in(room: int) -> int:
    return (room - _FRAME) // 4 * 3


def _is_plain(text: str) -> bool:
    # Somebody may have typed what reads like an encoded word, which receivers would decode.
    return text.isascii() and "=?" not in text
