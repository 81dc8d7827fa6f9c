"""Turns what people write into HTML: addresses, hashtags and mentions become links, all else is escaped.

Nothing else in the application makes HTML from people's text (SECURITY.md, "Requests").
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from app import hashtags as tags
from app import links, names
from app.text import isolated

TAG_LENGTH = tags.LENGTH
_REL = "nofollow noopener ugc"


@dataclass(frozen=True)
class _Anchor:
    """A stretch of the text that becomes a link: what it shows, and the link's attributes."""

    start: int
    end: int
    label: str
    attributes: dict[str, str]


def render(
    text: str,
    mentions: Mapping[str, str],
    link_for_user: Callable[[str], str],
    link_for_tag: Callable[[str], str],
    link_for_card: Callable[[str], str] | None = None,
    marks: Iterable[tuple[int, int]] = (),
) -> Markup:
    """Returns the text as HTML that is safe wherever text may stand; line feeds stay as they are.

    Args:
        text: what somebody wrote, as stored.
        mentions: the members it mentions: ``names.key`` of the name in the text → the member's username now.
        link_for_user: the address of a member's profile by username.
        link_for_tag: the address of a hashtag's page by ``tag_key``.
        link_for_card: the address of a member's hover card by username; without it mentions carry no card.
        marks: what is highlighted, as places [start, end) in the text. A mark that crosses the edge of a link is
            split there; inside a link whose address is shown in another form than it was written nothing is marked.
    """
    anchors = [
        *_linked_addresses(text),
        *_linked_tags(text, link_for_tag),
        *_linked_mentions(text, mentions, link_for_user, link_for_card),
    ]
    marked = _Marked(text, marks)
    made: list[Markup] = []
    end = 0
    for anchor in sorted(anchors, key=lambda anchor: anchor.start):
        made += marked.part(end, anchor.start), _html(anchor, marked)
        end = anchor.end
    return Markup("").join([*made, marked.part(end, len(text))])


def hashtags(text: str) -> list[str]:
    """Returns the hashtags of the text as they were written, without ``#``, each once, in their order."""
    found: dict[str, str] = {}
    for _, tag in tags.find(text):
        found.setdefault(tag_key(tag), tag)
    return list(found.values())


def tag_key(tag: str) -> str:
    """Returns what two spellings of one hashtag have in common; see ``hashtags.key``."""
    return tags.key(tag)


def _linked_addresses(text: str) -> list[_Anchor]:
    anchors = []
    for link in links.find(text):
        whole = {} if link.title.endswith(f"//{link.label}") else {"title": isolated(link.title)}
        anchors.append(_Anchor(link.start, link.end, link.label, {"href": link.href, "rel": _REL, **whole}))
    return anchors


def _linked_tags(text: str, link_for_tag: Callable[[str], str]) -> list[_Anchor]:
    anchors = []
    for start, tag in tags.find(text):
        end = start + 1 + len(tag)
        attributes = {"href": link_for_tag(tag_key(tag)), "class": "tag"}
        anchors.append(_Anchor(start, end, text[start:end], attributes))
    return anchors


def _linked_mentions(
    text: str,
    mentions: Mapping[str, str],
    link_for_user: Callable[[str], str],
    link_for_card: Callable[[str], str] | None,
) -> list[_Anchor]:
    anchors = []
    for mention in names.mention_candidates(text) if mentions else []:
        name = next((name for name in mention.names if names.key(name) in mentions), None)
        if name is None:
            continue
        username, end = mentions[names.key(name)], mention.start + 1 + len(name)
        card = {"data-card": link_for_card(username)} if link_for_card else {}
        attributes = {"href": link_for_user(username), "class": "tag", **card}
        anchors.append(_Anchor(mention.start, end, text[mention.start : end], attributes))
    return anchors


class _Marked:
    """A text of which some stretches are highlighted."""

    def __init__(self, text: str, marks: Iterable[tuple[int, int]]) -> None:
        self.text = text
        self.marks = sorted(marks)

    def part(self, start: int, end: int) -> Markup:
        """Returns a stretch of the text, escaped, with ``<mark>`` around what is highlighted of it."""
        made: list[Markup] = []
        for first, last in self.marks:
            first, last = max(first, start), min(last, end)
            if first < last:
                made += (
                    escape(self.text[start:first]),
                    Markup(f"<mark>{escape(self.text[first:last])}</mark>"),
                )
                start = last
        return Markup("").join([*made, escape(self.text[start:end])])


def _html(anchor: _Anchor, marked: _Marked) -> Markup:
    written = "".join(f' {name}="{escape(value)}"' for name, value in anchor.attributes.items())
    as_typed = marked.text.endswith(anchor.label, anchor.start, anchor.end)
    shown = marked.part(anchor.end - len(anchor.label), anchor.end) if as_typed else escape(anchor.label)
    return Markup(f"<a{written}>{shown}</a>")
