"""One request to a translation service, which gets no more time and room than it may have."""

import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

from app.translate.translator import AccessRefused, BadAnswer, QuotaExceeded, Unreachable

CONNECTS_WITHIN = 3.0  # Seconds.
LASTS = 8.0  # Seconds for all of it, however slowly the answer drips.
MOST_BYTES = 256 * 1024
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Accept": "application/json",
    "User-Agent": "Hanmadi",
}


@dataclass(frozen=True)
class Answer:
    """What a service has said.

    Attributes:
        status: the HTTP status.
        body: the value of its JSON; None where it is none.
    """

    status: int
    body: Any


def post(service: str, url: str, headers: Mapping[str, str], body: object) -> Answer:
    """Sends a body as JSON and returns the answer; no redirect is followed, for it would take the key along.

    Args:
        service: what the messages call it.
        url: its address.
        headers: what goes before the body.
        body: a value of JSON.

    Raises:
        Unreachable: there was no answer within eight seconds.
        BadAnswer: the answer is too long.
    """
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = {**HEADERS, **headers}
    connection = _connection(parts.scheme, str(parts.hostname), parts.port)
    ends = time.monotonic() + LASTS
    try:
        with closing(connection), _cut_off(connection, ends):
            connection.request("POST", target, json.dumps(body).encode(), sent)
            response = connection.getresponse()
            status, raw = response.status, response.read(MOST_BYTES + 1)
    except (OSError, HTTPException) as error:
        raise Unreachable(f"{service} cannot be reached ({type(error).__name__}: {error}).") from error
    if len(raw) > MOST_BYTES:
        raise BadAnswer(f"{service} sends more than {MOST_BYTES} bytes.")
    return Answer(status, _value(raw))


def refuse(service: str, answer: Answer, said: str, settings: str) -> None:
    """Raises what a status means that is the same with every service; 200 passes.

    Args:
        service: what the messages call it.
        answer: its answer.
        said: its own word for what is wrong; empty where it has none.
        settings: those that a refused key stands in.

    Raises:
        AccessRefused: 401 and 403.
        QuotaExceeded: 429.
        Unreachable: 5xx, which may be over in a while.
        BadAnswer: any other but 200; mostly the address is a wrong one.
    """
    told = f"{answer.status} {said}".strip()
    if answer.status in (401, 403):
        raise AccessRefused(f"{service} refuses us ({told}). Correct {settings}.")
    if answer.status == 429:
        raise QuotaExceeded(f"{service} does no more for us at the moment ({told}).")
    if answer.status >= 500:
        raise Unreachable(f"{service} is broken ({told}).")
    if answer.status != 200:
        raise BadAnswer(f"{service} answers {told}. Check TRANSLATOR_URL.")


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=CONNECTS_WITHIN, context=context)
    return HTTPConnection(host, port, timeout=CONNECTS_WITHIN)


@contextmanager
def _cut_off(connection: HTTPConnection, ends: float) -> Iterator[None]:
    """Connects, and ends the connection at a moment, however much of the answer has come.

    A time limit of the socket begins anew with every byte; this one does not.

    Raises:
        TimeoutError: the moment has come.
    """
    connection.connect()
    remaining = max(0.1, ends - time.monotonic())
    connection.sock.settimeout(remaining)
    is_over = Event()
    watch = Timer(remaining, _shut, [connection.sock, is_over])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
    if is_over.is_set():  # What has been read may be the beginning only.
        raise TimeoutError(f"no end within {LASTS:g} seconds")


def _shut(connected: socket.socket, is_over: Event) -> None:
    """Ends a connection from another thread: whoever waits for it wakes up and finds its end."""
    is_over.set()
    try:
        # The plain socket's way, beneath TLS, which is no other thread's to touch.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:  # It has ended by itself.
        pass


def _value(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
