"""People by their names: whom a filter means, and who stands above the posts that a name finds."""

from typing import Any

import sqlalchemy as sa

from app import names, policy
from app.extensions import db
from app.models import User
from app.search import analysis, plan
from app.search.engine import Order, SearchDown
from app.search.query import Phrase, Query, Word
from app.services import users

SHOWN = 3
"""How many people stand above posts."""
_MOST_NAMESAKES = 50
_SPARE = 4  # So many times as many are fetched, because the viewer may not see all of them.
_MOST_WORDS = 4  # A name of more words is hardly one.


def namesakes(name: str, viewer: Any) -> list[int]:
    """Returns the ids of the listed members whose display name is this one, whatever its case and width.

    Several may have the same. While the engine is away, the spelling has to be the same.
    """
    asked = policy.listed_users(viewer).with_only_columns(User.id, User.display_name)
    try:
        hits = User.hits(plan.Plan(plan.Name(name)), limit=_MOST_NAMESAKES, order=Order.WEIGHT)
        asked = asked.where(User.id.in_([hit.id for hit in hits]))
    except SearchDown:
        asked = asked.where(User.display_name == name).limit(_MOST_NAMESAKES)
    rows = db.session.execute(asked.order_by(User.id)).all()
    return [row.id for row in rows if names.key(row.display_name) == names.key(name)]


def above(query: Query, viewer: Any) -> tuple[User, ...]:
    """Returns a few people whose username or display name begins like a query: those who have just this name first.

    A query that says more than a name has none, and of one syllable only those who have just this name.

    Raises:
        SearchDown: the engine cannot answer.
    """
    if not 0 < len(query.parts) <= _MOST_WORDS or not all(
        isinstance(part, Word | Phrase) for part in query.parts
    ):
        return ()
    name = query.text.lstrip("@＠")
    if not analysis.keys(name):
        return ()
    exact = _hits(plan.Name(name))
    places = {id: place for place, id in enumerate(exact)}
    if len(name) > 1:
        for id in _hits(plan.Start(name)):
            places.setdefault(id, len(places))
    rows = db.session.scalars(users.listed_to(viewer).where(User.id.in_(places))).unique() if places else ()
    return tuple(sorted(rows, key=lambda person: places[person.id])[:SHOWN])


def begins_like(name: str) -> sa.ColumnElement[bool]:
    """Returns whether a member's username or display name begins like this, for the database alone."""
    folded = names.key(name)
    is_shown = User.display_name.istartswith(name, autoescape=True)
    return sa.or_(User.username_key.startswith(folded, autoescape=True), is_shown)


def _hits(gate: plan.Node) -> list[int]:
    hits = User.hits(plan.Plan(gate), limit=SHOWN * _SPARE, order=Order.WEIGHT)
    return [hit.id for hit in hits]
