"""Makes a new generation of all indexes beside the one that answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any

from elasticsearch import AuthorizationException, BadRequestError, ConflictError, Elasticsearch, NotFoundError

from app.search.elastic import documents, failures, generation, mapping
from app.search.elastic.connection import Connection
from app.search.elastic.generation import Current, Generation
from app.search.elastic.names import Names, building, new_generation
from app.search.elastic.vocabulary import Vocabulary
from app.search.engine import Document, Mark, NotReady, SearchDown
from app.search.many import Crew
from app.search.tuning import Tuning

_LEAVE = 0.5  # Seconds in which whoever still reads older indices has finished.

log = logging.getLogger(__name__)


class ElasticBuild:
    """A generation that does not answer yet.

    Args:
        connection: the way to the server.
        names: of the site's indices.
        current: the generation that answers.
        begun: the new one.
    """

    def __init__(self, connection: Connection, names: Names, current: Current, begun: Generation) -> None:
        self.name = begun.name
        self._current = current
        self._connection, self._names, self._own = connection, names, begun.own
        self._words = {
            index: Vocabulary(
                connection, self._building(names.alias(index)), self._building(names.words(index))
            )
            for index in names.worded
        }
        self._is_prepared = False
        self._crew: Crew[Document, set[str]] = Crew(self._put)

    def put(self, index: str, documents_: Sequence[Document]) -> None:
        """Adds documents or replaces them; see ``Build.put``."""
        alias = self._building(self._names.alias(index))
        words = set().union(*self._crew.work(documents_, alias, self._is_prepared))
        if self._is_prepared and index in self._words:
            with self._connection.working() as client:
                client.indices.refresh(index=alias)
                self._words[index].note(client, words)

    def _put(self, documents_: Sequence[Document], alias: str, with_words: bool) -> set[str]:
        """Adds a piece of the documents, in one of several processes at once, and returns its words if asked for."""
        actions = [documents.put(document, self._own) for document in documents_]
        with self._connection.working() as client:
            documents.send(client, alias, actions)
        return documents.words(actions) if with_words else set()

    def drop(self, index: str, gone: Iterable[tuple[int, int]]) -> None:
        """Takes out documents; see ``Build.drop``."""
        with self._connection.working() as client:
            documents.send_drops(client, self._building(self._names.alias(index)), gone)

    def prepare(self) -> None:
        """Writes down the words of all texts, and lets the cluster make its copies; see ``Build.prepare``."""
        with self._connection.working() as client:
            client.indices.refresh(index=self._physical)
            for vocabulary in self._words.values():
                vocabulary.note_all(client)
            client.indices.put_settings(index=self._physical, settings=mapping.WHEN_IT_ANSWERS)
            self._wait(client)
        self._is_prepared = True

    def finish(self, mark: Mark) -> None:
        """Lets the new generation answer; see ``Build.finish``."""
        with self._connection.working() as client:
            client.indices.refresh(index=self._physical)
            write_mark(client, self._names, self.name, mark)
            others = self._swap(client)
            self._current.look(client)
        if others:
            time.sleep(_LEAVE)
            self._remove(others)

    def abandon(self) -> None:
        """Removes the unfinished generation; see ``Build.abandon``."""
        with self._connection.working() as client:
            client.indices.delete(index=self._physical, ignore_unavailable=True)

    def close(self) -> None:
        """Ends the processes that have helped."""
        self._crew.close()

    def _remove(self, indices: list[str]) -> None:
        try:
            with self._connection.working() as client:
                client.indices.delete(index=indices, ignore_unavailable=True)
        except SearchDown as error:
            # The new generation answers, so this one is done; the next removes what stays.
            log.warning("Older indices stay for now: %s", error)

    @property
    def _physical(self) -> list[str]:
        return [f"{alias}-{self.name}" for alias in self._names.aliases]

    def _building(self, alias: str) -> str:
        return building(f"{alias}-{self.name}")

    def _wait(self, client: Elasticsearch) -> None:
        seconds = int(self._connection.write_patience / 2) or 1
        health = client.cluster.health(
            index=self._physical, wait_for_status="yellow", timeout=f"{seconds}s", level="indices"
        )
        if health["timed_out"]:
            raise SearchDown(f"Elasticsearch at {self._connection.where} failed: the new indices stay red")

    def _swap(self, client: Elasticsearch) -> list[str]:
        """Points all aliases to the new generation in one step, and returns the indices of all other generations."""
        standing = client.indices.get_alias(index=f"{self._names.prefix}-*").body
        ours = {
            index: about["aliases"] for index, about in standing.items() if self._names.generation_of(index)
        }
        others = sorted(ours.keys() - set(self._physical))
        actions: list[dict[str, Any]] = [
            {"remove": {"index": index, "alias": alias}}
            for index in others
            for alias in set(self._names.aliases).intersection(ours[index])
        ]
        for alias, index in zip(self._names.aliases, self._physical, strict=True):
            actions.append({"add": {"index": index, "alias": alias, "is_write_index": True}})
            actions.append({"remove": {"index": index, "alias": building(index)}})
        client.indices.update_aliases(actions=actions)
        return others


def begin(connection: Connection, names: Names, current: Current, tuning: Tuning) -> ElasticBuild:
    """Begins a new generation; see ``Engine.build``."""
    name = new_generation()
    worded = {names.words(index) for index in names.worded}
    with connection.working() as client:
        make_marks(client, names)
        for alias in names.aliases:
            layout = mapping.of_words() if alias in worded else mapping.of_documents(tuning, name)
            physical = f"{alias}-{name}"
            _create(client, physical, layout)
        begun = generation.read(client, f"{names.aliases[0]}-{name}")
        return ElasticBuild(connection, names, current, begun)


def write_mark(client: Elasticsearch, names: Names, generation: str, mark: Mark) -> None:
    """Marks a generation, unless it has a newer mark.

    Args:
        client: as ``Connection`` gives it.
        names: of the site's indices.
        generation: which one.
        mark: its new mark.
    """
    noted: dict[str, Any] = {
        "index": names.marks,
        "id": generation,
        "document": {"token": mark.token},
        "version": mark.number,
        "version_type": "external",
    }
    try:
        client.index(**noted)
    except ConflictError:
        pass  # The next batch was faster.
    except NotFoundError:  # The index was made before there were marks, and the cluster makes none by itself.
        make_marks(client, names)
        client.index(**noted)


def make_marks(client: Elasticsearch, names: Names) -> None:
    """Makes the index of the marks where there is none yet."""
    if not client.indices.exists(index=names.marks):
        client.options(ignore_status=400).indices.create(index=names.marks, **mapping.of_marks())


def discard(client: Elasticsearch, names: Names) -> None:
    """Lets no generation answer until a new one is built, which removes the others; see ``Engine.discard``."""
    standing = client.indices.get_alias(index=f"{names.prefix}-*").body
    actions = [
        {"remove": {"index": index, "alias": alias}}
        for index, about in standing.items()
        if names.generation_of(index)
        for alias in set(names.aliases).intersection(about["aliases"])
    ]
    if actions:
        client.indices.update_aliases(actions=actions)


def _create(client: Elasticsearch, physical: str, layout: dict[str, Any]) -> None:
    try:
        client.indices.create(index=physical, aliases={building(physical): {}}, **layout)
    except BadRequestError as error:
        if "nori_" in str(error.body):
            raise NotReady(failures.NO_NORI) from error
        raise


def resume(connection: Connection, names: Names, current: Current, name: str) -> ElasticBuild | None:
    """Goes on with a generation of that name; None when there is none to go on with, or it was made differently."""
    aliases = [building(f"{alias}-{name}") for alias in names.aliases]
    with connection.working() as client:
        if not all(client.indices.exists_alias(name=alias) for alias in aliases):
            return None
        begun = generation.read(client, aliases[0])
        return ElasticBuild(connection, names, current, begun) if begun.made_by == mapping.MADE_BY else None


def require_nori(client: Elasticsearch) -> None:
    """Makes sure that the server can take Korean apart.

    Args:
        client: as ``Connection`` gives it.

    Raises:
        NotReady: it cannot; the message says what to install.
    """
    try:
        client.indices.analyze(tokenizer="nori_tokenizer", filter=["nori_part_of_speech"], text="서울에서")
    except AuthorizationException:
        pass  # It takes the right to manage the cluster to ask; with less, a server without it refuses the index.
    except BadRequestError as error:
        raise NotReady(failures.NO_NORI) from error
