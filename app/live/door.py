"""The door that connections come through: a page of the application says who may, then the connection is held."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from werkzeug.exceptions import NotFound, ServiceUnavailable
from werkzeug.wrappers import Response

from app.live.guests import Guest, Guests
from app.live.websocket import SOCKETS

PATH = "/socket.io/"
ALONE = (PATH, "/healthz")  # What a process answers that holds connections and nothing else.
ENTRY = "hanmadi.entry"  # In the environment of a request: where the application leaves the guest.
GUEST = "hanmadi.guest"


class Entry:
    """What a request that wants to become a connection carries through the application."""

    guest: Guest | None = None


class Door:
    """Stands before the application, and holds the connections of those whom it lets in.

    The application answers first, as it does every request: with its limits, its errors and its transaction, which is
    over before the connection begins. Who is not let in has not taken a place, and was told so in plain HTTP.

    Args:
        pages: the application.
        sockets: what speaks with a connection for as long as it lasts.
        guests: who is here.
    """

    def __init__(self, pages: WSGIApplication, sockets: WSGIApplication, guests: Guests) -> None:
        self.pages = pages
        self.sockets = sockets
        self.guests = guests

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answers a request."""
        if environ.get("PATH_INFO") != PATH or not is_upgrade(environ):
            return self.pages(environ, start_response)
        if self.guests.is_full:
            return ServiceUnavailable()(environ, start_response)
        # To the application it is a request for a page like any other.
        asked = {name: value for name, value in environ.items() if name != "HTTP_UPGRADE"}
        entry = asked[ENTRY] = Entry()
        answer = Response.from_app(self.pages, asked)
        if answer.status_code != HTTPStatus.NO_CONTENT or entry.guest is None:
            return answer(environ, start_response)
        return self._hold(entry.guest, environ, start_response)

    def _hold(self, guest: Guest, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        guest.socket = next((environ[name] for name in SOCKETS if name in environ), None)
        if guest.socket is None or not self.guests.enter(guest):
            return ServiceUnavailable()(environ, start_response)
        environ[GUEST] = guest
        # Compression would keep some 300 kB for each connection, to shorten messages of fifty bytes.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        try:
            return self.sockets(environ, start_response)
        finally:
            self.guests.leave(guest)


def is_upgrade(environ: dict[str, Any]) -> bool:
    """Returns whether a request wants to become a WebSocket (RFC 6455, 4.2.1)."""
    upgrade, connection = (str(environ.get(name, "")).lower() for name in ("HTTP_UPGRADE", "HTTP_CONNECTION"))
    is_of_our_version = environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
    is_wanted = upgrade == "websocket" and "upgrade" in (word.strip() for word in connection.split(","))
    return is_wanted and is_of_our_version and "HTTP_SEC_WEBSOCKET_KEY" in environ


def alone(pages: WSGIApplication) -> WSGIApplication:
    """Returns an application without its pages."""

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in ALONE:
            return pages(environ, start_response)
        return NotFound()(environ, start_response)

    return answer
