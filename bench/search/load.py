"""Four readers and a writer at once, each a process of its own."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from multiprocessing import get_context

from bench.search import asking
from bench.search.engines import Place
from bench.search.posts import INDEX, Post

READERS = 4
SECONDS = 30
PAUSE = 0.05
"""Seconds between what a reader asks, so that it is the engine that is measured and not the queue for a processor."""
BATCH = 20
"""How many posts the writer puts each second."""

Taken = dict[str, list[float]]


def under_load(place: Place, asked: Sequence[str], begun: Sequence[str], fresh: Sequence[Post]) -> Taken:
    """Returns the milliseconds of what the readers asked and of what the writer put.

    Args:
        place: where the index is.
        asked: the queries, which the readers ask over and over.
        begun: beginnings of words, for suggestions.
        fresh: posts that are not in the index yet.
    """
    context = get_context("spawn")
    with context.Pool(READERS + 1) as pool:
        writer = pool.apply_async(_write, (place, list(fresh)))
        readers = [
            pool.apply_async(_read, (place, list(asked), list(begun), number)) for number in range(READERS)
        ]
        found = [reader.get() for reader in readers]
        return _joined([*found, {"put (20 posts)": writer.get()}])


def _read(place: Place, asked: list[str], begun: list[str], number: int) -> Taken:
    engine = place.open()
    taken: Taken = {name: [] for name in [*asking.WAYS, "suggest"]}
    first = number * len(asked) // READERS
    texts, starts = (itertools.cycle(each[first:] + each[:first]) for each in (asked, begun))
    until = time.monotonic() + SECONDS
    asking.timed(engine, asking.strictly, asked[:1])  # It opens the index.
    for text, beginning in zip(texts, starts, strict=False):
        for name, ask in asking.WAYS.items():
            taken[name] += asking.timed(engine, ask, [text])
        taken["suggest"] += asking.timed(engine, asking.suggestions, [beginning])
        time.sleep(PAUSE)
        if time.monotonic() > until:
            break
    return taken


def _write(place: Place, fresh: list[Post]) -> list[float]:
    engine = place.open()
    taken = []
    for first in range(0, min(len(fresh), SECONDS * BATCH), BATCH):
        start = time.perf_counter()
        engine.put_many(INDEX, [post.document for post in fresh[first : first + BATCH]])
        seconds = time.perf_counter() - start
        taken.append(seconds * 1000)
        time.sleep(max(1 - seconds, 0))
    return taken


def _joined(parts: Sequence[Taken]) -> Taken:
    found: Taken = {}
    for part in parts:
        for name, taken in part.items():
            found.setdefault(name, []).extend(taken)
    return found
