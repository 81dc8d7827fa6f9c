"""A running site to send made-up requests to: gunicorn over a database of its own, with some people and posts."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bench.api.people import NAME, PASSWORD, POSTS
from bench.web import environment, flask, python, wait
from config import database_url
from tests.integration.processes import ROOT

_MAIL = f"{NAME}@example.com"
_PEOPLE = f"data generate --users 12 --posts {POSTS} --follows 4 --seed 1"


@contextmanager
def running(database: str) -> Iterator[str]:
    """Runs a site over an empty database until the block ends.

    Args:
        database: ``sqlite``, or the address of a PostgreSQL server, where a database is made and dropped again.

    Yields:
        Where it begins, without a slash at the end, once it answers.
    """
    with tempfile.TemporaryDirectory(prefix="hanmadi-cases-") as folder, _empty(database, folder) as url:
        settings = _settings(folder, url)
        flask(settings, "db", "upgrade")
        flask(settings, *_PEOPLE.split())
        flask(settings, "search", "rebuild")
        flask(settings, "users", "create", NAME, _MAIL, "--password", PASSWORD, "--confirmed")
        python(settings, "bench.api.own")
        address = f"http://127.0.0.1:{settings['PORT']}"
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "microblog:app"]
        with open(Path(folder) / "said", "wb") as said:
            server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=said, stderr=subprocess.STDOUT)
            try:
                wait(f"{address}/healthz", server)
                yield address
            except BaseException:
                print(_last_words(Path(said.name)), file=sys.stderr)
                raise
            finally:
                server.terminate()
                server.wait()


@contextmanager
def _empty(database: str, folder: str) -> Iterator[str]:
    """Makes a database, and drops it afterwards."""
    if database == "sqlite":
        yield f"sqlite:///{folder}/cases.db"
        return
    server, name = sa.make_url(database_url(database)), f"hanmadi_cases_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def _settings(folder: str, url: str) -> dict[str, str]:
    # Translations are offered and asked for; nobody makes them.
    asked = {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": "http://127.0.0.1:9"}
    return environment(folder, DATABASE_URL=url, WEB_WORKERS="1", WEB_THREADS="8", **asked)


def _last_words(path: Path) -> str:
    """Returns the end of what gunicorn and the site have said, without the lines about requests that went well."""
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join([line for line in lines if line.startswith(("[", "{", "Traceback", " "))][-40:])
