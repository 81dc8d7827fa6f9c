"""Speaking with the pages that are let in: they hear news, and say what they want to hear of."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, join_room, leave_room

from app.live.door import GUEST, PATH
from app.live.exchange import LIBRARY, Rooms
from app.live.guests import MOST_SAID, Guest
from app.live.websocket import MOST_BYTES, WebSocket

log = logging.getLogger(__name__)

PLAIN = ("0", "1", "2")  # How messages begin that come, leave, or tell of an event; the others bring files.

Choose = Callable[[int, Any], Iterable[str]]


class Server:
    """Flask-SocketIO over WebSockets, which believes nothing that comes in.

    Args:
        app: the application; its entry ``wsgi_app`` is replaced by one that speaks with connections too.
        rooms: which connections are in which room.
        mode: how much is done at once: ``threading`` or ``gevent``.
        choose: returns the rooms that somebody may hear who says "watch".
    """

    def __init__(self, app: Flask, rooms: Rooms, mode: str, choose: Choose) -> None:
        self.choose = choose
        self._rooms = rooms
        self._guests: dict[str, Guest] = {}
        self.io = SocketIO()
        self.io.on("connect")(self._connect)
        self.io.on("watch")(self._watch)
        self.io.on("*")(self._cut)
        self.io.init_app(
            app,
            client_manager=rooms,
            async_mode=mode,
            async_handlers=False,
            manage_session=False,
            path=PATH.strip("/"),
            transports=["websocket"],
            cors_allowed_origins=[],  # The door has asked where the page comes from.
            max_http_buffer_size=MOST_BYTES,
            logger=LIBRARY,
            engineio_logger=LIBRARY,
        )
        self._guard(self.io.server.eio)

    def emit(self, room: str, kind: str, ids: dict[str, int], without: Iterable[str] = ()) -> None:
        """Sends to the pages of this process that are in a room and in none of the rooms ``without``."""
        skipped = self._rooms.pages_in(without)
        self.io.server.emit(kind, ids, to=room, skip_sid=skipped, ignore_queue=True)

    def _guard(self, engine: Any) -> None:
        """Looks at what comes before the library does, and frees the thread of a connection that has fallen silent."""
        came, heard, left = (engine.handlers[event] for event in ("connect", "message", "disconnect"))

        def enter(sid: str, surroundings: dict[str, Any]) -> Any:
            self._guests[sid] = surroundings[GUEST]
            return came(sid, surroundings)

        def hear(sid: str, message: Any) -> None:
            guest = self._guests.get(sid)
            if guest is None:
                return  # It has just been taken for gone.
            guest.said += 1
            if not isinstance(message, str) or message[:1] not in PLAIN or guest.said > MOST_SAID:
                guest.cut()
                return
            try:
                heard(sid, message)
            except (ValueError, LookupError, TypeError):
                guest.cut()  # It was no message of the protocol's.
            except Exception:
                log.warning("A connection is cut after what it said", exc_info=True)
                guest.cut()

        def leave(sid: str, reason: str) -> None:
            guest = self._guests.pop(sid, None)
            left(sid, reason)
            if guest and reason == engine.reason.PING_TIMEOUT:
                guest.cut()

        engine.on("connect", enter)
        engine.on("message", hear)
        engine.on("disconnect", leave)
        engine._async = {**engine._async, "websocket": WebSocket}

    @staticmethod
    def _connect(_said: Any = None) -> None:
        guest: Guest = request.environ[GUEST]
        if guest.is_greeted:
            guest.cut()  # It is an event of that name, which a page has no reason to send.
        guest.is_greeted = True
        for room in guest.rooms:
            join_room(room)

    def _watch(self, wish: Any = None) -> None:
        guest: Guest = request.environ[GUEST]
        chosen = frozenset(self.choose(guest.owner, wish))
        for room in guest.watched - chosen:
            leave_room(room)
        for room in chosen - guest.watched:
            join_room(room)
        guest.watched = chosen

    @staticmethod
    def _cut(*_said: Any) -> None:
        request.environ[GUEST].cut()
