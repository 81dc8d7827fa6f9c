"""Makes a member's copy: every list as data and as pages, then the first page and a word on what all of it is."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import render_template
from flask_babel import to_user_timezone

from app import drawing, i18n
from app.archive import pages, sheets
from app.archive.bundle import Bundle, Watch
from app.archive.pages import Book, Leaf
from app.archive.records import Contact, Conversation, Liked, Material, Message, Note, Record
from app.archive.sheets import Sheet

LISTS: Mapping[str, tuple[str, str, type[Note | Liked | Contact]]] = {
    "posts": ("posts", "notes", Note),
    "replies": ("posts", "notes", Note),
    "likes": ("likes", "likes", Liked),
    "following": ("people", "people", Contact),
    "followers": ("people", "people", Contact),
    "muted": ("people", "people", Contact),
    "blocked": ("people", "people", Contact),
}
"""Every plain list: the step it belongs to, its template, and what its records are."""
STEPS = ("posts", "likes", "people", "messages", "packing")


@dataclass(frozen=True)
class Made:
    """A finished copy.

    Attributes:
        path: where it is.
        counts: how much is in it, by the names of the lists.
    """

    path: Path
    counts: Mapping[str, int]


def make(material: Material, folder: Path, moment: datetime, watch: Watch) -> Made:
    """Makes a copy in the reader's language and time zone (``i18n.spoken_to``).

    Args:
        material: what goes into it, read while it is written.
        folder: an empty folder to work in.
        moment: when it is made.
        watch: told how far it is; whatever it raises ends the making.
    """
    with Bundle(folder / "copy.zip", to_user_timezone(moment), watch) as bundle:
        making = _Making(bundle, folder, material, moment, watch)
        making.lists()
        making.talks()
        watch.at("packing")
        making.rest()
    return Made(bundle.path, making.counts)


class _Making:
    def __init__(
        self, bundle: Bundle, folder: Path, material: Material, moment: datetime, watch: Watch
    ) -> None:
        self.bundle = bundle
        self.folder = folder
        self.material = material
        self.watch = watch
        self.context: dict[str, Any] = {"profile": material.profile, "made_at": moment}
        self.leaves: dict[str, list[Leaf]] = {}
        self.counts: dict[str, int] = {}

    def lists(self) -> None:
        """Writes every plain list."""
        for name, (step, template, record) in LISTS.items():
            self.watch.at(step)
            book = Book(self.bundle, name, template, {**self.context, "here": name})
            with Sheet(self.bundle, self.folder, name, record.COLUMNS) as sheet, book:
                self._fill(getattr(self.material, name), sheet.add, book.add)
            self.leaves[name], self.counts[name] = book.leaves, sheet.count

    def talks(self) -> None:
        """Writes the conversations: one table of all messages, and pages for each."""
        self.watch.at("messages")
        talks: list[tuple[Conversation, list[Leaf]]] = []
        with Sheet(self.bundle, self.folder, "messages", Message.COLUMNS) as sheet:
            for piece in self.material.conversations:
                for talk in piece:
                    context = {**self.context, "here": "messages", "talk": talk}
                    with Book(self.bundle, f"messages/{talk.id}", "talk", context) as book:
                        self._fill(self.material.messages(talk), sheet.add, book.add)
                    talks.append((talk, book.leaves))
        self._page("messages/1.html", "talks", here="messages", talks=talks)
        self.counts["messages"] = sheet.count

    def rest(self) -> None:
        """Writes what stands for itself: the profile, the first page, the looks, and the word on all of it."""
        profile = self.material.profile
        told = {
            **{name: sheets.plain(value) for name, value in profile.facts.items()},
            "settings": profile.settings,
        }
        self.bundle.write("data/profile.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        self._page("index.html", "index", here="index", counts=self.counts, leaves=self.leaves)
        self.bundle.write("avatar.svg", drawing.avatar(profile.username))
        self.bundle.write("style.css", render_template("archive/style.css"))
        readme = render_template("archive/readme.txt", zone=i18n.timezone_name(), **self.context)
        self.bundle.write("README.txt", readme)

    def _page(self, path: str, template: str, **context: Any) -> None:
        html = pages.render(template, depth=path.count("/"), **self.context, **context)
        self.bundle.write(path, html)

    def _fill(self, pieces: Iterable[Sequence[Record]], *takers: Callable[[Sequence[Record]], None]) -> None:
        for piece in pieces:
            for take in takers:
                take(piece)
            self.watch.did(len(piece))
