"""E-mail addresses: the form in which one is stored, and the key that all spellings of one mailbox share."""

from functools import lru_cache

import idna
import regex
from email_validator import EmailNotValidError, validate_email
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.text import bare, caseless, nfc

LENGTH = 254
"""The most octets of an address (RFC 5321, 4.5.3.1.3, without the brackets), with its domain in ASCII."""
TYPED = 4 * LENGTH
"""The most code points that are read of what somebody typed; another spelling of an address can be longer than it."""
INCOMPLETE = _l("This address seems incomplete. Check what stands behind the @.")
LONG = _l("This address is too long.")

_AT = regex.compile(r"[＠﹫]")
_HOST_LENGTH = 253


class Unfit(ValueError):
    """A text that is no e-mail address.

    Attributes:
        sentence: what to say about it.
    """

    def __init__(self, sentence: LazyString) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def normal(typed: str) -> str:
    """Returns an address as it is stored: the local part in NFC, the domain in ASCII (UTS #46, IDNA 2008).

    It has at most ``LENGTH`` characters, and so has its ``key``.

    Raises:
        Unfit: it is not a well-formed address, or too long.
    """
    if len(typed) > TYPED:
        raise Unfit(LONG)
    local, at, domain = _parts(typed)
    try:
        found = validate_email(f"{local}{at}{domain}", check_deliverability=False)
    except EmailNotValidError:
        raise Unfit(LONG if len(local + domain) >= LENGTH else INCOMPLETE) from None
    address = f"{found.local_part}@{found.ascii_domain}"
    if len(address.encode()) > LENGTH:
        raise Unfit(LONG)
    return address


def key(typed: str) -> str:
    """Returns what is equal for all spellings of one mailbox, of any text; nearly every mail host ignores case.

    Half-width and full-width letters and dots of the domain, its Punycode and its own letters, and composed and
    decomposed letters have one key. Of a text that is too long for an address only the beginning counts.
    """
    local, at, domain = _parts(typed[:TYPED])
    return f"{caseless(local)}{at}{_ascii(domain)}"


def shown(address: str) -> str:
    """Returns an address for reading: the domain in its own letters."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain)}" if "xn--" in domain else address
    except UnicodeError:
        return address


def is_meant(typed: str) -> bool:
    """Whether a text is an address rather than a username."""
    return "@" in _AT.sub("@", typed)


def _parts(typed: str) -> tuple[str, str, str]:
    address = bare(typed)
    if "@" not in address:
        address = _AT.sub("@", address)
    local, at, domain = address.rpartition("@")
    return nfc(local), at, nfc(domain)


@lru_cache(maxsize=1024)
def _ascii(domain: str) -> str:
    """Returns a domain as the domain name system has it, or case-folded when it cannot be one."""
    if domain.isascii() and "xn--" not in domain.lower():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode() if len(domain) <= _HOST_LENGTH else caseless(domain)
    except UnicodeError:
        return caseless(domain)
