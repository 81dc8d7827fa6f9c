"""News for open pages: which page gets what is told by rooms; what it is, the page asks for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from app.live.door import ENTRY, Door, alone
from app.live.exchange import Exchange, Rooms
from app.live.guests import Guest, Guests
from app.live.server import Choose, Server

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["Live", "News"]


@dataclass(frozen=True)
class News:
    """What pages in a room are told.

    Attributes:
        room: which pages: those of one member, or those that show one timeline.
        kind: what has changed, in one word.
        ids: which rows; never what they hold, because who may see that is decided when a page asks.
        without: rooms whose pages are not told, although they are in ``room`` too.
    """

    room: str
    kind: str
    ids: dict[str, int]
    without: tuple[str, ...] = ()


class Live:
    """Tells open pages, whichever process holds their connections, that there is something new to ask for.

    Every process may tell. Only a process that ``serve`` was called in holds connections; until the first one comes it
    listens to nothing and has no thread for it.
    """

    def __init__(self) -> None:
        self.told: list[News] = []
        self._publisher: Exchange | None = None
        self._server: Server | None = None
        self._guests: Guests | None = None
        self._valid: Callable[[set[int]], set[int]] = set
        self._choose: Choose = lambda _owner, _wish: ()

    def init_app(self, app: Flask) -> None:
        """Chooses the store by REDIS_URL; with ``memory://`` what is told stays in ``told`` and in this process."""
        url = app.config["REDIS_URL"]
        self._publisher = None if url == "memory://" else Exchange(url, write_only=True)
        app.extensions["live"] = self

    def tell(self, room: str, kind: str, *, without: Iterable[str] = (), **ids: int) -> None:
        """Tells the pages in a room; a store that is away loses it, because pages ask again by themselves.

        Args:
            room: which pages.
            kind: what has changed, in one word.
            without: rooms whose pages are not told, although they are in ``room`` too.
            ids: which rows.
        """
        left_out = tuple(without)
        if self._publisher is not None:
            self._publisher.emit(kind, ids, room=room, skip_sid=list(left_out))
            return
        self.told.append(News(room, kind, ids, left_out))
        if self._server is not None:
            self._server.emit(room, kind, ids, left_out)

    def validator(self, function: Callable[[set[int]], set[int]]) -> Callable[[set[int]], set[int]]:
        """Marks the function that returns those of some tickets that still count; it is asked twice a second."""
        self._valid = function
        return function

    def chooser(self, function: Choose) -> Choose:
        """Marks the function that returns the rooms somebody may hear, by their number and what they wish."""
        self._choose = function
        return function

    def is_asked(self) -> bool:
        """Whether this request would become a connection here."""
        return ENTRY in request.environ

    def let_in(self, owner: int, ticket: int, rooms: Sequence[str]) -> None:
        """Lets this request become a connection, if there is a place, once it is answered with 204.

        Args:
            owner: the number of whoever looks at the page.
            ticket: the number of what lets them in.
            rooms: what the page hears from the beginning.
        """
        request.environ[ENTRY].guest = Guest(owner, ticket, rooms)

    def serve(self, app: Flask, most: int) -> None:
        """Lets this process hold connections besides serving pages, each in a thread.

        Args:
            app: the application.
            most: how many connections there may be.
        """
        self._open(app, most, "threading")

    def serve_alone(self, app: Flask, most: int) -> None:
        """Lets this process, which gevent runs, hold connections and do nothing else; see ``serve``."""
        app.wsgi_app = alone(app.wsgi_app)  # type: ignore[method-assign,assignment]
        self._open(app, most, "gevent")

    @property
    def held(self) -> int:
        """How many connections this process holds."""
        return 0 if self._guests is None else len(self._guests)

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms that pages hear whose connections this process holds."""
        return frozenset() if self._guests is None else self._guests.rooms

    def close(self) -> None:
        """Ends the connections of this process and lets nobody in any more."""
        if self._guests is not None:
            self._guests.close()

    def _open(self, app: Flask, most: int, mode: str) -> None:
        def valid(tickets: set[int]) -> set[int]:
            with app.app_context():
                return self._valid(tickets)

        def choose(owner: int, wish: Any) -> Iterable[str]:
            return self._choose(owner, wish)

        url, pages = app.config["REDIS_URL"], app.wsgi_app
        rooms = Rooms() if url == "memory://" else Exchange(url, write_only=False)
        self._guests = Guests(most, valid)
        self._server = Server(app, rooms, mode, choose)
        app.wsgi_app = Door(pages, app.wsgi_app, self._guests)  # type: ignore[method-assign]
