"""Full-text search: a mechanism that knows no feature of the site and no database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.search.elastic import ElasticEngine
from app.search.embedded import EmbeddedEngine
from app.search.engine import Engine

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["Search"]


class Search:
    """The site's engine: Elasticsearch where ELASTICSEARCH_URL names one, and the embedded one everywhere else."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    def init_app(self, app: Flask, indexes: Sequence[str], worded: Sequence[str]) -> None:
        """Chooses the engine by the settings.

        Args:
            app: whose settings.
            indexes: the names of the indexes.
            worded: those whose words are suggested.
        """
        config = app.config
        if config["ELASTICSEARCH_URL"]:
            self._engine = ElasticEngine(
                config["ELASTICSEARCH_URL"],
                prefix=config["SEARCH_PREFIX"],
                indexes=indexes,
                worded=worded,
                username=config["ELASTICSEARCH_USERNAME"] or None,
                password=config["ELASTICSEARCH_PASSWORD"] or None,
                api_key=config["ELASTICSEARCH_API_KEY"] or None,
                ca_file=config["ELASTICSEARCH_CA_FILE"] or None,
            )
        else:
            path = config["SEARCH_PATH"]
            self._engine = EmbeddedEngine(Path(path) if path else None, indexes=indexes, worded=worded)
        app.extensions["search"] = self

    @property
    def engine(self) -> Engine:
        """The engine that was chosen."""
        if self._engine is None:
            raise RuntimeError("Search has no engine yet: call init_app(app) first.")
        return self._engine
