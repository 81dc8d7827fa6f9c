"""Makes a new generation beside the one that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from app.search.embedded.generation import Generation
from app.search.embedded.index import TantivyIndex
from app.search.embedded.schema import lay_out_word
from app.search.engine import Document, Mark

BIG_HEAP = 256_000_000  # Bytes: fewer, larger segments while everything is written at once.


class EmbeddedBuild:
    """A generation that does not answer yet.

    Args:
        generation: the new one.
        choose: lets it answer.
        remove: removes it.
    """

    def __init__(
        self, generation: Generation, choose: Callable[[Generation, Mark], None], remove: Callable[[], None]
    ) -> None:
        self.name = generation.name
        self._generation = generation
        self._choose = choose
        self._remove = remove
        self._is_prepared = False

    def put(self, index: str, documents: Sequence[Document]) -> None:
        """Adds documents; see ``Build.put``."""
        found = self._generation.put(index, documents, BIG_HEAP)
        if self._is_prepared:
            self._generation.note_words(index, found)

    def drop(self, index: str, gone: Iterable[tuple[int, int]]) -> None:
        """Takes out documents; see ``Build.drop``."""
        self._generation.drop(index, gone)

    def prepare(self) -> None:
        """Writes down the words of all texts; see ``Build.prepare``."""
        for index, words in self._generation.words.items():
            self._write_words(self._generation.texts[index], words)
        self._is_prepared = True

    def finish(self, mark: Mark) -> None:
        """Lets the new generation answer; see ``Build.finish``."""
        self._choose(self._generation, mark)

    def abandon(self) -> None:
        """Removes the unfinished generation."""
        self._remove()

    def close(self) -> None:
        """Ends the processes that have helped."""
        self._generation.crew.close()

    @staticmethod
    def _write_words(texts: TantivyIndex, words: TantivyIndex) -> None:
        counted = texts.searcher().terms_with_prefix("word", "")
        with words.changing(BIG_HEAP) as writer:
            writer.delete_all_documents()
            for word, count in counted:
                writer.add_document(lay_out_word(word, count))
