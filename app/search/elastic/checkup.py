"""Tells how the cluster and the site's indices are, in time and without ever failing."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from elasticsearch import Elasticsearch

from app.search.elastic import failures
from app.search.elastic.build import require_nori
from app.search.elastic.connection import Connection
from app.search.elastic.generation import Current
from app.search.elastic.mapping import MADE_BY
from app.search.elastic.names import Names
from app.search.engine import Health, SearchDown

_SHORTEST = 0.05  # Seconds for which a question is asked at all.


def check_up(connection: Connection, names: Names, current: Current) -> Health:
    """Returns how the cluster is; see ``Engine.health``.

    Args:
        connection: the way to the server.
        names: of the site's indices.
        current: the generation that answers.
    """
    examination = _Examination(connection, names, current)
    try:
        examination.run()
    except SearchDown as error:
        is_stale = str(error) == failures.NO_INDEX
        examination.health = replace(examination.health, problem=str(error), is_stale=is_stale)
    return examination.health


class _Examination:
    """Questions that together take no longer than a reader's patience; what was learned until one fails is kept."""

    def __init__(self, connection: Connection, names: Names, current: Current) -> None:
        self._connection, self._names, self._current = connection, names, current
        self._until = time.monotonic() + connection.patience
        self.health = Health("elasticsearch", MADE_BY)

    def run(self) -> None:
        with self._client() as client:
            require_nori(client)
        with self._client() as client:
            self._look_at_generation(client)
        with self._client() as client:
            self._count(client)
        with self._client() as client:
            self._look_at_cluster(client)

    def _client(self) -> Any:
        return self._connection.within(max(_SHORTEST, self._until - time.monotonic()))

    def _look_at_generation(self, client: Elasticsearch) -> None:
        found = self._current.look(client)
        self.health = replace(self.health, generation=found.name, analysis=found.made_by)
        if found.made_by != MADE_BY:
            problem = f"the index was made with {found.made_by}: flask search rebuild makes it with {MADE_BY}"
            self.health = replace(self.health, problem=problem, is_stale=True)

    def _count(self, client: Elasticsearch) -> None:
        searches: list[dict[str, Any]] = []
        for index in self._names.indexes:
            searches += {"index": self._names.alias(index)}, {"size": 0, "track_total_hits": True}
        answers = client.msearch(searches=searches)["responses"]
        for index, answer in zip(self._names.indexes, answers, strict=True):
            if "error" in answer:
                raise failures.part_down(self._connection.where, answer)
            self.health.documents[index] = answer["hits"]["total"]["value"]

    def _look_at_cluster(self, client: Elasticsearch) -> None:
        answer = client.cluster.health(index=self._names.aliases, timeout="0s")
        if answer["status"] == "red":
            raise SearchDown(
                f"Elasticsearch at {self._connection.where} lacks a part of the index: "
                "GET _cluster/allocation/explain says why"
            )
