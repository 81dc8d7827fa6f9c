"""The words of an index's texts, kept in an index beside it: what is suggested and corrected to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import compress, starmap
from typing import Any

from elasticsearch import Elasticsearch

from app.search import analysis, hangul
from app.search.elastic import documents, failures
from app.search.elastic.connection import Connection
from app.search.elastic.queries import Clause, clause
from app.search.many import Crew
from app.search.plan import Every, HasWord, Node

_ROUNDS = (
    3,
    30,
)  # So many times the words that are asked for are looked at, while too many of them are gone.
_NEAR = 1000  # Of so many words within reach, the nearest and most used are chosen.
_REACH = 2  # Keystrokes.
_COUNTED_AT_ONCE = 2000  # A cluster gives 65,536 numbers in an answer, and reads a request whole into memory.
_PAGE = 30_000  # Words at once: a cluster counts up to 65,536, and looks at all texts for each page.


class Vocabulary:
    """Answers from the words of an index.

    Args:
        connection: the way to the server.
        texts: the alias of the index.
        words: that of the index of its words.
    """

    def __init__(self, connection: Connection, texts: str, words: str) -> None:
        self._connection = connection
        self._texts, self._words = texts, words

    def suggest(self, start: str, limit: int, within: Node) -> list[str]:
        """Returns words that begin like this; see ``Engine.suggest``."""
        typed = analysis.start(start)
        if not typed or limit < 1:
            return []
        query: Clause = {"term": {"start": documents.sendable(typed)}}
        alive: list[str] = []
        for times in _ROUNDS:
            found = self._find(query, limit * times)
            alive = self._alive(found, within)
            if len(alive) >= limit or len(found) < limit * times:
                break
        return alive[:limit]

    def similar(self, word: str, limit: int, within: Node) -> list[str]:
        """Returns words that somebody may have meant; see ``Engine.similar``."""
        keys = analysis.keys(word)
        if not keys or limit < 1:
            return []
        near = {"value": documents.sendable(keys), "fuzziness": _REACH, "max_expansions": _NEAR}
        found = self._find({"fuzzy": {"keystrokes": near}}, _NEAR)
        # The sort keeps what is as near in the order in which it was found, the most used first.
        found.sort(key=lambda other: hangul.distance(keys, hangul.jamo(other), _REACH))
        return self._alive(found[: limit * _ROUNDS[-1]], within)[:limit]

    def note_all(self, client: Elasticsearch) -> None:
        """Counts how many documents have each word, of all texts, and keeps it.

        Args:
            client: as ``Connection.working`` gives it.
        """
        crew: Crew[tuple[str, int], None] = Crew(self._keep)
        with closing(crew):
            for _ in crew.work(list(self._counted(client))):
                pass
        client.indices.refresh(index=self._words)

    def note(self, client: Elasticsearch, words: Iterable[str]) -> None:
        """Counts how many documents have these words, and keeps it.

        Args:
            client: as ``Connection.working`` gives it.
            words: of documents that have just been put.
        """
        noted = sorted(words)
        if not noted:
            return
        counts: list[int] = []
        for first in range(0, len(noted), _COUNTED_AT_ONCE):
            counts += self._count(client, noted[first : first + _COUNTED_AT_ONCE])
        self._keep(zip(noted, counts, strict=True))
        client.indices.refresh(index=self._words)

    def _keep(self, counted: Iterable[tuple[str, int]]) -> None:
        with self._connection.working() as client:
            documents.send(client, self._words, starmap(documents.put_word, counted))

    def _find(self, query: Clause, limit: int) -> list[str]:
        with self._connection.reading() as client:
            answer = client.search(
                index=self._words,
                query=query,
                sort=[{"weight": "desc"}, {"word": "asc"}],
                size=limit,
                track_total_hits=False,
                docvalue_fields=["word"],  # type: ignore[list-item]
                stored_fields="_none_",
                timeout=self._connection.deadline,
                allow_partial_search_results=False,
            )
            return [hit["fields"]["word"][0] for hit in answer["hits"]["hits"]]

    def _alive(self, found: Sequence[str], within: Node) -> list[str]:
        """Returns those words that a document has which matches a node: those of dropped documents stay behind."""
        if not found:
            return []
        with self._connection.reading() as client:
            queries = [clause(Every((HasWord(word), within))) for word in found]
            return list(compress(found, self._match_any(client, queries)))

    def _match_any(self, client: Elasticsearch, queries: Sequence[Clause]) -> Iterator[bool]:
        """Returns for each query whether it finds one document; the search ends with that one."""
        first = {"size": 0, "track_total_hits": 1, "terminate_after": 1}
        searches: list[dict[str, Any]] = []
        for query in queries:
            searches += {"allow_partial_search_results": False}, {"query": query, **first}
        for answer in client.msearch(index=self._texts, searches=searches)["responses"]:
            if "error" in answer:
                raise failures.part_down(self._connection.where, answer)
            yield answer["hits"]["total"]["value"] > 0

    def _count(self, client: Elasticsearch, words: Sequence[str]) -> Iterator[int]:
        """Returns how many documents have each word; a search for each would take several times as long."""
        counted = {"filters": {"filters": [clause(HasWord(word)) for word in words]}}
        answer = client.search(
            index=self._texts,
            size=0,
            track_total_hits=False,
            aggs={"words": counted},
            allow_partial_search_results=False,
        )
        for bucket in answer["aggregations"]["words"]["buckets"]:
            yield bucket["doc_count"]

    def _counted(self, client: Elasticsearch) -> Iterator[tuple[str, int]]:
        pages: dict[str, Any] = {"sources": [{"word": {"terms": {"field": "word"}}}], "size": _PAGE}
        while True:
            answer = client.search(index=self._texts, size=0, aggs={"words": {"composite": pages}})
            found = answer["aggregations"]["words"]
            yield from ((bucket["key"]["word"], bucket["doc_count"]) for bucket in found["buckets"])
            if "after_key" not in found:
                return
            pages["after"] = found["after_key"]
