"""What a generation of the indexes was made from."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

from app.search.elastic.connection import Connection
from app.search.elastic.names import Names
from app.search.morphemes import OwnWords
from app.search.tuning import Tuning

_FRESH = 5.0  # Seconds for which readers believe what they read.


@dataclass(frozen=True)
class Generation:
    """A generation, as its indices tell of it.

    Attributes:
        name: what it is called.
        made_by: what took the texts apart, with its version.
        tuning: the site's own words.
        own: the same for the analysis.
    """

    name: str
    made_by: str
    tuning: Tuning
    own: OwnWords = field(repr=False)


def read(client: Elasticsearch, alias: str) -> Generation:
    """Returns the generation of the index behind an alias.

    Raises:
        elasticsearch.NotFoundError: there is no such alias.
    """
    answer = client.indices.get_mapping(index=alias, allow_no_indices=False, filter_path="*.mappings._meta")
    meta: dict[str, Any] = list(answer.body.values())[0]["mappings"]["_meta"]
    tuning = Tuning.from_json(meta["tuning"])
    return Generation(meta["generation"], meta["made_by"], tuning, OwnWords(tuning.words))


class Current:
    """The generation that answers.

    Args:
        connection: the way to the server.
        names: of the site's indices.
    """

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._alias = names.aliases[0]
        self._known: tuple[float, Generation] | None = None

    def glance(self) -> Generation:
        """Returns it as it was at most a few seconds ago.

        Raises:
            SearchDown: the server failed, or nothing answers yet.
        """
        known = self._known
        if known and time.monotonic() - known[0] < _FRESH:
            return known[1]
        with self._connection.reading() as client:
            return self.look(client)

    def forget(self) -> None:
        """Believes nothing any more of what was read."""
        self._known = None

    def look(self, client: Elasticsearch) -> Generation:
        """Returns it as it is now, asking with a client of the connection."""
        found = read(client, self._alias)
        self._known = time.monotonic(), found
        return found
