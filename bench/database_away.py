"""Makes PostgreSQL silent while people read, and prints how long they wait and what they get.

    python -m bench.database_away --database postgresql://postgres@127.0.0.1/empty --seconds 30

The site is served as it is served (gunicorn, three processes), and reaches its database through a proxy that stops
forwarding: like a server stopped with SIGSTOP, it neither answers nor closes. A request that takes 3 seconds, a health
check that takes 0.2, or a page that fails once the server answers again ends the bench with 1. The database has to be
empty; its tables are dropped afterwards.
"""

import argparse
import tempfile
import threading
import time
from collections import Counter
from urllib.error import HTTPError
from urllib.request import urlopen

import sqlalchemy as sa

from bench.web import environment, flask, serving
from config import database_url
from tests.servers.proxy import Proxy

PROCESSES, CLIENTS = 3, 40
PAUSE = 0.2  # Seconds between two requests of one client.
MOST, MOST_HEALTH = 3.0, 0.2
RECOVERY = 5.0  # Seconds after the return in which pages may still fail.

Answer = tuple[float, float, int]  # When it came, how many seconds it took, and its status.


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.database_away",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", required=True, help="the address of an empty PostgreSQL database")
    parser.add_argument("--seconds", type=float, default=30.0, help="for how long it is silent")
    options = parser.parse_args()
    url = sa.make_url(database_url(options.database))
    with tempfile.TemporaryDirectory(prefix="hanmadi-away-") as folder, Proxy(url.port or 5432) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        site = environment(folder, DATABASE_URL=through)
        flask(site, "db", "upgrade")
        try:
            flask(site, *"data generate --users 50 --posts 2000 --follows 5 --seed 1".split())
            with serving(site, PROCESSES) as (address, _):
                is_right = watch(address, proxy, options.seconds)
        finally:
            flask(site, "db", "downgrade", "base")
    raise SystemExit(0 if is_right else 1)


def watch(address: str, proxy: Proxy, seconds: float) -> bool:
    """Reads while the database is there, silent and there again; prints a table, and returns whether all is right."""
    over = threading.Event()
    pages: list[Answer] = []
    health: list[Answer] = []
    readers = [
        threading.Thread(target=read, args=(f"{address}/explore", over, pages)) for _ in range(CLIENTS)
    ]
    readers.append(threading.Thread(target=read, args=(f"{address}/healthz", over, health)))
    for reader in readers:
        reader.start()
    time.sleep(10)
    silent = time.monotonic()
    proxy.pause()
    time.sleep(seconds)
    back = time.monotonic()
    proxy.resume()
    time.sleep(RECOVERY + 5)
    over.set()
    for reader in readers:
        reader.join()
    phases = {
        "before": (0.0, silent),
        "silent": (silent, back),
        "coming back": (back, back + RECOVERY),
        "after": (back + RECOVERY, float("inf")),
    }
    print(f"{'':<12} {'pages':>6} {'answers':<22} {'slowest s':>9} {'slowest health check s':>23}")
    for name, (begin, end) in phases.items():
        here = [answer for answer in pages if begin <= answer[0] < end]
        checks = [took for came, took, _ in health if begin <= came < end]
        statuses = ", ".join(f"{count} × {status}" for status, count in Counter(a[2] for a in here).items())
        print(
            f"{name:<12} {len(here):>6} {statuses:<22} {max(a[1] for a in here):>9.2f} {max(checks):>23.2f}"
        )
    after = {status for came, _, status in pages if came >= back + RECOVERY}
    slowest, slowest_check = max(a[1] for a in pages), max(a[1] for a in health)
    return after == {200} and slowest < MOST and slowest_check < MOST_HEALTH


def read(address: str, over: threading.Event, answers: list[Answer]) -> None:
    """Opens a page again and again."""
    while not over.wait(PAUSE):
        began = time.monotonic()
        try:
            with urlopen(address, timeout=60) as answer:
                status = answer.status
                answer.read()
        except HTTPError as error:
            status = error.code
        ended = time.monotonic()
        answers.append((ended, ended - began, status))


if __name__ == "__main__":
    main()
