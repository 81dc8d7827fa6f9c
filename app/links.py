"""Finds web addresses in what people write, and says how to show them without deceiving."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

import idna
import regex

from app.particles import is_particles
from app.scripts import is_one_system, looks_latin

LABEL_LENGTH = 40
"""The most characters of an address that are shown."""
_ADDRESS_LENGTH = 2000
_HOST_LENGTH = 253
# RFC 3986 and RFC 3987 without what closes a sentence's brackets and quotation marks; an address after "," is the next.
_ADDRESS = regex.compile(
    r"""(?<![A-Za-z0-9_])(?:https?://|www\.(?=[\p{L}\p{N}]))
    (?:(?![,;]https?://)[^\s\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Ps}\p{Pe}\p{Pi}\p{Pf}<>"`\\^|、。，．！？…·ㆍ]|[()\[\]])+""",
    regex.X | regex.I,
)
# Without a scheme or www. it is not linked (files and sentences look the same), but no tag begins inside it either.
_BARE_ADDRESS = regex.compile(
    r"(?<![\p{Latin}0-9_@./:-])(?>(?:[A-Za-z0-9-]{1,63}\.)+)[A-Za-z]{2,24}/[^\s<>\"]*"
)
_PARTS = regex.compile(r"(?:(https?)://)?([^/?#:]*)((?::[0-9]{1,5})?)(.*)", regex.I | regex.S)
_HANGUL_END = regex.compile(r"(?<![가-힣=])[가-힣]+$")
_CLOSED_BY_SENTENCE = frozenset(".,:;!?'*~([")
_TOP_DOMAIN = regex.compile(
    r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}|[[\p{L}\p{M}]--[a-z가-힣]]+", regex.I | regex.V1
)
# RFC 952 and 1123, and the underscore that some hosts have all the same.
_ASCII_LABEL = regex.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
# The Hangul top-level domains of IANA's root zone: 닷넷, 닷컴, 삼성, 한국.
_HANGUL_TOP_DOMAINS = ("\ub2f7\ub137", "\ub2f7\ucef4", "\uc0bc\uc131", "\ud55c\uad6d")
_ESCAPED = regex.compile(r"(?:%[0-9A-Fa-f]{2})+")
_READABLE = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_CLUSTER = regex.compile(r"\X")
_NOWHERE = (sys.maxsize, sys.maxsize)
_RESERVED_AND_UNRESERVED = "%/:?#[]@!$&'()*+,;=~-._"


@dataclass(frozen=True)
class Link:
    """A web address inside a text.

    Args:
        start, end: the place of the address in the text, in code points.
        href: the address as a browser takes it: http or https, ASCII only.
        label: what to show: no scheme, at most ``LABEL_LENGTH`` characters.
        title: the whole address in readable form.
    """

    start: int
    end: int
    href: str
    label: str
    title: str


def is_whole(address: str) -> bool:
    """Tells whether a text is one complete http or https address, as a profile may link to."""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return is_web and not any(character.isspace() for character in address)


def find(text: str) -> list[Link]:
    """Returns the addresses that begin with http://, https:// or www., in their order.

    Punctuation at the end, an unbalanced bracket and Korean particles belong to the sentence, not to the address: in
    ``https://example.com/a에서`` the link ends before 에서. Hangul that is part of the path stays
    (``/wiki/한글``), and so does a value after ``=``. An address with a user's name in it is not linked, because
    ``https://bank.example@evil.example`` shows another host than it opens.
    """
    found = (_link(match.start(), match[0]) for match in _ADDRESS.finditer(text))
    return [link for link in found if link]


def outside(text: str, matches: Iterable[regex.Match[str]]) -> Iterator[regex.Match[str]]:
    """Returns those matches in the text that touch no address: no mention and no hashtag is part of one.

    Addresses that are not linked count too (``hanmadi.example/@바다``).

    Args:
        text: what somebody wrote.
        matches: in the order of their places, none overlapping another.
    """
    found = list(matches)
    addresses = iter(_places(text) if found else ())
    start, end = next(addresses, _NOWHERE)
    for match in found:
        while end <= match.start():
            start, end = next(addresses, _NOWHERE)
        if match.end() <= start:
            yield match


def _places(text: str) -> list[tuple[int, int]]:
    linked = {link.start: link.end for link in find(text)}
    places: list[tuple[int, int]] = []
    for match in sorted(
        [*_ADDRESS.finditer(text), *_BARE_ADDRESS.finditer(text)], key=lambda match: match.start()
    ):
        end = linked.get(match.start(), match.end())
        if not places or places[-1][1] <= match.start():
            places.append((match.start(), end))
    return places


def _link(start: int, raw: str) -> Link | None:
    parts = _PARTS.fullmatch(_without_sentence(raw)) if len(raw) <= _ADDRESS_LENGTH else None
    if parts is None:
        return None
    scheme, typed_host, port, path = (part or "" for part in parts.groups())
    host = _known_host(typed_host)
    ascii_host = _ascii_host(host)
    if ascii_host is None or int(port[1:] or 0) > 65535 or path.startswith(("@", ":")):
        return None
    if host != typed_host:
        port = path = ""
    elif not path.startswith(("/", "?", "#")):
        path = ""
    end = start + len(f"{scheme}://" if scheme else "") + len(host + port + path)
    scheme = scheme.lower() or "https"
    shown_host, shown_path = _shown_host(host, ascii_host) + port, _shown_path(path)
    return Link(
        start=start,
        end=end,
        href=f"{scheme}://{ascii_host}{port}{quote(path, safe=_RESERVED_AND_UNRESERVED)}",
        label=_shortened(shown_host, shown_path),
        title=f"{scheme}://{shown_host}{shown_path}",
    )


def _without_sentence(raw: str) -> str:
    """Returns the address without the punctuation and the particles that stand after it."""
    address = _without_punctuation(raw)
    ending = _HANGUL_END.search(address)
    if ending and is_particles(ending[0]):
        address = _without_punctuation(address[: ending.start()])
    return address


def _without_punctuation(address: str) -> str:
    excess = {")": address.count(")") - address.count("("), "]": address.count("]") - address.count("[")}
    end = len(address)
    while end and (address[end - 1] in _CLOSED_BY_SENTENCE or excess.get(address[end - 1], 0) > 0):
        if address[end - 1] in excess:
            excess[address[end - 1]] -= 1
        end -= 1
    return address[:end]


def _known_host(host: str) -> str:
    """Returns the host up to the last label that can be a top-level domain: ``example.com에서`` is ``example.com``."""
    labels = host.split(".")
    while len(labels) > 1:
        last = labels[-1]
        if last in _HANGUL_TOP_DOMAINS or _TOP_DOMAIN.fullmatch(last) or _is_ipv4(labels):
            break
        if cut := regex.match(r"[a-z]{2,63}(?=[^\x00-\x7F])|" + "|".join(_HANGUL_TOP_DOMAINS), last, regex.I):
            labels[-1] = cut[0]
            break
        labels.pop()
    return ".".join(labels)


def _is_ipv4(labels: list[str]) -> bool:
    return len(labels) == 4 and all(
        label.isascii() and label.isdigit() and int(label) < 256 for label in labels
    )


def _ascii_host(host: str) -> str | None:
    """Returns the host in the form of the domain name system (UTS #46, IDNA 2008), or None when it cannot be one."""
    if "." not in host or len(host) > _HOST_LENGTH:
        return None
    if host.isascii():
        return host.lower() if all(map(_ASCII_LABEL.fullmatch, host.split("."))) else None
    try:
        return idna.encode(host, uts46=True).decode()
    except UnicodeError:
        return None


def _shown_host(host: str, ascii_host: str) -> str:
    """Returns the host in its own letters, or in Punycode when those mix scripts or can be read as Latin ones."""
    if host.isascii():
        return host
    name = idna.decode(ascii_host)
    return name if all(map(_is_honest, name.split("."))) else ascii_host


def _is_honest(label: str) -> bool:
    return label.isascii() or (is_one_system(label) and not looks_latin(label))


def _shown_path(path: str) -> str:
    """Returns the path with its escaped letters readable: %ED%95%9C is 한. Blanks and signs stay escaped."""
    return "" if path == "/" else _ESCAPED.sub(lambda run: _readable(run[0]), path)


def _readable(escaped: str) -> str:
    try:
        letters = unquote_to_bytes(escaped).decode()
    except UnicodeDecodeError:
        return escaped
    return letters if _READABLE.fullmatch(letters) else escaped


def _shortened(host: str, path: str) -> str:
    """Returns at most ``LABEL_LENGTH`` characters; of a long host the end, because the end says whose it is."""
    if len(host) >= LABEL_LENGTH:
        return host if len(host) == LABEL_LENGTH and not path else "…" + host[1 - LABEL_LENGTH :]
    characters = _CLUSTER.findall(host + path)
    if len(characters) <= LABEL_LENGTH:
        return host + path
    return "".join(characters[: LABEL_LENGTH - 1]) + "…"
