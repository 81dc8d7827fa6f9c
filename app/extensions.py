"""The tools the application holds, made once here and bound to it in the factory."""

import sqlite3
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address, ip_network

import sqlalchemy as sa
from flask import Flask, has_request_context, request
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_moment import Moment
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase

from app import database, writers
from app.live import Live
from app.queue import Queue
from app.rates import Limiter
from app.search import Search
from app.sentences import Babel

STORE_OPTIONS = {
    "socket_connect_timeout": 0.1,
    "socket_timeout": 0.1,
}  # Seconds: no request waits for limits to be counted; meanwhile each process counts for itself.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Base(DeclarativeBase):
    """The tables' common base; the naming convention lets migrations name every constraint on SQLite too."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
babel = Babel()
bootstrap = Bootstrap5()
csrf = CSRFProtect()
login = LoginManager()
moment = Moment()
live = Live()
queue = Queue()
search = Search()


only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)


def network(address: str) -> str:
    """Returns whom an address limit counts: an IPv4 address, or an IPv6 /64, which is one site's (RFC 6177)."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return address


limiter = Limiter(key_func=lambda: network(request.remote_addr or ""))


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: object, _record: object) -> None:
    """Makes SQLite serve a web and workers at once: readers never wait, writers wait for their turn."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # The driver's own BEGIN comes too late; see begin_sqlite.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={writers.BUSY * 1000:.0f}",
        ):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: sa.Connection) -> None:
    """Takes SQLite's write lock at the start of whatever may write.

    A transaction that reads first and writes later fails at once with "database is locked" when another has written
    in between, whatever the timeout; one that begins as a writer waits for its turn.
    """
    if connection.dialect.name == "sqlite":
        reads = only_reading.get() or (has_request_context() and request.method in SAFE_METHODS)
        if reads:
            connection.exec_driver_sql("BEGIN")
        else:
            writers.begin(connection)


def init_app(app: Flask) -> None:
    """Binds every extension to the application."""
    app.config.setdefault(
        "RATELIMIT_STORAGE_URI", app.config["REDIS_URL"].replace("unix://", "redis+unix://")
    )
    app.config.setdefault(
        "RATELIMIT_STORAGE_OPTIONS", {} if app.config["REDIS_URL"] == "memory://" else STORE_OPTIONS
    )
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", database.options(app))
    db.init_app(app)
    with app.app_context():
        database.bound_waits(app, db.engine)
    migrate.init_app(app, db, render_as_batch=True)
    for extension in (bootstrap, csrf, login, moment, limiter, queue, live):
        extension.init_app(app)
