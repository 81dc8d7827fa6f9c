"""The connection of an open page, without the page."""

import json
import time
from typing import Any
from urllib.parse import urlsplit

import websocket

OPEN, CLOSE, PING, PONG, MESSAGE = "01234"
CONNECT, EVENT = "0", "2"


class Refused(Exception):
    """The site did not let the page in; its argument is the HTTP status."""


class Connection:
    """What a page's script has with the site: Engine.IO over a WebSocket, and Socket.IO over that.

    Args:
        url: the site.
        secret: the cookie of somebody who is signed in.
        origin: what the browser says of where the page comes from; "" for nothing.
        cookie: the cookie's name.
        authority: the file of whoever vouches for the site's name.
    """

    def __init__(
        self,
        url: str,
        secret: str = "",
        origin: str | None = None,
        cookie: str = "hanmadi-in",
        authority: str | None = None,
    ) -> None:
        parts = urlsplit(url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        try:
            self.socket = websocket.create_connection(
                f"{scheme}://{parts.netloc}/socket.io/?EIO=4&transport=websocket",
                origin=url if origin is None else origin,
                suppress_origin=origin == "",
                cookie=f"{cookie}={secret}",
                timeout=10,
                sslopt={"ca_certs": authority} if authority else None,
            )
        except websocket.WebSocketBadStatusException as error:
            raise Refused(error.status_code) from None
        assert self.socket.recv()[0] == OPEN
        self.send(CONNECT)
        assert self._next(10)[:2] == MESSAGE + CONNECT
        self.opened_at = time.monotonic()

    def send(self, message: str) -> None:
        """Sends a message as it is."""
        self.socket.send(MESSAGE + message)

    def say(self, name: str, *said: Any) -> None:
        """Tells the site of an event."""
        self.send(EVENT + json.dumps([name, *said]))

    def hear(
        self, within: float = 5, but: tuple[str, ...] = ("catch-up",)
    ) -> tuple[str, dict[str, int]] | None:
        """Returns the kind and the ids of the next news, or None when none come.

        Args:
            within: seconds to wait.
            but: kinds that are left aside.
        """
        until = time.monotonic() + within
        try:
            while True:
                kind, ids = json.loads(self._next(max(until - time.monotonic(), 0.01))[2:])
                if kind not in but:
                    return kind, ids
        except websocket.WebSocketTimeoutException:
            return None

    def lasts(self, seconds: float) -> float | None:
        """Returns after how many seconds the site ends the connection, or None when it lasts so long."""
        began = time.monotonic()
        try:
            while (left := began + seconds - time.monotonic()) > 0:
                self._next(left)
        except websocket.WebSocketTimeoutException:
            return None
        except (websocket.WebSocketConnectionClosedException, OSError):
            return time.monotonic() - began
        return None

    def close(self) -> None:
        """Leaves."""
        self.socket.close(timeout=1)

    def _next(self, within: float) -> str:
        """Returns the next message, and answers the site's question whether the page is there."""
        until = time.monotonic() + within
        while True:
            self.socket.settimeout(max(until - time.monotonic(), 0.01))
            message = str(self.socket.recv())
            if not message:
                raise websocket.WebSocketConnectionClosedException("the site has said goodbye")
            if message != PING:
                return message
            self.socket.send(PONG)
