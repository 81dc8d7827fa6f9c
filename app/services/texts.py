"""The shipped Korean texts: the demo's people and posts, and lines to make up posts from."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent.parent / "data" / "demo"


@dataclass(frozen=True)
class Talk:
    """A line and what somebody answers."""

    question: str
    answer: str


@dataclass(frozen=True)
class Words:
    """Single words.

    Attributes:
        names: words that make names of people.
        tags: hashtags, the most used first.
        topics: the hashtag of a word that a line may have.
        review_tag: the hashtag of film reviews.
        call: how a reply begins that calls somebody, with ``{name}``.
    """

    names: list[str]
    tags: list[str]
    topics: dict[str, str]
    review_tag: str
    call: str


def people() -> list[dict[str, Any]]:
    """Returns what is told of each of the demo's people."""
    return list(_objects("people"))


def posts() -> list[dict[str, Any]]:
    """Returns the demo's own posts, each after the one it answers."""
    return list(_objects("posts"))


def messages() -> list[dict[str, Any]]:
    """Returns what the demo's people write to each other privately."""
    return list(_objects("messages"))


@cache
def talks() -> list[Talk]:
    """Returns short conversations."""
    return [Talk(**values) for values in _objects("chat")]


@cache
def reviews() -> list[str]:
    """Returns film reviews of one line."""
    return [values["body"] for values in _objects("reviews")]


@cache
def words() -> Words:
    """Returns the single words."""
    return Words(**json.loads((_FOLDER / "words.json").read_text("utf-8")))


def _objects(name: str) -> Iterator[dict[str, Any]]:
    with (_FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
