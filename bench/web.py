"""A site under gunicorn, with the application loaded before the fork, as ``./boot.sh`` serves it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_ROOT = Path(__file__).parents[1]
_PATIENCE = 60  # Seconds that gunicorn may take to answer.


def environment(folder: str, **settings: str) -> dict[str, str]:
    """Returns the environment of a site without a limit and without servers.

    Args:
        folder: where it keeps its data.
        settings: that differ from the usual ones.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ours = {"DATA_DIR": folder, "PORT": port, "REDIS_URL": "memory://", "RATELIMIT_ENABLED": "0"}
    return os.environ | ours | {"FLASK_APP": "microblog", "ELASTICSEARCH_URL": ""} | settings


def flask(environment: Mapping[str, str], *arguments: str) -> None:
    """Runs one of the site's commands."""
    command = [sys.executable, "-m", "flask", *arguments]
    subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True)


@contextmanager
def serving(environment: Mapping[str, str], processes: int) -> Iterator[tuple[str, int]]:
    """Serves the site while the block runs, and gives its address and the id of the process that keeps the others."""
    address = f"http://127.0.0.1:{environment['PORT']}"
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--preload"]
    command += ["--workers", str(processes), "microblog:app"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=_ROOT, env=environment, **quiet) as server:
        try:
            _wait(f"{address}/healthz")
            yield address, server.pid
        finally:
            server.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            urlopen(address).close()
            return
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
