"""The engines under test: the embedded one, and Elasticsearch where TEST_ELASTICSEARCH_URL names one."""

from __future__ import annotations

import itertools
import os
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from app.search.elastic import ElasticEngine
from app.search.embedded import EmbeddedEngine
from app.search.embedded.index import FRESH
from app.search.engine import Build, Document, Engine, Hit, Mark, Order
from app.search.plan import Node, Plan, Term, near, strict
from app.search.query import Filter, parse
from app.search.tuning import Tuning

ELASTICSEARCH = os.environ.get("TEST_ELASTICSEARCH_URL", "")
INDEXES, WORDED = ("post", "user", "tag"), ("post",)
NOW = 1_800_000_000
GONE = 10**9
_ids = itertools.count(1)


def filtered(asked: Filter) -> Node:
    """Returns what the tests' filters ask for: ``lang:ko`` is the term of that name."""
    return Term(f"{asked.name}:{asked.value}")


def plan_of(text: str, synonyms: Mapping[str, tuple[str, ...]] | None = None) -> Plan:
    """Returns the strict plan of what somebody typed."""
    return strict(parse(text, {"lang": "lang"}), filtered, synonyms or {})


def near_plan_of(text: str) -> Plan:
    """Returns the plan of near matches."""
    return near(parse(text, {"lang": "lang"}), filtered, {})


class Posts:
    """The posts of one test: written by their text, found by their text.

    Args:
        engine: which keeps them.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.texts: dict[int, str] = {}

    def document(self, text: str, *, age: int = 0, revision: int = 1) -> Document:
        """Returns a document with an id that no other test has."""
        id = next(_ids)
        self.texts[id] = text
        return Document(id, revision, NOW - age, text)

    def put(self, *texts: str, age: int = 0, **more: object) -> list[Document]:
        """Puts documents, each written after the one before, and returns them."""
        made = [self.document(text, age=age)._replace(**more) for text in texts]  # type: ignore[arg-type]
        self.engine.put_many("post", made)
        return made

    def drop(self, *documents: Document) -> None:
        """Takes documents out."""
        self.engine.drop_many("post", [(document.id, document.revision) for document in documents])

    def find(self, text: str, order: Order = Order.RELEVANCE) -> list[str]:
        """Returns the texts that somebody finds who types this, in their order."""
        return self.texts_of(self.hits(plan_of(text), order=order))

    def hits(
        self,
        plan: Plan,
        *,
        limit: int = 50,
        order: Order = Order.RELEVANCE,
        after: Hit | None = None,
    ) -> list[Hit]:
        """Returns what a plan finds."""
        return self.engine.search("post", plan, limit=limit, order=order, after=after, now=NOW)

    def match(self, node: Node) -> set[str]:
        """Returns the texts that a node matches."""
        return set(self.texts_of(self.hits(Plan(node), order=Order.NEWEST)))

    def texts_of(self, hits: Sequence[Hit]) -> list[str]:
        """Returns the texts of hits."""
        return [self.texts[hit.id] for hit in hits]

    def clear(self) -> None:
        """Takes out all of them."""
        if self.texts:
            self.engine.drop_many("post", [(id, GONE) for id in self.texts])


def fresh_build(engine: Engine, tuning: Tuning | None = None) -> Build:
    """Returns a new generation of an engine."""
    return engine.build(tuning or Tuning())


def answer(engine: Engine, build: Build) -> None:
    """Lets a generation answer, and waits until readers have seen it."""
    build.prepare()
    build.finish(Mark(1, "test"))
    if engine.name == "embedded":
        time.sleep(1.2 * FRESH)


def remove(url: str, prefix: str) -> None:
    """Removes the indices with a prefix."""
    with Elasticsearch(url) as client:
        if made := list(client.indices.get(index=f"{prefix}-*", expand_wildcards="all")):
            client.indices.delete(index=made)


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """The address of a real Elasticsearch that the tests may fill."""
    if not ELASTICSEARCH:
        if os.environ.get("CI"):
            pytest.fail("CI has to prove Elasticsearch: set TEST_ELASTICSEARCH_URL.")
        pytest.skip("Set TEST_ELASTICSEARCH_URL; tests/servers/elasticsearch/elasticsearch start prints one.")
    return ELASTICSEARCH


@pytest.fixture(scope="session")
def prefix(elasticsearch_url: str) -> Iterator[str]:
    """A prefix of indices that are removed at the end."""
    prefix = f"test-{uuid.uuid4().hex[:10]}"
    yield prefix
    remove(elasticsearch_url, prefix)


@pytest.fixture(scope="session", params=["embedded", "elasticsearch"])
def made_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Each engine once, with an empty generation."""
    engine: Engine
    if request.param == "embedded":
        folder: Path = tmp_path_factory.mktemp("search")
        engine = EmbeddedEngine(folder, indexes=INDEXES, worded=WORDED)
    else:
        url, prefix = request.getfixturevalue("elasticsearch_url"), request.getfixturevalue("prefix")
        # The machine of the tests is small and busy; what patience does is proven in test_elastic.py.
        engine = ElasticEngine(url, prefix=prefix, indexes=INDEXES, worded=WORDED, patience=10)
    answer(engine, fresh_build(engine))
    return engine


@pytest.fixture
def engine(made_engine: Engine) -> Engine:
    """Each of the engines, which answers."""
    return made_engine


@pytest.fixture
def posts(engine: Engine) -> Iterator[Posts]:
    """An engine without posts, and what the test puts there."""
    posts = Posts(engine)
    yield posts
    posts.clear()
