"""PostgreSQL for requests: bounded waits for its answers, and a breaker while it is silent.

A server that was stopped, or a network that drops packets, neither answers nor closes a connection: without a limit on
this side every thread would wait for it. Outside requests a statement may take as long as it needs; jobs have a limit
of their own.
"""

import logging
import select
import time
from collections.abc import Generator
from typing import Any, NoReturn, TypeVar

import psycopg
import sqlalchemy as sa
from flask import Flask, has_request_context
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError

from app.breaker import Breaker

log = logging.getLogger(__name__)

T = TypeVar("T")
REST = 1.0  # Seconds without an attempt after the server was silent.
FRESH = 1.0  # Seconds after its last use in which a connection is taken to be open.
PRIVATE = {"hide_parameters": True}  # The values of a statement stay out of its errors.
USED = "used"  # The key of a pooled connection's last use, in seconds of the monotonic clock.


class DatabaseSilent(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


class DatabaseDown(SQLAlchemyError):
    """The server did not answer another request a moment ago."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection on which a request waits a limited time for each answer.

    Attributes:
        answer_timeout: seconds.
        breaker: opened when the time is over.
    """

    answer_timeout: float
    breaker: Breaker

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Waits for an answer.

        Raises:
            DatabaseSilent: there was none in time.
        """
        if timeout is None and has_request_context():
            timeout = self.answer_timeout
        began = time.monotonic()
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError as error:
            if timeout is None or self.closed or time.monotonic() - began < timeout:
                raise
            # The statement still runs, so the connection is of no further use, not even for a rollback.
            self.pgconn.finish()
            self.breaker.failed()
            log.error("The database did not answer within %.1f s", timeout)
            raise DatabaseSilent(f"no answer within {timeout:.1f} s") from error


def options(app: Flask) -> dict[str, Any]:
    """Returns SQLAlchemy's options for the engine of an application."""
    if not _is_postgresql(app):
        # A connection to a file costs little, and the threads limit their number.
        return {**PRIVATE, "max_overflow": -1}
    settings = app.config
    milliseconds = {
        "lock_timeout": settings["DATABASE_LOCK_TIMEOUT"] * 1000,
        "idle_in_transaction_session_timeout": 300_000,
        # A statement whose client has gone is ended.
        "client_connection_check_interval": 1000,
    }
    return {
        **PRIVATE,
        "pool_size": settings["DATABASE_POOL_SIZE"],
        "max_overflow": 0,
        "pool_timeout": settings["DATABASE_POOL_TIMEOUT"],
        "connect_args": {
            "connect_timeout": settings["DATABASE_CONNECT_TIMEOUT"],
            "tcp_user_timeout": 30_000,  # Milliseconds until sent data has to be acknowledged.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "options": " ".join(f"-c {name}={value}" for name, value in milliseconds.items()),
        },
    }


def _is_postgresql(app: Flask) -> bool:
    return bool(sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() == "postgresql")


def bound_waits(app: Flask, engine: Engine) -> None:
    """Bounds how long requests wait for an engine's server, and replaces connections that it has closed.

    Args:
        app: its ``DATABASE_TIMEOUT`` is the time for one answer, in seconds.
        engine: its engine; that of another database than PostgreSQL stays as it is.
    """
    if not _is_postgresql(app):
        return
    # The server ends a slow statement itself, before this side takes it for silent.
    statement_timeout = app.config["DATABASE_TIMEOUT"] * 800  # Milliseconds.
    breaker = Breaker("The database", DatabaseDown, failures=psycopg.errors.ConnectionTimeout, rest=REST)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, parameters: Any) -> BoundedConnection:
        if has_request_context():
            breaker.admit()
            parameters["options"] += f" -c statement_timeout={statement_timeout:.0f}"
        try:
            connection = BoundedConnection.connect(*arguments, **parameters)
        except psycopg.errors.ConnectionTimeout:
            breaker.failed()
            log.error("The database did not accept a connection in time")
            raise
        breaker.succeeded()
        connection.answer_timeout = app.config["DATABASE_TIMEOUT"]
        connection.breaker = breaker
        return connection

    @event.listens_for(engine, "checkin")
    def note_use(_connection: Any, record: Any) -> None:
        record.info[USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: BoundedConnection, record: Any, _fairy: Any) -> None:
        doubtful = not breaker.is_closed
        if has_request_context():
            breaker.admit()
        used = record.info.get(USED)
        if is_readable(connection):
            replace_all(breaker)
        if doubtful or (used is not None and time.monotonic() - used > FRESH):
            ping(engine, connection, breaker)


def is_readable(connection: BoundedConnection) -> bool:
    """Returns whether the server has sent something to an idle connection: that it closes it (one system call)."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def ping(engine: Engine, connection: BoundedConnection, breaker: Breaker) -> None:
    """Asks the server whether a connection is still open.

    Raises:
        DatabaseDown: it did not answer in time.
        InvalidatePoolError: it is not; SQLAlchemy connects again.
    """
    try:
        engine.dialect.do_ping(connection)  # type: ignore[arg-type]  # It is typed by PEP 249.
    except DatabaseSilent as error:
        raise DatabaseDown(str(error)) from error
    except psycopg.Error:
        replace_all(breaker)
    breaker.succeeded()


def replace_all(breaker: Breaker) -> NoReturn:
    """Has SQLAlchemy replace every connection that was made up to now; the server, which closed one, is not silent.

    Raises:
        InvalidatePoolError: always.
    """
    breaker.succeeded()
    raise InvalidatePoolError
