"""Whether what is written from right to left leaves what stands around it in its order, in pages and in plain texts."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")
CONTROL = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
ISOLATED = re.compile(r"\u2068[^\u202a-\u202e\u2066-\u2069]*\u2069")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNREAD = {"id", "name", "for", "href", "src", "action", "data-ask"} | {
    f"aria-{name}" for name in ("labelledby", "describedby", "controls")
}
"""Attributes that are addresses and names of things, which nobody reads; ``data-hx-`` ones are addresses as well."""


def loose(said: str) -> Iterator[str]:
    """Yields what of a plain text, or of an attribute, turns what stands around it."""
    rest = ISOLATED.sub("", said)
    yield from CONTROL.findall(rest)
    yield from RIGHT_TO_LEFT.findall(rest)


class Directions(HTMLParser):
    """A page: what is written from right to left in it, and what of that is not isolated.

    Args:
        html: the page.

    Attributes:
        seen: each run of right-to-left letters.
        loose: the same, where it is neither in an element of its own direction nor in isolating characters.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.loose: list[str] = []
        self._open: list[tuple[str, bool]] = [("", False)]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at what the tag says, and remembers whether it has a direction of its own."""
        values = {name: value or "" for name, value in attrs}
        own = tag == "bdi" or values.get("dir") == "auto"
        for name, value in values.items():
            is_field = name == "value" and (own or values.get("type") == "hidden")
            if not (is_field or name in UNREAD or name.startswith("data-hx-")):
                self._look(value, False, f"{tag} {name}")
        if tag not in VOID:
            self._open.append((tag, own or self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        """Forgets the element, and those in it that nobody has closed."""
        if any(tag == name for name, _own in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Looks at what is said."""
        tag, own = self._open[-1]
        self._look(data, own, tag)

    def _look(self, said: str, own: bool, where: str) -> None:
        self.seen += RIGHT_TO_LEFT.findall(said)
        inside = CONTROL.findall(ISOLATED.sub("", said)) if own else loose(said)
        self.loose += (f"{where}: {found} in {said.strip()[:80]!r}" for found in inside)
