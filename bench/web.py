"""A site under gunicorn, with the application loaded before the fork, as ``./boot.sh`` serves it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.integration import processes
from tests.integration.processes import ROOT

_PATIENCE = 60  # Seconds that gunicorn may take to answer.


def environment(folder: str, **settings: str) -> dict[str, str]:
    """Returns the environment of a site without limits and servers, which takes no setting from this machine's.

    Args:
        folder: where it keeps its data.
        settings: that differ from the usual ones.
    """
    # Else the project's .env would say what is missing here, such as whose database is filled.
    own = {"PYTHON_DOTENV_DISABLED": "1", "FLASK_APP": "microblog", "PORT": str(processes.free_port())}
    own |= {"REDIS_URL": "memory://", "RATELIMIT_ENABLED": "0", "LOG_LEVEL": "WARNING"}
    return processes.environment(Path(folder), **own | settings)


def python(environment: Mapping[str, str], module: str, *arguments: str) -> None:
    """Runs a module as a program of the site.

    Raises:
        SystemExit: it failed; what it said is told.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join([module, *arguments])} failed:\n{done.stdout}{done.stderr}")


def flask(environment: Mapping[str, str], *arguments: str) -> None:
    """Runs one of the site's commands; see ``python``."""
    python(environment, "flask", *arguments)


@contextmanager
def serving(environment: Mapping[str, str], workers: int) -> Iterator[tuple[str, int]]:
    """Serves the site while the block runs, and gives its address and the id of the process that keeps the others."""
    address = f"http://127.0.0.1:{environment['PORT']}"
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--preload"]
    command += ["--workers", str(workers), "microblog:app"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet) as server:
        try:
            wait(f"{address}/healthz", server)
            yield address, server.pid
        finally:
            server.terminate()


def wait(address: str, server: subprocess.Popen[bytes]) -> None:
    """Waits until a server answers.

    Raises:
        URLError: it has ended, or does not answer for a minute.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            urlopen(address).close()
            return
        except URLError:
            if time.monotonic() > until or server.poll() is not None:
                raise
            time.sleep(0.1)
