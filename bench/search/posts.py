"""Real short texts as posts: a sample of the film reviews, English ones beside it, and as many as are wanted."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random

from app.search.engine import Document

INDEX = "post"
PIECE = 10_000
"""How many posts are given to a build at once, as a rebuild does."""
ENGLISH = 300
_ENGLISH_RUN = re.compile(r"(?:[A-Za-z][a-z']+[ ,]+){4,}[A-Za-z][a-z']+")


@dataclass(frozen=True, slots=True)
class Post:
    """A text with an id and the second since 1970 at which it was written."""

    id: int
    moment: int
    text: str

    @property
    def document(self) -> Document:
        """The post as an engine takes it."""
        return Document(self.id, 1, self.moment, self.text)


def rows(path: Path) -> list[tuple[int, str]]:
    """Returns the moment and the text of every review."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(lines)
        return [(_moment(date, int(id)), text) for id, _, date, _, text in lines]


def sample(path: Path, count: int, seed: int) -> list[Post]:
    """Returns so many reviews; a larger sample of the same seed begins with the smaller one.

    The texts are different ones until all reviews have been used; then words of two stand in a new order.
    """
    found = rows(path)
    chance = Random(seed)
    chance.shuffle(found)
    endless = _and_mixed(found, chance)
    return [Post(id, *row) for id, row in enumerate(islice(endless, count), 1)]


def with_english(posts: list[Post], path: Path, seed: int) -> tuple[list[Post], list[Post]]:
    """Returns the posts with English ones added, and these alone: the reviews are Korean but for one in a thousand."""
    standing = {post.text for post in posts}
    found = sorted({row[1]: row for row in rows(path) if _ENGLISH_RUN.search(row[1])}.values())
    fresh = [row for row in found if row[1] not in standing]
    chosen = Random(seed).sample(fresh, min(ENGLISH, len(fresh)))
    english = [Post(id, *row) for id, row in enumerate(chosen, len(posts) + 1)]
    return posts + english, english


def pieces(posts: Iterable[Post]) -> Iterator[list[Document]]:
    """Yields the posts' documents in the portions of a rebuild."""
    for piece in _batched(posts):
        yield [post.document for post in piece]


def _batched(posts: Iterable[Post]) -> Iterator[list[Post]]:
    waiting = iter(posts)
    while piece := list(islice(waiting, PIECE)):
        yield piece


def _and_mixed(found: list[tuple[int, str]], chance: Random) -> Iterator[tuple[int, str]]:
    yield from found
    while True:
        moment, one = chance.choice(found)
        _, other = chance.choice(found)
        words = [*one.split(), *other.split()]
        chance.shuffle(words)
        yield moment, " ".join(words[: max(len(words) // 2, 3)])


def _moment(date: str, id: int) -> int:
    """Returns a second of the day; the reviews tell no time."""
    year, month, day = map(int, date.split("."))
    return int(datetime(2000 + year, month, day, tzinfo=UTC).timestamp()) + id % 86_400
