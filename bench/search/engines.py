"""The engines that are measured, each with an index that is removed again unless it is to be kept."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from elasticsearch import Elasticsearch

from app.search.elastic import ElasticEngine
from app.search.embedded import EmbeddedEngine
from app.search.engine import Engine, Mark
from app.search.tuning import Tuning
from bench.search.posts import INDEX, Post, pieces

NAMES = ("embedded", "elasticsearch")
_PATIENCE = 10  # Seconds: what takes longer than the site would wait is to be measured, not refused.


@dataclass(frozen=True)
class Place:
    """Where an engine keeps its index, in words that another process understands.

    Attributes:
        kind: one of ``NAMES``.
        where: a folder, or the address of a server.
        prefix: of the names there.
    """

    kind: str
    where: str
    prefix: str = ""

    def open(self) -> Engine:
        """Returns an engine over it."""
        if self.kind == "embedded":
            return EmbeddedEngine(Path(self.where), indexes=(INDEX,), worded=(INDEX,))
        return ElasticEngine(
            self.where, prefix=self.prefix, indexes=(INDEX,), worded=(INDEX,), patience=_PATIENCE
        )

    def size(self) -> int:
        """Returns how many bytes the index takes on disk."""
        if self.kind == "embedded":
            return sum(file.stat().st_size for file in Path(self.where).rglob("*") if file.is_file())
        with Elasticsearch(self.where) as client:
            stats = client.indices.stats(index=f"{self.prefix}-*", metric="store")
            return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])

    def remove(self) -> None:
        """Removes what stands on the server; a folder goes with the one around it."""
        if self.kind == "elasticsearch":
            with Elasticsearch(self.where) as client:
                found = list(client.indices.get(index=f"{self.prefix}-*"))
                client.indices.delete(index=found) if found else None


def asked(options: argparse.Namespace) -> Sequence[str]:
    """Returns the names of the engines that were asked for."""
    return NAMES if options.engine == "both" else (options.engine,)


@contextmanager
def place(kind: str, options: argparse.Namespace) -> Iterator[Place]:
    """Gives a place for an index of this run; with ``--keep`` it stays, and the next such run finds it."""
    texts = "mixed" if options.command == "quality" else "korean"
    prefix = f"bench-{texts}-{options.posts}-{options.seed}"
    with tempfile.TemporaryDirectory(prefix="hanmadi-bench-") as folder:
        where = options.cache / prefix if options.keep else Path(folder)
        made = Place(kind, str(where) if kind == "embedded" else options.elasticsearch, prefix)
        try:
            yield made
        finally:
            if not options.keep:
                made.remove()


def fill(engine: Engine, posts: Sequence[Post]) -> tuple[float, float]:
    """Makes the index and returns the seconds it took, of the clock and of this process."""
    start, own = time.perf_counter(), time.process_time()
    with closing(engine.build(Tuning())) as build:
        for piece in pieces(posts):
            build.put(INDEX, piece)
        build.prepare()
        build.finish(Mark(1, "bench"))
    return time.perf_counter() - start, time.process_time() - own


def filled(engine: Engine, posts: Sequence[Post]) -> tuple[float, float] | None:
    """Makes the index and returns what ``fill`` does, or None when it was there."""
    health = engine.health()
    if health.documents.get(INDEX, 0) >= len(posts) and not health.is_stale:
        return None
    return fill(engine, posts)
