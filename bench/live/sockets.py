"""What many open pages cost: how much longer others wait for a page, and the memory of the process that holds them."""

import argparse
import selectors
import threading
import time
from pathlib import Path
from statistics import median

from bench.live.site import quantile, running, write
from tests.integration.live_site import Member, Site
from tests.sockets import PING, PONG, Connection

EACH = 8  # Pages of one member.


class Crowd:
    """Members whose pages are open and answer when the site asks whether they are there."""

    def __init__(self, members: list[Member]) -> None:
        self.pages: list[Connection] = [member.open() for member in members for _ in range(EACH)]
        self._selector = selectors.DefaultSelector()
        for page in self.pages:
            page.say("watch", {"timeline": "home"})
            self._selector.register(page.socket.sock, selectors.EVENT_READ, page)
        self._is_over = False
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self) -> None:
        while not self._is_over:
            for key, _ in self._selector.select(0.2):
                if key.data.socket.recv() == PING:
                    key.data.socket.send(PONG)

    def leave(self) -> None:
        """Closes the pages."""
        self._is_over = True
        self._thread.join()
        for page in self.pages:
            page.close()


def memory(site: Site) -> float:
    """Returns the megabytes of the processes that hold connections, each page of memory counted once (PSS)."""
    live = site.programs["live"].process.pid
    children = (Path(f"/proc/{live}/task/{live}/children")).read_text().split()
    found = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (live, *children)]
    return sum(int(text.partition("\nPss:")[2].split()[0]) for text in found) / 1000


def pages(reader: Member, number: int) -> list[float]:
    """Returns the seconds that pages took."""
    taken = []
    for _ in range(number):
        began = time.perf_counter()
        assert reader.get("/explore").status_code == 200
        taken.append(time.perf_counter() - began)
    return taken


def run(options: argparse.Namespace) -> None:
    """Measures pages with and without open ones in turn."""
    without, beside, held = [], [], []
    with running(is_split=True) as site:
        write(site, "바다", 40)
        reader = site.member("하늘")
        members = [
            site.member("손님" + chr(ord("가") + number * 28))
            for number in range(-(-options.sockets // EACH))
        ]
        pages(reader, 10)
        empty = memory(site)
        for _ in range(options.rounds):
            without += pages(reader, options.pages)
            crowd = Crowd(members)
            time.sleep(1)
            beside += pages(reader, options.pages)
            held.append(memory(site))
            count = len(crowd.pages)
            crowd.leave()
            time.sleep(1)
        assert site.answers()
    print(f"{options.rounds} rounds of {options.pages} pages of /explore; milliseconds")
    for name, taken in (("no page open", without), (f"{count} pages open", beside)):
        print(f"{name:22} median {median(taken) * 1000:6.1f}   p95 {quantile(taken, 0.95):6.1f}")
    print(f"ratio of the medians   {median(beside) / median(without):.2f}")
    print(f"live process (PSS)     {empty:.0f} MB with none, {max(held):.0f} MB with {count}", flush=True)
