"""One tantivy index: reading it, and changing it a batch at a time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tantivy
from tantivy import DocAddress, FieldType, IndexWriter, Order, Query, Schema, Searcher

from app.search.embedded.queries import Translator
from app.search.embedded.schema import register, schema
from app.search.morphemes import OwnWords

FRESH = 0.5  # Seconds after which a reader looks for what others have written.
SMALL_HEAP = 32_000_000  # Bytes for a batch of changes.


class TantivyIndex:
    """An index in a folder, or in memory.

    Args:
        path: the folder; None keeps the index in memory.
        own: the site's own words.
    """

    def __init__(self, path: Path | None, own: OwnWords) -> None:
        self._index = self._open(path)
        self.is_shared = path is not None
        self.translator = Translator(self._index.schema, own)
        self._looked = time.monotonic()
        self._searcher = self._index.searcher()

    def searcher(self) -> Searcher:
        """Returns a view of the index that is at most half a second old."""
        if self.is_shared and time.monotonic() - self._looked > FRESH:
            with suppress(ValueError, OSError):  # A newer generation has just taken the folder's place.
                self.refresh()
        return self._searcher

    def refresh(self) -> None:
        """Sees everything that was written until now."""
        self._looked = time.monotonic()
        self._index.reload()
        self._searcher = self._index.searcher()

    @contextmanager
    def changing(self, heap: int = SMALL_HEAP, threads: int = 1) -> Iterator[IndexWriter]:
        """Gives a writer; what it did is kept and seen when the block ends, and undone when it fails."""
        writer = self._index.writer(heap, threads)
        try:
            yield writer
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        self.refresh()

    def delete(self, writer: IndexWriter, ids: Iterable[int]) -> None:
        """Has the writer take out the documents of these ids."""
        for id in ids:
            writer.delete_documents_by_query(self.translator.term("id", id))

    def values(self, field: str, ids: Collection[int]) -> dict[int, int]:
        """Returns a number field of those documents that are there, by their ids."""
        if not ids:
            return {}
        searcher = self.searcher()
        query = Query.term_set_query(self.schema, "id", list(ids))
        rows = self.at(searcher, self.top(searcher, query, len(ids)), "id", field)
        return {row[0]: row[1] for row in rows}

    def numbers_above(self, field: str, above: int, limit: int, *fields: str) -> list[tuple[int, ...]]:
        """Returns number fields of the documents above a number, lowest first."""
        query = Query.range_query(self.schema, field, FieldType.Integer, above, include_lower=False)
        addresses = self.top(self.searcher(), query, limit, order_by_field=field, order=Order.Asc)
        return self.at(self.searcher(), addresses, *fields)

    @staticmethod
    def top(searcher: Searcher, query: Query, limit: int, **order: Any) -> list[DocAddress]:
        """Returns where the best documents are."""
        return [address for _, address in searcher.search(query, limit, count=False, **order).hits]

    @staticmethod
    def at(searcher: Searcher, addresses: list[DocAddress], *fields: str) -> list[tuple[int, ...]]:
        """Returns number fields of the documents at these addresses, in their order."""
        columns = [searcher.fast_field_values(field, addresses) for field in fields]
        return list(zip(*columns, strict=True)) if addresses else []

    @property
    def schema(self) -> Schema:
        """How its documents are laid out."""
        return self._index.schema

    @staticmethod
    def _open(path: Path | None) -> tantivy.Index:
        if path is None:
            index = tantivy.Index(schema())
        elif path.exists() and tantivy.Index.exists(str(path)):
            index = tantivy.Index.open(str(path))
        else:
            path.mkdir(parents=True, exist_ok=True)
            index = tantivy.Index(schema(), path=str(path))
        # A reader that follows by itself would run a thread in every process, also across a fork.
        index.config_reader(reload_policy="manual")
        register(index)
        return index
