"""What the database can give while the engine does not answer: little, but at once."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Mention, Post, PostTag, Tag, User
from app.models.keyset import Page
from app.search import highlight, plan
from app.search.query import Either, Filter, Not, Part
from app.services import posts as posts_service
from app.services.search.filters import Asked
from app.services.search.naming import begins_like
from app.services.search.results import Results

LATEST = 3000
"""How many of the latest posts are looked through."""
_MOST_PARTS = 12


def posts(asked: Asked, viewer: Any, per_page: int) -> Results[Post]:
    """Returns the latest posts that hold the query's words just as they were typed, newest first."""
    latest = db.session.scalar(sa.select(sa.func.max(Post.id))) or 0
    conditions = (_meets(part, asked) for part in asked.query.parts[:_MOST_PARTS])
    held = [condition for condition in conditions if condition is not None] or [sa.false()]
    query = posts_service.shown_to(viewer).where(Post.id > latest - LATEST, *held)
    rows = list(
        db.session.scalars(query.order_by(Post.created_at.desc(), Post.id.desc()).limit(per_page)).unique()
    )
    marks = {row.id: highlight.spans(row.body, asked.query) for row in rows}
    text = asked.query.source.strip()
    return Results(text, Page(rows), marks, chips=asked.chips, notes=tuple(asked.notes), is_resting=True)


def named(text: str, model: Any, visible: sa.Select[Any], name: str, per_page: int) -> Results[Any]:
    """Returns people or tags whose key begins like a name, in the order of their keys."""
    key = model.username_key if model is User else model.key
    begins = begins_like(name) if model is User else key.startswith(name.casefold(), autoescape=True)
    query = visible.where(begins).order_by(key).limit(per_page)
    return Results(text, Page(list(db.session.scalars(query).unique())), is_resting=True)


def _meets(part: Part, asked: Asked) -> sa.ColumnElement[bool] | None:
    """Returns the condition that a part of the query makes, or None when it asks for nothing."""
    match part:
        case Filter():
            node = asked.resolve(part)
            return None if node is None else _condition(node)
        case Not(part=inner):
            excluded = _meets(inner, asked)
            return None if excluded is None else ~excluded
        case Either(parts=parts):
            found = [each for inner in parts if (each := _meets(inner, asked)) is not None]
            return sa.or_(*found) if found else None
    return Post.body.icontains(part.text, autoescape=True)


def _condition(node: plan.Node) -> sa.ColumnElement[bool]:
    """Returns what a filter asks for, in the database's words."""
    match node:
        case plan.Within(since, until):
            bounds = [Post.created_at >= datetime.fromtimestamp(since, UTC)] if since is not None else []
            bounds += [Post.created_at < datetime.fromtimestamp(until, UTC)] if until is not None else []
            return sa.and_(sa.true(), *bounds)
        case plan.Term(value):
            return _term(*value.split(":", 1))
        case plan.Terms(values):
            return sa.or_(*(_term(*value.split(":", 1)) for value in values))
        case plan.Some(()):
            return sa.false()
    return sa.true()


def _term(name: str, value: str) -> sa.ColumnElement[bool]:
    match name:
        case "from":
            return Post.author_id == int(value)
        case "to":
            called = sa.exists().where(Mention.post_id == Post.id, Mention.user_id == int(value))
            return sa.or_(called, Post.parent.has(Post.author_id == int(value)))
        case "tag":
            return sa.exists().where(PostTag.post_id == Post.id, PostTag.tag_id == Tag.id, Tag.key == value)
        case "lang":
            return Post.language == value
        case "is":
            return Post.parent_id.is_not(None)
    return Post.body.icontains("http")
