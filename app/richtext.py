"""Turns what people write into HTML: addresses, hashtags and mentions become links, all else is escaped.

Nothing else in the application makes HTML from people's text (SECURITY.md, "Requests").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import regex
from markupsafe import Markup, escape

from app import links, names
from app.text import fold

TAG_LENGTH = 50
"""How long a hashtag may be, and its key too, in code points."""
_REL = "nofollow noopener ugc"
# A hashtag follows no word (C#) and no & (&#39;), but it may follow another one, as in #서울#카페#산책.
_TAG_RUN = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}_&#＃])(?:[#＃][[\p{L}\p{M}\p{N}_]--\p{Default_Ignorable_Code_Point}]++)+", regex.V1
)
_TAG = regex.compile(r"[#＃]([^#＃]+)")
_LETTER = regex.compile(r"\p{L}")


@dataclass(frozen=True)
class _Piece:
    """A stretch of the text and the HTML that stands for it."""

    start: int
    end: int
    html: Markup


def render(
    text: str,
    mentions: Mapping[str, str],
    link_for_user: Callable[[str], str],
    link_for_tag: Callable[[str], str],
    link_for_card: Callable[[str], str] | None = None,
) -> Markup:
    """Returns the text as HTML that is safe wherever text may stand; line feeds stay as they are.

    Args:
        text: what somebody wrote, as stored.
        mentions: the members it mentions: ``names.key`` of the name in the text → the member's username now.
        link_for_user: the address of a member's profile by username.
        link_for_tag: the address of a hashtag's page by ``tag_key``.
        link_for_card: the address of a member's hover card by username; without it mentions carry no card.
    """
    pieces = [
        *_linked_addresses(text),
        *_linked_tags(text, link_for_tag),
        *_linked_mentions(text, mentions, link_for_user, link_for_card),
    ]
    made: list[Markup] = []
    end = 0
    for piece in sorted(pieces, key=lambda piece: piece.start):
        made += escape(text[end : piece.start]), piece.html
        end = piece.end
    return Markup("").join([*made, escape(text[end:])])


def hashtags(text: str) -> list[str]:
    """Returns the hashtags of the text as they were written, without ``#``, each once, in their order."""
    found: dict[str, str] = {}
    for _, tag in _tags(text):
        found.setdefault(tag_key(tag), tag)
    return list(found.values())


def tag_key(tag: str) -> str:
    """Returns what two spellings of one hashtag have in common: ``＃Flask`` and ``#flask`` are one."""
    return fold(tag)


def _tags(text: str) -> list[tuple[int, str]]:
    """Returns the places of the hashtags' # and their names."""
    return [
        (tag.start(), tag[1])
        for run in links.outside(text, _TAG_RUN.finditer(text))
        for tag in _TAG.finditer(text, run.start(), run.end())
        if _LETTER.search(tag[1]) and max(len(tag[1]), len(tag_key(tag[1]))) <= TAG_LENGTH
    ]


def _linked_addresses(text: str) -> list[_Piece]:
    pieces = []
    for link in links.find(text):
        whole = {} if link.title.endswith(f"//{link.label}") else {"title": link.title}
        pieces.append(_Piece(link.start, link.end, _anchor(link.label, href=link.href, rel=_REL, **whole)))
    return pieces


def _linked_tags(text: str, link_for_tag: Callable[[str], str]) -> list[_Piece]:
    pieces = []
    for start, tag in _tags(text):
        end = start + 1 + len(tag)
        pieces.append(
            _Piece(start, end, _anchor(text[start:end], href=link_for_tag(tag_key(tag)), class_="tag"))
        )
    return pieces


def _linked_mentions(
    text: str,
    mentions: Mapping[str, str],
    link_for_user: Callable[[str], str],
    link_for_card: Callable[[str], str] | None,
) -> list[_Piece]:
    pieces = []
    for mention in names.mention_candidates(text) if mentions else []:
        name = next((name for name in mention.names if names.key(name) in mentions), None)
        if name is None:
            continue
        username, end = mentions[names.key(name)], mention.start + 1 + len(name)
        card = {"data_card": link_for_card(username)} if link_for_card else {}
        anchor = _anchor(text[mention.start : end], href=link_for_user(username), class_="tag", **card)
        pieces.append(_Piece(mention.start, end, anchor))
    return pieces


def _anchor(content: str, **attributes: str) -> Markup:
    written = "".join(
        f' {name.strip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items()
    )
    return Markup(f"<a{written}>{escape(content)}</a>")
