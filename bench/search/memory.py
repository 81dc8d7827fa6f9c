"""How much memory a web process takes that searches: under gunicorn, with the application loaded before the fork.

The database behind it is small. Of the proportional set size (PSS) the pages of files, of the index above all, are the
kernel's to take back; the rest is the process's own.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from bench.search import asking, engines, posts, report

_ROOT = Path(__file__).parents[2]
_PARTS = ("Pss", "Pss_Anon", "Pss_File", "Rss")
_PATIENCE = 60  # Seconds that gunicorn may take to answer.


def run(options: argparse.Namespace) -> None:
    """Prints the memory of each process before and after searching."""
    sample = posts.sample(options.data, options.posts, options.seed)
    with engines.place("embedded", options) as place, tempfile.TemporaryDirectory() as folder:
        engines.filled(place.open(), sample)
        environment = _environment(folder, place.where)
        _flask(environment, "db", "upgrade")
        _flask(environment, *"data generate --users 100 --posts 2000 --follows 5 --seed 1".split())
        address = f"http://127.0.0.1:{environment['PORT']}"
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--preload"]
        command += ["--workers", str(options.processes), "microblog:app"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=_ROOT, env=environment, **quiet) as server:
            try:
                _wait(f"{address}/healthz")
                rows = _rows(server.pid, "started")
                _search(address, asking.texts(sample, options.seed))
                rows += _rows(server.pid, "searched")
            finally:
                server.terminate()
    report.table(
        f"MB of {options.processes} web processes, {options.posts:,} posts", ("", "process", *_PARTS), rows
    )


def _environment(folder: str, index: str) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ours = {"DATA_DIR": folder, "SEARCH_PATH": index, "PORT": port, "REDIS_URL": "memory://"}
    return os.environ | ours | {"RATELIMIT_ENABLED": "0", "FLASK_APP": "microblog", "ELASTICSEARCH_URL": ""}


def _flask(environment: Mapping[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "flask", *arguments]
    subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True)


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


def _search(address: str, texts: Sequence[str]) -> None:
    """Asks for pages and for suggestions, as often as every process gets its share."""
    for number, text in enumerate(texts):
        order = "&sort=newest" if number % 4 == 3 else ""
        urlopen(f"{address}/search?q={quote(text)}{order}").close()
        urlopen(f"{address}/search/suggestions?q={quote(text[:3])}").close()


def _rows(master: int, when: str) -> list[list[str]]:
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    named = [("master", str(master)), *((f"web {number}", pid) for number, pid in enumerate(children, 1))]
    return [[when, name, *_memory(pid)] for name, pid in named]


def _memory(pid: str) -> list[str]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return [f"{kilobytes[part] / 1000:.0f}" for part in _PARTS]
