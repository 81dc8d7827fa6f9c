"""What the tests of services share: a reader's surroundings, and the worker's turn."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_login import AnonymousUserMixin

from app.extensions import queue
from app.tasks import search as tasks
from tests.cast import Visitor

STRANGER = AnonymousUserMixin()


@contextmanager
def site(app: Flask, reader: Visitor | None = None) -> Iterator[None]:
    """A request's surroundings, in English.

    Args:
        app: the application.
        reader: who is signed in, as ``current_user``; a stranger if left out.
    """
    headers = {"Accept-Language": "en"}
    if reader:
        cookie = reader.client.get_cookie(app.config["SIGN_IN_COOKIE_NAME"])
        assert cookie
        headers["Cookie"] = f"{cookie.key}={cookie.value}"
    with app.test_request_context("/", headers=headers):
        yield


def work(app: Flask) -> None:
    """Lets the worker do what waits, and what the schedule would bring."""
    with app.app_context():
        queue.run()
        tasks.drain()
        queue.run()
