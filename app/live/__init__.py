"""News for open pages: which page gets what is told by rooms; what it is, the page asks for itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import socketio

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

CHANNEL = "hanmadi-live"  # Of the store's publish and subscribe.


@dataclass(frozen=True)
class News:
    """What pages in a room are told.

    Attributes:
        room: which pages: those of one member, or those that show one timeline.
        kind: what has changed, in one word.
        ids: which rows; never what they hold, because who may see that is decided when a page asks.
    """

    room: str
    kind: str
    ids: dict[str, int]


class Live:
    """Tells open pages, whichever process holds their connections, that there is something new to ask for."""

    def __init__(self) -> None:
        self.told: list[News] = []
        self._publisher: socketio.RedisManager | None = None

    def init_app(self, app: Flask) -> None:
        """Chooses the store by REDIS_URL; with ``memory://`` what is told stays in ``told``."""
        url = app.config["REDIS_URL"]
        self._publisher = None if url == "memory://" else socketio.RedisManager(url, CHANNEL, write_only=True)

    def tell(self, room: str, kind: str, **ids: int) -> None:
        """Tells the pages in a room; a store that is away loses it, because pages ask again by themselves.

        Args:
            room: which pages.
            kind: what has changed, in one word.
            ids: which rows.
        """
        if self._publisher is None:
            self.told.append(News(room, kind, ids))
        else:
            self._publisher.emit(kind, ids, room=room)
