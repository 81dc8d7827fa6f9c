"""Anything may be typed: each query goes the whole way of a search, and nothing may fail or take a second."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import nlargest
from random import Random

from app.search import plan
from app.search.analysis import Reading
from app.search.engine import Engine, Order
from app.search.query import parse
from bench.search import engines, posts, report, site
from tests.search.fuzz import queries

LIMIT = 1.0
"""Seconds that no query may take."""
_WORDS = 5_000
_OPERATORS = {name: name for name in ("from", "since", "until", "lang", "has", "is")} | {"작성자": "from"}


def run(options: argparse.Namespace) -> None:
    """Asks each engine everything, and prints what failed and what took longest."""
    sample = posts.sample(options.data, options.posts, options.seed)
    words = sorted({word for post in sample[:_WORDS] for word in Reading(post.text).words})
    with ExitStack() as stack:
        for name in engines.asked(options):
            engine = stack.enter_context(engines.place(name, options)).open()
            engines.filled(engine, sample)
            _fuzz(engine, list(queries(options.seed, options.queries, words)))


def _fuzz(engine: Engine, texts: list[str]) -> None:
    taken: list[tuple[float, str, str]] = []
    failures: list[str] = []
    for number, text in enumerate(texts):
        start = time.perf_counter()
        last = "parse"
        try:
            for last in _ways(engine, text, Random(number)):
                now = time.perf_counter()
                taken.append((now - start, last, text))
                start = now
        except Exception as error:
            failures.append(f"after {last}: {text[:120]!r}: {error!r}"[:400])
    slow = sum(seconds > LIMIT for seconds, _, _ in taken)
    print(f"{engine.name}: {len(texts):,} queries, {len(failures)} failed, {slow} steps took a second")
    for failure in failures[:20]:
        print(f"  {failure}")
    slowest = [
        [f"{seconds * 1000:.0f}", step, ascii(text[:40])[:80]] for seconds, step, text in nlargest(10, taken)
    ]
    report.table("slowest", ("ms", "step", "query"), slowest)


def _ways(engine: Engine, text: str, chance: Random) -> Iterator[str]:
    """Does one step of a search after the other, and tells each when it is done."""
    query = parse(text, _OPERATORS)
    exact, loose = plan.strict(query, site.resolve, {}), plan.near(query, site.resolve, {})
    yield "parse and plan"
    order = chance.choice(list(Order))
    hits = engine.search(posts.INDEX, exact, limit=site.PAGE, order=order)
    yield f"strict by {order.value}"
    if hits:
        engine.search(posts.INDEX, exact, limit=site.PAGE, order=order, after=hits[-1])
        yield "next page"
    engine.search(posts.INDEX, loose, limit=site.PAGE)
    yield "near"
    engine.suggest(posts.INDEX, text, limit=8)
    yield "suggest"
    engine.similar(posts.INDEX, query.words[0].text if query.words else text, limit=5)
    yield "similar"
    engine.search(posts.INDEX, plan.named(text), limit=site.PAGE, order=Order.WEIGHT)
    yield "named"
