"""A running site to send made-up requests to: gunicorn over a database of its own, with some people and posts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import sqlalchemy as sa

from config import database_url

ROOT = Path(__file__).parents[2]
NAME, PASSWORD = "casewriter", "four plain words together"
# Whom the member writes to, and with whom no conversation is kept; not among the people of schemathesis.toml, some of
# whom get blocked.
PARTNER, FORGOTTEN = "4", "6"
MESSAGES = 40  # So many were exchanged with each of the two.
_MAIL = f"{NAME}@example.com"
_POSTS = 60
# The member's own posts, by what is done to them; they come behind those of the others.
OWN = {"DELETE": range(_POSTS + 1, _POSTS + 21), "PATCH": range(_POSTS + 21, _POSTS + 41)}
_PEOPLE = f"data generate --users 12 --posts {_POSTS} --follows 4 --seed 1"
_PATIENCE = 60  # Seconds that gunicorn may take to answer.


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
        _flask(settings, "db", "upgrade")
        _flask(settings, *_PEOPLE.split())
        _flask(settings, "search", "rebuild")
        _flask(settings, "users", "create", NAME, _MAIL, "--password", PASSWORD, "--confirmed")
        _python(settings, "bench.api.own")
        address = f"http://127.0.0.1:{settings['PORT']}"
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "microblog:app"]
        with open(Path(folder) / "said", "wb") as said:
            server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=said, stderr=subprocess.STDOUT)
            try:
                _wait(f"{address}/healthz", server)
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
    """Returns the site's environment, which takes no setting from this machine's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    ours = {
        "DATA_DIR": folder,
        "DATABASE_URL": url,
        "PORT": port,
        "FLASK_APP": "microblog",
        "LANG": "C.UTF-8",
    }
    # What the project's .env says does not count either: it fills in only what is missing here.
    plain = {
        "REDIS_URL": "memory://",
        "ELASTICSEARCH_URL": "",
        "MAIL_SERVER": "",
        "ADMINS": "",
        "PROXIES": "0",
    }
    # Translations are offered and asked for; nobody makes them.
    plain |= {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": "http://127.0.0.1:9", "TRANSLATOR_KEY": ""}
    size = {"WEB_WORKERS": "1", "WEB_THREADS": "8", "RATELIMIT_ENABLED": "0", "LOG_LEVEL": "WARNING"}
    return kept | ours | plain | size


def _flask(settings: Mapping[str, str], *arguments: str) -> None:
    _python(settings, "flask", *arguments)


def _python(settings: Mapping[str, str], module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join([module, *arguments])} failed:\n{done.stdout}{done.stderr}")


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            urlopen(address).close()
            return
        except URLError:
            if time.monotonic() > until or server.poll() is not None:
                raise
            time.sleep(0.1)


def _last_words(path: Path) -> str:
    """Returns the end of what gunicorn and the site have said, without the lines about requests that went well."""
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join([line for line in lines if line.startswith(("[", "{", "Traceback", " "))][-40:])
