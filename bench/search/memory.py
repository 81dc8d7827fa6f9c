"""How much memory a web process takes that searches: under gunicorn, with the application loaded before the fork.

The database behind it is small. Of the proportional set size (PSS) the pages of files, of the index above all, are the
kernel's to take back; the rest is the process's own.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from bench.search import asking, engines, posts, report
from bench.web import environment, flask, serving

_PARTS = ("Pss", "Pss_Anon", "Pss_File", "Rss")


def run(options: argparse.Namespace) -> None:
    """Prints the memory of each process before and after searching."""
    sample = posts.sample(options.data, options.posts, options.seed)
    with engines.place("embedded", options) as place, tempfile.TemporaryDirectory() as folder:
        engines.filled(place.open(), sample)
        site = environment(folder, SEARCH_PATH=place.where)
        flask(site, "db", "upgrade")
        flask(site, *"data generate --users 100 --posts 2000 --follows 5 --seed 1".split())
        with serving(site, options.processes) as (address, pid):
            rows = _rows(pid, "started")
            _search(address, asking.texts(sample, options.seed))
            rows += _rows(pid, "searched")
    report.table(
        f"MB of {options.processes} web processes, {options.posts:,} posts", ("", "process", *_PARTS), rows
    )


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
