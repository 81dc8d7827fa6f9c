"""The pages of a member's copy: small enough to open from a disk, joined by relative links, without any script."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from types import TracebackType
from typing import Any, Self

from flask import render_template
from flask_babel import to_user_timezone
from markupsafe import Markup

from app import i18n, richtext
from app.archive.bundle import Bundle
from app.archive.records import Record, person_url, post_url, tag_url

PER_PAGE = 200
OUT_OF_PAGE = {"person_url": person_url, "post_url": post_url, "tag_url": tag_url}


@dataclass(frozen=True)
class Leaf:
    """A page that was written.

    Attributes:
        path: where, seen from the top.
        first: when the first record of it was.
        last: when the last one was.
        count: how many there are on it.
    """

    path: str
    first: datetime | None
    last: datetime | None
    count: int


@dataclass
class Book:
    """One list as pages of two hundred, each leading to its neighbours; an empty list has one page that says so.

    Args:
        bundle: where they go.
        folder: where in it.
        kind: the template, and what the list is.
        context: what the template needs besides the records.
    """

    bundle: Bundle
    folder: str
    kind: str
    context: Mapping[str, Any]
    leaves: list[Leaf] = field(default_factory=list)
    _waiting: list[Record] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def add(self, records: Iterable[Record]) -> None:
        """Adds records; a page is written when it is known whether another one follows."""
        for record in records:
            if len(self._waiting) == PER_PAGE:
                self._write(is_last=False)
            self._waiting.append(record)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Writes the last page."""
        if kind is None:
            self._write(is_last=True)

    def _write(self, is_last: bool) -> None:
        number, records = len(self.leaves) + 1, self._waiting
        path = f"{self.folder}/{number}.html"
        self.leaves.append(
            Leaf(path, records[0].at if records else None, records[-1].at if records else None, len(records))
        )
        html = render(
            self.kind,
            depth=path.count("/"),
            months=list(by_month(records)),
            number=number,
            newer=f"{number - 1}.html" if number > 1 else None,
            older=None if is_last else f"{number + 1}.html",
            **self.context,
        )
        self.bundle.write(path, html)
        self._waiting = []


def by_month(records: Iterable[Record]) -> Iterator[tuple[str, list[Record]]]:
    """Yields the records in their order, by what the reader calls the month of each."""
    for _, group in groupby(records, _month):
        together = list(group)
        yield i18n.month(together[0].at), together


def _month(record: Record) -> tuple[int, int]:
    local: datetime = to_user_timezone(record.at)
    return local.year, local.month


def render(kind: str, depth: int, **context: Any) -> str:
    """Returns a page.

    Args:
        kind: the template under ``templates/archive``.
        depth: how many folders lie above the page.
        context: what the template names.
    """
    return render_template(f"archive/{kind}.html", top="../" * depth, rich=rich, **OUT_OF_PAGE, **context)


def rich(text: str, mentions: Mapping[str, str]) -> Markup:
    """Returns what somebody wrote with its links, which lead to the site and into the web."""
    return richtext.render(text, mentions, person_url, tag_url)
