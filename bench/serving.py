"""How many pages a second two, three or four processes serve, and how long one waits for a page.

    python -m bench.serving
    python -m bench.serving --processes 2 4 8 --clients 32

The site has 200 people, 20,000 posts and the embedded search. Strangers look at a timeline, posts and searches: first
each asks for the next page as soon as the last one is there, then after a pause. All sizes take turns, twice.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from urllib.parse import quote
from urllib.request import urlopen

from bench.web import environment, flask, serving

PEOPLE, POSTS = 200, 20_000
TYPED = "영화 사랑 오늘 좋은 커피 겨울 배우 감동 한글 여행".split()
SECONDS, WARM = 15, 5
PAUSE = 0.4  # Seconds on average.
ROUNDS = 2


def main() -> None:
    """Fills a site and prints a line for each number of processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hanmadi-serving-") as folder:
        site = environment(folder)
        flask(site, "db", "upgrade")
        flask(site, *f"data generate --users {PEOPLE} --posts {POSTS} --follows 10 --seed 1".split())
        flask(site, "search", "rebuild")
        print(f"{'processes':>9}{'pause s':>9}{'pages/s':>9}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}")
        for _ in range(ROUNDS):
            for pause in (0.0, PAUSE):
                for processes in options.processes:
                    with serving(site, processes) as (address, _):
                        taken = sorted(measure(address, options.clients, pause))
                    quantiles = "".join(
                        f"{taken[int(len(taken) * part)] * 1000:8.0f}" for part in (0.5, 0.95, 0.99)
                    )
                    print(f"{processes:>9}{pause:>9}{len(taken) / SECONDS:>9.0f}{quantiles}", flush=True)


def measure(address: str, clients: int, pause: float) -> list[float]:
    """Returns the seconds that pages took, after a while in which the processes get warm."""
    until = time.monotonic() + WARM + SECONDS
    with ThreadPoolExecutor(clients) as pool:
        found = pool.map(lambda number: list(read(address, Random(number), pause, until)), range(clients))
        return [seconds for each in found for seconds in each]


def read(address: str, chance: Random, pause: float, until: float) -> Iterator[float]:
    """Reads pages until it is over, and yields the seconds of each that was asked for behind the warming up."""
    while (began := time.monotonic()) < until:
        with urlopen(address + path(chance)) as answer:
            answer.read()
        if began > until - SECONDS:
            yield time.monotonic() - began
        time.sleep(chance.expovariate(1 / pause) if pause else 0)


def path(chance: Random) -> str:
    """Returns the address of some page."""
    searched = f"/search?q={quote(chance.choice(TYPED))}"
    return chance.choice(("/explore", f"/posts/{chance.randint(1, POSTS)}", searched))


if __name__ == "__main__":
    main()
