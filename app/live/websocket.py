"""WebSockets as Engine.IO speaks them: they end whatever comes in, and send whole messages or none."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse

import simple_websocket

MOST_BYTES = 1024  # Of a message from a page.
SOCKETS = ("gunicorn.socket", "werkzeug.socket")  # Where servers leave a request's socket in its environment.


class Whole:
    """A socket as simple-websocket uses it, whose ``send`` does not stop in the middle of a message.

    Args:
        plain: the socket.
    """

    def __init__(self, plain: Any) -> None:
        self.send, self.recv, self.close = plain.sendall, plain.recv, plain.close


class Connection(simple_websocket.Server):  # type: ignore[misc]
    """A WebSocket whose reader is told when it ends."""

    def _handle_events(self) -> bool:
        goes_on: bool = super()._handle_events()
        if not goes_on:
            # After a message that is too long the library wakes the reader first and ends the connection then: a
            # reader who is quick finds nothing changed, waits again, and keeps its thread for good.
            self.connected = False
            self.event.set()
        return goes_on


class WebSocket:
    """What Engine.IO makes of a request.

    Args:
        handler: speaks over it until it ends.
        _server: Engine.IO's, whose settings are of no use here.
    """

    def __init__(self, handler: Callable[["WebSocket"], Any], _server: Any) -> None:
        self._handler = handler
        self._connection: Connection

    def __call__(self, environ: dict[str, Any], _start_response: StartResponse) -> Iterable[bytes]:
        """Speaks, and leaves nothing for the server to answer.

        Raises:
            ConnectionError: to werkzeug's server, which then closes the socket.
            StopIteration: to gunicorn, likewise.
        """
        name = next(name for name in SOCKETS if name in environ)
        self._connection = Connection({**environ, name: Whole(environ[name])}, max_message_size=MOST_BYTES)
        self._handler(self)
        raise ConnectionError if name == "werkzeug.socket" else StopIteration

    def wait(self) -> str | bytes | None:
        """Returns the next message, or None after the last one."""
        try:
            received: str | bytes | None = self._connection.receive()
        except simple_websocket.ConnectionClosed:
            return None
        return received

    def send(self, message: str | bytes) -> None:
        """Sends a message.

        Raises:
            OSError: the connection has ended.
        """
        try:
            self._connection.send(message)
        except simple_websocket.ConnectionClosed as error:
            raise OSError from error

    def close(self) -> None:
        """Says goodbye."""
        if self._connection.connected:
            self._connection.close()
