"""Whatever somebody types is answered, and in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random

from app.search import plan
from app.search.engine import Engine, Order
from app.search.highlight import spans
from app.search.query import parse
from app.services import texts
from tests.search.conftest import NOW, Posts, filtered
from tests.search.fuzz import queries

SEED, QUERIES = 2026, 500
SLOW = 1.0
"""Seconds: no query may take that long."""
OPERATORS = {"from": "from", "lang": "lang", "has": "has", "작성자": "from"}


def written() -> list[str]:
    """Returns some hundred Korean texts: the demo's own posts, talks and reviews."""
    return [
        *(post["body"] for post in texts.posts()),
        *(talk.question for talk in texts.talks()[:100]),
        *texts.reviews()[:100],
    ]


def steps(engine: Engine, typed: str, text: str) -> Iterator[str]:
    """Does one thing after the other that a search does, and tells each when it is done."""
    query = parse(typed, OPERATORS)
    exact, loose = plan.strict(query, filtered, {}), plan.near(query, filtered, {})
    for order in Order:
        hits = engine.search("post", exact, limit=10, order=order, now=NOW)
        yield f"strict by {order.value}"
        if hits:
            engine.search("post", exact, limit=10, order=order, after=hits[-1], now=NOW)
            yield f"next page by {order.value}"
    engine.search("post", loose, limit=10, now=NOW)
    yield "near"
    engine.suggest("post", typed, limit=6)
    yield "suggest"
    engine.similar("post", query.words[0].text if query.words else typed, limit=1)
    yield "similar"
    engine.search("post", plan.named(typed), limit=3, order=Order.WEIGHT)
    yield "named"
    marks = spans(text, query)
    edges = [edge for span in marks for edge in span]
    assert edges == sorted(set(edges)) and all(0 <= edge <= len(text) for edge in edges)
    yield "highlight"


def test_no_query_fails_and_none_takes_a_second(posts: Posts) -> None:
    bodies = written()
    posts.put(*bodies)
    words = sorted({word for body in bodies for word in body.split()})
    chance = Random(SEED)
    failed, slow = [], []
    for typed in queries(SEED, QUERIES, words):
        done, began = "", time.perf_counter()
        try:
            for done in steps(posts.engine, typed, chance.choice(bodies)):
                now = time.perf_counter()
                if now - began > SLOW:
                    slow.append((ascii(typed[:80]), done, now - began))
                began = now
        except Exception as error:  # What failed is told once all have been tried.
            failed.append((ascii(typed[:120]), f"after {done}", repr(error)[:200]))
    assert failed == []
    assert slow == []
