"""A member's copy, unpacked and read by programs that know nothing of how it was made."""

import csv
import io
import json
import zipfile
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

LOADS = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
"""What a browser asks for by itself, or sends something to; and ``href`` of everything but a link to click."""


class Page(HTMLParser):
    """A page: what it links to, what it loads, and what it says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.language = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what a tag asks for."""
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.add(value or "")
            if tag == "html" and name == "lang":
                self.language = value or ""
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in LOADS or name == "href":
                self.loads.append(value or "")

    def handle_data(self, data: str) -> None:
        """Notes what is said."""
        self.text += data


class Copy:
    """A copy.

    Args:
        zipped: the bytes of the zip.
    """

    def __init__(self, zipped: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(zipped)) as opened:
            assert opened.testzip() is None
            names = opened.namelist()
            assert len(set(names)) == len(names), "each file once"
            self.files = {name: opened.read(name) for name in names}

    @property
    def everything(self) -> str:
        """All words of all files."""
        return "\n".join(content.decode() for content in self.files.values())

    def json(self, name: str) -> Any:
        """Returns a list, or the profile, as programs read it."""
        return json.loads(self.files[f"data/{name}.json"])

    def csv(self, name: str) -> list[dict[str, str]]:
        """Returns a list as a spreadsheet reads it."""
        content = self.files[f"data/{name}.csv"]
        assert content.startswith(b"\xef\xbb\xbf"), "Excel needs the mark."
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    def pages(self) -> dict[str, Page]:
        """Returns the pages by their paths."""
        return {
            name: Page(content.decode()) for name, content in self.files.items() if name.endswith(".html")
        }

    def check(self) -> None:
        """Fails when a link leads nowhere, or something is loaded from outside, or runs, or cannot be reached."""
        pages = self.pages()
        reached = {"index.html"}
        for name, page in pages.items():
            assert not page.tags & {"script", "iframe", "object", "embed", "form", "base"}, name
            assert not {attribute for attribute in page.attributes if attribute.startswith("on")}, name
            for address in page.loads:
                reached.add(self._inside(name, address))
            for address in page.links:
                if urlsplit(address).scheme in ("http", "https"):
                    continue
                target = self._inside(name, address)
                reached.add(target)
                fragment = urlsplit(address).fragment
                assert not fragment or fragment in pages[target].ids, (name, address)
        assert reached == set(self.files), "whatever is in it is reached from its first page"
        style = self.files["style.css"].decode()
        assert "url(" not in style and "@import" not in style

    def _inside(self, page: str, address: str) -> str:
        parts = urlsplit(address)
        assert not parts.scheme and not parts.netloc and not parts.path.startswith("/"), (page, address)
        if not parts.path:
            return page
        steps: list[str] = []
        for step in (PurePosixPath(page).parent / unquote(parts.path)).parts:
            if step == "..":
                steps.pop()
            else:
                steps.append(step)
        path = "/".join(steps)
        assert path in self.files, f"{page} leads to {address}, which is not there"
        return path
