"""What the tests of services share: a reader's surroundings, and the worker's turn."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask_login import AnonymousUserMixin

from app.extensions import queue
from app.tasks import search as tasks
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.services.talks import BADA, HANEUL, Site

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


@pytest.fixture
def both(app: Flask, cast: Cast) -> Site:
    """A transaction on a site with two members who may write to each other."""
    cast.member(BADA)
    cast.member(HANEUL)

    @contextmanager
    def within() -> Iterator[None]:
        with app.app_context(), transaction():
            yield

    return within
