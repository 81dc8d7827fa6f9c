"""The house under test: the real databases, the queue run on demand, and a cast of named people."""

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context

from app import create_app
from app.cli.up.prepare import compile_words
from app.extensions import Base, db, limiter, live, queue, search
from app.models import SEARCHED, Post
from app.search.engine import Hit
from app.services.search import budget
from config import Testing, database_url
from tests.cast import Cast, Visitor
from tests.servers.post_office import PostOffice
from tests.servers.translator import KEY, KEY_ID, Translator

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
DATABASES = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]


@pytest.fixture(scope="session", autouse=True)
def words() -> None:
    """The translations as machines read them, which a fresh clone has yet to make."""
    compile_words(Path(__file__).parent.parent)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that takes its time: the machine of the tests is small and busy."""
    monkeypatch.setattr(budget, "SECONDS", 30)


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets each answer of the engine take longer than a page waits for more."""

    def begin() -> None:
        answer = Post.hits

        def late(*arguments: Any, **more: Any) -> list[Hit]:
            time.sleep(1.1)
            return answer(*arguments, **more)

        monkeypatch.setattr(budget, "SECONDS", 1)
        monkeypatch.setattr(Post, "hits", late)

    return begin


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database of each kind."""
    with empty_database(request.param, tmp_path_factory.mktemp("database")) as address:
        yield address


@pytest.fixture(params=DATABASES)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of each kind, for one test alone."""
    with empty_database(request.param, tmp_path) as address:
        yield address


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """Creates a database, gives its address, and drops it afterwards.

    Args:
        kind: ``sqlite`` or ``postgresql``.
        folder: where a file may be kept.
    """
    if kind == "sqlite":
        yield f"sqlite:///{folder}/test.db"
        return
    name = f"hanmadi_test_{uuid.uuid4().hex[:12]}"
    server = sa.create_engine(database_url(POSTGRES), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield sa.make_url(database_url(POSTGRES)).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture(scope="session")
def app(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over a database that the migrations have made."""
    app = create_app(settings_for(database, tmp_path_factory.mktemp("data")))
    with app.app_context():
        flask_migrate.upgrade(directory=str(Path(app.root_path).parent / "migrations"))
    yield app
    with app.app_context():
        db.engine.dispose()


def settings_for(database: str, folder: Path, **changes: object) -> Testing:
    """Returns the tests' configuration for a database and a data folder."""
    settings = Testing()
    settings.SQLALCHEMY_DATABASE_URI = database
    settings.DATA_DIR = folder
    settings.MAIL_FOLDER = folder / "mail"
    for name, value in changes.items():
        setattr(settings, name, value)
    return settings


@pytest.fixture
def limited(database: str, app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application with its limits on."""
    with another_app(settings_for(database, tmp_path, RATELIMIT_ENABLED=True)) as limited:
        yield limited
    limiter.enabled = False


@contextmanager
def another_app(settings: Testing) -> Iterator[Flask]:
    """Makes another application; the tests' own one has its queue and its search back afterwards."""
    kept = [(extension, dict(vars(extension))) for extension in (live, queue, search)]
    yield create_app(settings)
    for extension, state in kept:
        vars(extension).update(state)


@pytest.fixture(autouse=True)
def forget_counts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lets every test count from nothing."""
    yield
    if "limited" in request.fixturenames:
        limiter.reset()


@pytest.fixture(autouse=True)
def empty(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leaves no row, task, letter or export behind; tests without the application pay nothing."""
    app = request.getfixturevalue("app") if "app" in request.fixturenames else None
    yield
    assert not has_app_context(), "This test has entered the application's context and not left it."
    if app is None:
        return
    queue.memory.clear()
    live.told.clear()
    search.init_app(app, [model.__tablename__ for model in SEARCHED], [Post.__tablename__])
    for letter in app.config["MAIL_FOLDER"].glob("*"):
        letter.unlink()
    shutil.rmtree(app.config["DATA_DIR"] / "exports", ignore_errors=True)
    with app.app_context(), db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def engine_with(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the application use another engine for the length of a test."""

    def choose(**settings: object) -> None:
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        search.init_app(app, [model.__tablename__ for model in SEARCHED], [Post.__tablename__])

    return choose


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The people of the tests: ``cast.member("바다")`` is confirmed and can sign in."""
    return Cast(app)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(app)


@pytest.fixture
def translator() -> Iterator[Translator]:
    """A translation service on this machine."""
    server = Translator()
    yield server
    server.close()


@pytest.fixture
def translating(app: Flask, translator: Translator, monkeypatch: pytest.MonkeyPatch) -> Translator:
    """Lets the site have posts translated there, as by Papago."""
    for name, value in translator_settings("papago", translator.url).items():
        monkeypatch.setitem(app.config, name, value)
    return translator


def translator_settings(name: str, url: str) -> dict[str, str]:
    """Returns the settings of a site that uses a translation service at an address."""
    return {
        "TRANSLATOR": name,
        "TRANSLATOR_URL": url,
        "TRANSLATOR_KEY": KEY,
        "TRANSLATOR_KEY_ID": KEY_ID,
        "TRANSLATOR_REGION": "koreacentral",
    }


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that takes everything."""
    office = PostOffice().open()
    yield office
    office.close()


@pytest.fixture
def mails_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the site send through a mail server for the length of a test."""

    def choose(**settings: object) -> None:
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)

    return choose
