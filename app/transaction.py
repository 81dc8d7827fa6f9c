"""One request, one transaction; one task, one transaction: the only place that commits.

A service may therefore call another service, and a bulk import is the same verbs in a loop.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response

from app.extensions import db, only_reading


@contextmanager
def transaction() -> Iterator[None]:
    """Commits what is done inside, or undoes all of it when an exception leaves the block."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


P = ParamSpec("P")
R = TypeVar("R")


def transactional(function: Callable[P, R]) -> Callable[P, R]:
    """Makes a task or a command one transaction."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction():
            return function(*args, **kwargs)

    return run


def savepoint() -> AbstractContextManager[object]:
    """Returns a block that is undone alone when an exception leaves it."""
    return db.session.begin_nested()


def step() -> None:
    """Commits what a long task has done so far; its next statement begins a new transaction."""
    db.session.commit()


def release() -> None:
    """Ends the transaction and gives the connection back before a long wait: mail, HTTP, a password's hash.

    What was changed and not committed is undone, so this is called before anything is changed.
    """
    db.session.rollback()


@contextmanager
def reading() -> Iterator[None]:
    """A transaction that only reads, so that on SQLite it does not take the one writer's place; ends with the block."""
    token = only_reading.set(True)
    try:
        yield
    finally:
        only_reading.reset(token)
        release()


def finish(response: Response) -> Response:
    """Commits the request's work when its answer is a success or a redirect, and undoes it otherwise."""
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response


def init_app(app: Flask) -> None:
    """Lets every request end in exactly one commit or rollback."""
    app.after_request(finish)
