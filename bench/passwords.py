"""Sends many wrong passwords for one account at once to a whole site, and prints how many were checked.

    python -m bench.passwords --at-once 100

Half of them come through the log-in page, half through POST /api/tokens, in several spellings of the name. The bench
ends with 1 when more than 5 were checked, or when the memory of all processes of the site grew by more than 200 MB.
"""

import argparse
import io
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

import requests

from tests.cast import Cast
from tests.integration.live_site import TOKEN, OneMachine
from tests.integration.processes import started_with

WRONG = "not the password"
SPELLINGS = ("narae", "NARAE", "ｎarae", "Narae")
MOST_CHECKED, MOST_MEMORY = 5, 200
STEADY, SETTLED = 1024, 5
"""So few kB more in so many seconds are no growth."""


class Memory:
    """How much memory the processes of a site hold together, shared pages counted once (PSS), every 20 ms."""

    def __init__(self, data: Path) -> None:
        self._pids = list(started_with(data))
        self.before = self.most = self._settled()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Returns by how many MB it grew at most."""
        self._over.set()
        self._thread.join()
        return (self.most - self.before) / 1024

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.most = max(self.most, self._held())

    def _settled(self) -> int:
        """Returns how much they hold once they have started, and have held no more for some seconds."""
        most, steady = self._held(), 0
        while steady < SETTLED:
            time.sleep(1)
            now = self._held()
            steady = 0 if now - most > STEADY else steady + 1
            most = max(most, now)
        return most

    def _held(self) -> int:
        return sum(map(held, self._pids))


def held(pid: int) -> int:
    """Returns how many kB a process holds."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # It has ended.
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def prepared(url: str) -> tuple[requests.Session, str]:
    """Returns a browser that has opened the log-in page, and the page's proof of origin."""
    browser = requests.Session()
    browser.trust_env = False
    token = TOKEN.search(browser.get(f"{url}/auth/login", timeout=30).text)
    assert token
    return browser, token[1]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.passwords",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--at-once", type=int, default=100, help="how many attempts")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Leaves no process behind.
    with tempfile.TemporaryDirectory(prefix="hanmadi-passwords-") as folder:
        site, answers = OneMachine(Path(folder)), Counter[int]()
        try:
            Cast(site.app).member("narae")
            answers, seconds, growth = attack(site, options.at_once)
        finally:
            # What the site has said is of use only where something went wrong.
            with redirect_stdout(io.StringIO()) if answers else nullcontext():
                site.stop()
    checked = answers[422] + answers[401]
    print(f"answers            {dict(answers)}")
    print(f"passwords checked  {checked} (at most {MOST_CHECKED})")
    print(f"memory             +{growth:.0f} MB (at most {MOST_MEMORY})")
    print(f"time               {seconds:.1f} s for all")
    raise SystemExit(0 if checked <= MOST_CHECKED and growth <= MOST_MEMORY else 1)


def attack(site: OneMachine, at_once: int) -> tuple[Counter[int], float, float]:
    """Returns the answers by status, how long all of them took, and by how many MB the site grew."""
    browsers = [prepared(site.url) for _ in range(at_once)]
    begin = threading.Barrier(at_once)

    def attempt(number: int) -> int:
        browser, proof = browsers[number]
        name = SPELLINGS[number // 2 % len(SPELLINGS)]
        begin.wait()
        if number % 2:
            sent = browser.post(f"{site.url}/api/tokens", json={}, auth=(name.encode(), WRONG), timeout=60)
        else:
            form = {"name": name, "password": WRONG, "csrf_token": proof}
            sent = browser.post(f"{site.url}/auth/login", data=form, timeout=60, allow_redirects=False)
        return sent.status_code

    memory, began = Memory(site.data), time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        answers = Counter(pool.map(attempt, range(at_once)))
    return answers, time.monotonic() - began, memory.stop()


if __name__ == "__main__":
    main()
