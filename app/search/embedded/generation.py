"""One generation of the embedded engine: its indexes, and the words of their texts beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from tantivy import Query

from app.search import analysis, hangul
from app.search.embedded.index import SMALL_HEAP, TantivyIndex
from app.search.embedded.queries import every
from app.search.embedded.schema import Cut, cut, lay_out, lay_out_word, word_id
from app.search.engine import Document
from app.search.many import Crew
from app.search.morphemes import OwnWords
from app.search.plan import HasWord, Node, Start
from app.search.tuning import Tuning

_ROUNDS = (4, 16, 64)  # How many times as many words as are asked for are looked at, while too many are gone.
_DISTANCE = 2


class Generation:
    """All indexes, made from one state of the analysis.

    Args:
        name: what it is called.
        folder: where it is kept; None keeps it in memory.
        indexes: the names of its indexes.
        worded: those whose words are suggested.
        tuning: the site's own words.
    """

    def __init__(
        self, name: str, folder: Path | None, indexes: Iterable[str], worded: Iterable[str], tuning: Tuning
    ) -> None:
        self.name = name
        self.tuning = tuning
        self.own = OwnWords(tuning.words)
        self.crew: Crew[str, list[Cut]] = Crew(self._cut)
        self.texts = {index: self._open(folder, index) for index in indexes}
        self.words = {index: self._open(folder, f"{index}.words") for index in worded}

    def put(self, index: str, documents: Sequence[Document], heap: int = SMALL_HEAP) -> set[str]:
        """Adds documents or replaces older revisions of them, and returns their words."""
        texts = self.texts[index]
        standing = texts.values("revision", [document.id for document in documents])
        newer = [document for document in documents if standing.get(document.id, 0) <= document.revision]
        latest = list({document.id: document for document in newer}.values())
        found: set[str] = set()
        # Begun before the index is locked: the processes would keep the lock, and stay longer than this.
        texts_cut = self.crew.work([document.text for document in latest])
        with texts.changing(heap) as writer:
            texts.delete(writer, standing.keys() & {document.id for document in latest})
            for document, text in zip(latest, chain.from_iterable(texts_cut), strict=True):
                writer.add_document(lay_out(document, text))
                found |= text.words
        return found

    def drop(self, index: str, gone: Iterable[tuple[int, int]]) -> None:
        """Takes out documents unless a newer revision stands there."""
        revisions = dict(gone)
        texts = self.texts[index]
        standing = texts.values("revision", revisions)
        ids = [id for id, revision in standing.items() if revision <= revisions[id]]
        if ids:
            with texts.changing() as writer:
                texts.delete(writer, ids)

    def note_words(self, index: str, found: Iterable[str]) -> None:
        """Lets words be suggested, each with the number of documents that have it."""
        if index not in self.words:
            return
        searcher = self.texts[index].searcher()
        self.write_words(index, {word: searcher.doc_freq("word", word) for word in found})

    def write_words(self, index: str, counted: dict[str, int]) -> None:
        """Stores how many documents have a word, where that makes a difference."""
        words = self.words[index]
        standing = words.values("weight", [word_id(word) for word in counted])
        news = [word for word, count in counted.items() if _differs(standing.get(word_id(word), 0), count)]
        if news:
            with words.changing() as writer:
                words.delete(writer, [word_id(word) for word in news])
                for word in news:
                    writer.add_document(lay_out_word(word, counted[word]))

    def suggest(self, index: str, start: str, limit: int, within: Node) -> list[str]:
        """Returns words that begin like this, and that a document has that matches ``within``."""
        words = self.words[index]
        query = words.translator.node(Start(start))
        alive: dict[str, None] = {}
        for times in _ROUNDS:
            candidates = self._words(index, query, limit * times)
            alive |= dict.fromkeys(self._alive(index, candidates, within, limit))
            if len(alive) >= limit or len(candidates) < limit * times:
                break
        return list(alive)[:limit]

    def similar(self, index: str, word: str, limit: int, within: Node) -> list[str]:
        """Returns words at most two keystrokes away, the nearest first, that a document has that matches ``within``."""
        words = self.words[index]
        keys = analysis.keys(word)
        near = Query.fuzzy_term_query(words.schema, "keystrokes", keys, distance=_DISTANCE)
        candidates = self._words(index, near, limit * _ROUNDS[1])
        ranked = sorted(candidates, key=lambda other: hangul.distance(keys, hangul.jamo(other), _DISTANCE))
        return self._alive(index, ranked, within, limit)

    def _words(self, index: str, query: Query, limit: int) -> list[str]:
        """Returns the most used of the words that a query finds."""
        words = self.words[index]
        searcher = words.searcher()
        found = words.top(searcher, query, limit, order_by_field="weight")
        return [str(searcher.doc(address).get_first("name")) for address in found]

    def _alive(self, index: str, candidates: Iterable[str], within: Node, limit: int) -> list[str]:
        """Returns the first of the words that a document has; what only deleted ones had is still counted."""
        texts = self.texts[index]
        searcher, allowed = texts.searcher(), texts.translator.node(within)
        alive: list[str] = []
        for word in candidates:
            query = every([texts.translator.node(HasWord(word)), allowed])
            if searcher.search(query, 1, count=False).hits:
                alive.append(word)
                if len(alive) == limit:
                    break
        return alive

    def _cut(self, texts: Sequence[str]) -> list[Cut]:
        return [cut(text, self.own) for text in texts]

    def _open(self, folder: Path | None, index: str) -> TantivyIndex:
        return TantivyIndex(folder / index if folder else None, self.own)


def _differs(before: int, after: int) -> bool:
    """Whether a word's count has changed enough to be written: always while it is small, by a tenth once it is not."""
    return abs(after - before) * 10 > before
