"""Finds web addresses in what people write, and says how to show them without deceiving.

Where an address ends is decided here alone: for links, for what is no tag or mention inside one, for search, and for
the language of a post. UTS #58 (Unicode Linkification) gives the rules for brackets and for punctuation at the end: a
closing bracket ends an address that has not the opening one. Of Hangul it says nothing: GitHub's autolinks take all up
to the blank, and twitter-text ends an address at the first Hangul letter. Here Hangul belongs to a path, but Korean
particles behind the last Latin letter, digit or bracket do not; see ``_without_particles``.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

import idna
import regex

from app.particles import is_particles
from app.scripts import is_one_system, looks_latin

LABEL_LENGTH = 40
"""The most characters of an address that are shown."""
_ADDRESS_LENGTH = 2000
_BRACKETS_LENGTH = 200
"""The most characters from a bracket to its partner; without a bound each of many open brackets is read to the end."""
_HOST_LENGTH = 253
_BEGIN = r"(?:https?://|www\.(?=[\p{L}\p{N}]))"
_START = regex.compile(rf"(?<![A-Za-z0-9_]){_BEGIN}", regex.I)
# Without a scheme or www. it is not linked (files and sentences look the same), but no tag begins inside it either.
_BARE_START = regex.compile(r"(?<![\p{Latin}0-9_@./:-])(?>(?:[A-Za-z0-9-]{1,63}\.)+)[A-Za-z]{2,24}/")
# In Korean a middle dot stands inside words (3·1 운동) and between the things of a list.
_MIDDLE_DOTS = "\u00b7\u318d\u30fb\uff65\u2027"
# RFC 3986 and RFC 3987 without brackets, which are counted, and without what closes a sentence's quotation marks. An
# address after a comma or a dot is the next one.
_STRETCH = regex.compile(
    rf"""(?:(?![,;{_MIDDLE_DOTS}]{_BEGIN}|(?<=[가-힣]){_BEGIN})(?:
    [^\s\p{{Cc}}\p{{Cf}}\p{{Cs}}\p{{Co}}\p{{Ps}}\p{{Pe}}\p{{Pi}}\p{{Pf}}<>"`\\^|、。，．！？…{_MIDDLE_DOTS}()\[\]]
    |(?<=[\p{{L}}\p{{M}}\p{{N}}])[{_MIDDLE_DOTS}](?=[\p{{L}}\p{{N}}])))*+""",
    regex.X | regex.I,
)
_OPENED_BY = {")": "(", "]": "["}
_EMPHASIS = frozenset("'*~")
_PARTS = regex.compile(
    rf"(?:(https?)://)?([^/?#:{_MIDDLE_DOTS}]*)((?::[0-9]{{1,5}})?)(.*)", regex.I | regex.S
)
_SCHEME = regex.compile("https?://", regex.I)
# Behind a letter, a digit or a bracket that is no Hangul, or behind the slash after the host.
_HANGUL_END = regex.compile(
    r"(?:(?<=[[\p{L}\p{N})\]]--[가-힣]])|(?<=^(?:https?://)?[^/?#]+/))[가-힣]+$", regex.V1 | regex.I
)
# Behind any other slash a page may be called 이란 or 은 (silver), but hardly one of these.
_NO_PAGE = regex.compile(r"(?<=/)(?:에서|에게|에|를|을|는|으로|입니다|이에요|예요)(?:는|도|만)?$")
_SENTENCE = ".,:;!?'*~"
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
    """Tells whether a text is one complete http or https address that a post would link whole."""
    return whole(address) is not None


@lru_cache(maxsize=1024)
def whole(address: str) -> Link | None:
    """Returns the link when a text is nothing but one complete http or https address, as a profile may have; else None.

    What ``find`` does not take whole is none: a user's name before the host, a host that is not in the domain name
    system's form (U+2215 in it), blanks and characters that turn the direction of the text around.
    """
    found = find(address) if _SCHEME.match(address) and len(address) <= _ADDRESS_LENGTH else []
    return found[0] if len(found) == 1 and (found[0].start, found[0].end) == (0, len(address)) else None


def undeceiving(address: str) -> str:
    """Returns an address whose host looks like another one's with the host in Punycode, and others as they are."""
    link = whole(address)
    if link is None or urlsplit(address).netloc.isascii():
        return address
    return link.href if urlsplit(link.title).netloc.isascii() else address


def find(text: str) -> list[Link]:
    """Returns the addresses that begin with http://, https:// or www., in their order.

    Punctuation at the end, an unbalanced bracket with what follows it, and Korean particles belong to the sentence:
    in ``https://example.com/a에서`` the link ends before 에서, in ``공지(https://example.com/a)참고`` before the
    bracket. Hangul that is part of the path stays (``/wiki/한글``, ``/wiki/이란``), and so does a value after ``=``. An
    address with a user's name in it is not linked, because ``https://bank.example@evil.example`` shows another host
    than it opens.
    """
    return [link for _, _, link in _found(text) if link]


def left_out(text: str) -> str:
    """Returns the text with a blank in the place of each address, whether or not it can be linked.

    What stands beside an address without a blank stays, such as 참고 in ``공지(https://example.com)참고``.
    """
    kept, end = [], 0
    for start, behind, _ in _found(text):
        kept.append(text[end:start])
        end = behind
    return " ".join([*kept, text[end:]])


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
    linkable = ((start, False, end) for start, end, _ in _found(text))
    bare = ((match.start(), True, match.end()) for match in _BARE_START.finditer(text))
    places: list[tuple[int, int]] = []
    for start, is_bare, end in sorted([*linkable, *bare]):
        if not places or places[-1][1] <= start:
            places.append((start, _end(text, start, end) if is_bare else end))
    return places


def _found(text: str) -> Iterator[tuple[int, int, Link | None]]:
    """Yields where each address begins and ends, and its link, or None for one that cannot be linked."""
    end = 0
    while match := _START.search(text, end):
        start, end = match.start(), _end(text, *match.span())
        link = _link(start, text[start:end])
        if link:
            end = link.end
        yield start, end, link


def _end(text: str, start: int, at: int) -> int:
    """Returns where an address ends at the latest: at a blank, a quotation mark, a bracket without its partner, or
    the sign of emphasis that stands before it too.

    Args:
        text: what somebody wrote.
        start: where the address begins.
        at: where what is known to belong to it ends.
    """
    most = min(len(text), start + _ADDRESS_LENGTH + 1)
    if start and text[start - 1] in _EMPHASIS:
        closed = text.find(text[start - 1], at, most)
        most = closed if closed > 0 else most
    opened: list[int] = []
    while True:
        until = min(most, opened[0] + _BRACKETS_LENGTH) if opened else most
        stretch = _STRETCH.match(text, at, until)
        at = stretch.end() if stretch else at
        sign = text[at] if at < until else ""
        if sign in _OPENED_BY.values() and not _START.match(text, at + 1):
            opened.append(at)
        elif opened and text[opened[-1]] == _OPENED_BY.get(sign):
            opened.pop()
        else:
            break
        at += 1
    return opened[0] if opened else at


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
    return _without_particles(raw.rstrip(_SENTENCE)).rstrip(_SENTENCE)


def _without_particles(address: str) -> str:
    """Returns the address without the Korean particles behind it.

    They stand behind a letter, a digit or a bracket (``/a에서``, ``/한글_(문자)는``) or behind the host and its slash.
    A word of Hangul behind another slash, ``=``, ``_`` or the like is a name, even where it reads like a particle
    (``/wiki/이란``), except the few that name no page (``/posts/에서``).
    """
    ending = _HANGUL_END.search(address)
    if ending and is_particles(ending[0]):
        return address[: ending.start()]
    return _NO_PAGE.sub("", address)


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
