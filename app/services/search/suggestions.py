"""Suggestions while somebody types: words of posts, people, tags."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app import policy
from app.extensions import db
from app.models import Post, Tag, User
from app.models.search_marks import trusted
from app.search import analysis, plan
from app.search.engine import Order, SearchDown
from app.services import users
from app.services.search.budget import Budget
from app.services.search.filters import visible_to

WORDS, PEOPLE, TAGS = 6, 3, 3
"""How many of each are suggested."""
_SPARE = 4  # So many times as many are fetched, because the viewer may not see all of them.
MOST_TYPED = 60
"""A longer last word is nothing that a suggestion could complete."""


@dataclass(frozen=True)
class Suggestions:
    """What may be meant.

    Attributes:
        words: whole queries: what was typed, with its last word completed.
        people: members whose name begins like the last word.
        tags: tags that begin like it.
    """

    words: tuple[str, ...] = ()
    people: tuple[User, ...] = ()
    tags: tuple[Tag, ...] = ()


def suggest(text: str, viewer: Any) -> Suggestions:
    """Returns what somebody may be typing; nothing while the engine does not answer.

    Args:
        text: what was typed so far; the last syllable may be unfinished.
        viewer: who types.
    """
    before, last = _split(text)
    name = last.lstrip("@#")
    if not name or len(name) > MOST_TYPED:
        return Suggestions()
    budget = Budget()
    try:
        trusted()
        budget.require()
        words = () if last[0] in "@#" else _words(before, last, viewer)
        people = () if last[0] == "#" or budget.is_spent else _people(name, viewer)
        tags = () if last[0] == "@" or budget.is_spent else _tags(name, viewer)
    except SearchDown as error:
        current_app.logger.info("No suggestions", extra={"reason": str(error)})
        return Suggestions()
    return Suggestions(words, people, tags)


def typed(word: str, text: str) -> int:
    """Returns how many characters at the beginning of a suggestion were typed; an unfinished syllable is one."""
    for start in (text.strip(), *text.split()[-1:]):
        keys = analysis.keys(start.lstrip("#@"))
        ends = (end for end in range(1, len(word) + 1) if analysis.keys(word[:end]).startswith(keys))
        if keys and (end := next(ends, 0)):
            return end
    return 0


def _split(text: str) -> tuple[str, str]:
    """Returns what stands before the last word, and that word; nothing once a blank has ended it."""
    if text != text.rstrip():
        return text, ""
    words = text.rsplit(maxsplit=1)
    last = words[-1] if words else ""
    return text.removesuffix(last), last


def _words(before: str, last: str, viewer: Any) -> tuple[str, ...]:
    found = trusted().suggest(Post.__tablename__, last, limit=WORDS, within=visible_to(viewer))
    return tuple(before + word for word in found)


def _people(name: str, viewer: Any) -> tuple[User, ...]:
    return tuple(_named(User, name, users.listed_to(viewer), PEOPLE))


def _tags(name: str, viewer: Any) -> tuple[Tag, ...]:
    return tuple(_named(Tag, name, policy.visible_tags(viewer), TAGS))


def _named(model: Any, name: str, visible: sa.Select[Any], limit: int) -> list[Any]:
    """Returns what begins like a name and the viewer may see, the weightiest first."""
    hits = model.hits(plan.named(name), limit=limit * _SPARE, order=Order.WEIGHT)
    places = {hit.id: place for place, hit in enumerate(hits)}
    rows = db.session.scalars(visible.where(model.id.in_(places))).unique() if places else ()
    return sorted(rows, key=lambda row: places[row.id])[:limit]
