"""Searching as the site does."""

from __future__ import annotations

from app.search import plan
from app.search.engine import Engine, Hit, Order
from app.search.plan import Node, Plan
from app.search.query import Filter, Query, parse
from bench.search.posts import INDEX

PAGE = 10
FEW = 5
"""With fewer hits than this, near matches follow."""
_MANY = 10_000


def resolve(asked: Filter) -> Node:
    """Returns what a filter asks for; there is none but the hashtag."""
    return plan.Term(f"{asked.name}:{asked.value}")


def strict(text: str) -> Plan:
    """Returns the plan of what somebody typed."""
    return plan.strict(parse(text, {}), resolve, {})


def everything(engine: Engine, asked: Plan) -> set[int]:
    """Returns the ids of all that a plan finds."""
    found: set[int] = set()
    after: Hit | None = None
    while hits := engine.search(INDEX, asked, limit=_MANY, order=Order.NEWEST, after=after):
        found.update(hit.id for hit in hits)
        after = hits[-1]
        if len(hits) < _MANY:
            break
    return found


def first_page(engine: Engine, text: str, now: int) -> list[int]:
    """Returns the ids that somebody sees first: what fits strictly, and near matches where that is little."""
    query = parse(text, {})
    hits = engine.search(INDEX, plan.strict(query, resolve, {}), limit=PAGE, now=now)
    return [hit.id for hit in [*hits, *_near(engine, query, PAGE - len(hits), now)]]


def _near(engine: Engine, query: Query, room: int, now: int) -> list[Hit]:
    if room <= PAGE - FEW:
        return []
    return engine.search(INDEX, plan.near(query, resolve, {}), limit=room, now=now)
