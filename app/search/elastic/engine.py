"""Search in Elasticsearch, version 9, with its Korean analysis (analysis-nori)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from app.search.elastic import build, documents, queries
from app.search.elastic.build import ElasticBuild
from app.search.elastic.checkup import check_up
from app.search.elastic.connection import Account, Connection
from app.search.elastic.generation import Current
from app.search.elastic.names import Names
from app.search.elastic.vocabulary import Vocabulary
from app.search.engine import Document, Health, Hit, Mark, NotReady, Order
from app.search.plan import EVERYTHING, Node, Plan
from app.search.tuning import Tuning


class ElasticEngine:
    """The engine over an Elasticsearch cluster; see ``Engine``.

    Args:
        url: the address of a node, or of what stands before several; it may hold a user name and a password.
        prefix: with which the names of the site's indices begin.
        indexes: their names.
        worded: those of them whose words are suggested.
        username: who we are, where the address does not say so; None where the server asks nobody.
        password: of that user.
        api_key: instead of both, a key as ``POST _security/api_key`` returns it in ``encoded``.
        ca_file: path of the certificates that are trusted, or None for those of the system.
        patience: seconds that a reader waits.
        write_patience: seconds that writing and commands wait.
    """

    name = "elasticsearch"

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "hanmadi",
        indexes: Sequence[str],
        worded: Sequence[str] = (),
        username: str | None = None,
        password: str | None = None,
        api_key: str | None = None,
        ca_file: str | None = None,
        patience: float = 0.5,
        write_patience: float = 30.0,
    ) -> None:
        self._connection = Connection(
            url,
            Account(username, password, api_key),
            ca_file=ca_file,
            patience=patience,
            write_patience=write_patience,
        )
        self._names = Names(prefix, tuple(indexes), tuple(worded))
        self._current = Current(self._connection, self._names)
        self._words = {
            index: Vocabulary(self._connection, self._names.alias(index), self._names.words(index))
            for index in worded
        }
        self._has_nori = False

    def put_many(self, index: str, documents_: Sequence[Document]) -> None:
        """Adds documents or replaces them; see ``Engine.put_many``."""
        if not documents_:
            return
        alias = self._names.alias(index)
        with self._connection.working() as client:
            own = self._current.look(client).own
            actions = [documents.put(document, own) for document in documents_]
            documents.send(client, alias, actions)
            client.indices.refresh(index=alias)
            if index in self._words:
                self._words[index].note(client, documents.words(actions))

    def drop_many(self, index: str, gone: Sequence[tuple[int, int]]) -> None:
        """Takes out documents; see ``Engine.drop_many``."""
        if not gone:
            return
        alias = self._names.alias(index)
        with self._connection.working() as client:
            documents.send_drops(client, alias, gone)
            client.indices.refresh(index=alias)

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
        asked = queries.request(plan, order, limit, after, now) | {
            # Copies of an index count a little differently: the pages of one search come from the same copy.
            "preference": f"of {zlib.crc32(plan.text.encode())}",
            "timeout": self._connection.deadline,
        }
        with self._connection.reading() as client:
            return [_hit(one, order) for one in self._find(client, index, asked)]

    def suggest(self, index: str, start: str, *, limit: int, within: Node = EVERYTHING) -> list[str]:
        """Returns words that begin like this; see ``Engine.suggest``."""
        return self._words[index].suggest(start, limit, within)

    def similar(self, index: str, word: str, *, limit: int, within: Node = EVERYTHING) -> list[str]:
        """Returns words that somebody may have meant; see ``Engine.similar``."""
        return self._words[index].similar(word, limit, within)

    def explain(self, index: str, plan: Plan, id: int) -> str:
        """Returns how a document's score comes about; see ``Engine.explain``."""
        with self._connection.working() as client:
            try:
                answer = client.explain(
                    index=self._names.alias(index), id=str(id), query=queries.ranked(plan, now=0)
                )
            except NotFoundError as error:
                if isinstance(error.body, dict) and "error" not in error.body:
                    return ""  # There is an index, but no such document in it.
                raise
            return "\n".join(_told(answer["explanation"])) if answer["matched"] else ""

    def revisions(self, index: str, after: int, limit: int) -> list[tuple[int, int]]:
        """Returns ids behind ``after`` with their revisions; see ``Engine.revisions``."""
        asked = {
            "query": {"range": {"id": {"gt": after}}},
            "sort": [{"id": "asc"}],
            "size": min(limit, queries.MOST_HITS),
            "version": True,
            "track_total_hits": False,
        }
        with self._connection.working() as client:
            return [(hit["sort"][0], hit["_version"]) for hit in self._find(client, index, asked)]

    def writing(self) -> AbstractContextManager[None]:
        """Lets anybody write: Elasticsearch itself keeps the revisions apart."""
        return nullcontext()

    def tuning(self) -> Tuning:
        """Returns the site's own words; see ``Engine.tuning``."""
        return self._current.glance().tuning

    def build(self, tuning: Tuning, name: str | None = None) -> ElasticBuild:
        """Begins a new generation, or goes on with one; see ``Engine.build``."""
        if not self._has_nori:
            with self._connection.working() as client:
                build.require_nori(client)
            self._has_nori = True
        begun = build.resume(self._connection, self._names, self._current, name) if name else None
        return begun or build.begin(self._connection, self._names, self._current, tuning)

    def generation(self) -> str | None:
        """Returns the name of the generation that answers; see ``Engine.generation``."""
        try:
            with self._connection.working() as client:
                return self._current.look(client).name
        except NotReady:
            return None

    def mark(self, *, glance: bool = False) -> Mark | None:
        """Returns the mark of the generation that answers; see ``Engine.mark``."""
        name = self._current.glance().name if glance else None
        with self._connection.reading() as client:
            asked = client.options(ignore_status=404)
            found = asked.get(index=self._names.marks, id=name or self._current.look(client).name).body
        return Mark(found["_version"], found["_source"]["token"]) if found.get("found") else None

    def set_mark(self, mark: Mark) -> None:
        """Marks the generation that answers; see ``Engine.set_mark``."""
        with self._connection.working() as client:
            build.write_mark(client, self._names, self._current.look(client).name, mark)

    def discard(self) -> None:
        """Lets no generation answer until a new one is built."""
        with self._connection.working() as client:
            build.discard(client, self._names)
        self._current.forget()

    def health(self) -> Health:
        """Tells how the cluster and the indices are; see ``Engine.health``."""
        return check_up(self._connection, self._names, self._current)

    def _find(self, client: Elasticsearch, index: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        answer = client.search(index=self._names.alias(index), allow_partial_search_results=False, **asked)
        found: list[dict[str, Any]] = answer["hits"]["hits"]
        return found


def _hit(found: dict[str, Any], order: Order) -> Hit:
    score = found["sort"][0] if order is Order.RELEVANCE else 0.0
    return Hit(found["fields"]["id"][0], float(score), found["sort"][-1])


def _told(account: dict[str, Any], depth: int = 0) -> list[str]:
    lines = [f"{'  ' * depth}{account['value']:.4g}  {account['description']}"]
    for detail in account.get("details", ()):
        lines += _told(detail, depth + 1)
    return lines
