"""Members who read and write through nginx, in bursts, and what became of each request."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import requests

from tests.integration.live_site import Member


class Traffic:
    """Requests of several members at the same time, half of them posts.

    Args:
        members: who sends; each has a connection of their own to nginx.
        burst: how many requests a member sends without a pause.
        pause: between two bursts, the least and the most seconds.
    """

    def __init__(self, members: Sequence[Member], burst: int, pause: tuple[float, float]) -> None:
        self.members = members
        self.burst = burst
        self.pause = pause
        self.answers: Counter[str] = Counter()
        self.written: list[str] = []
        self.failed: list[str] = []
        self.slowest = 0.0
        self._lock = threading.Lock()
        self._over = threading.Event()

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return sum(self.answers.values())

    def during(self, work: Callable[[], object], at_least: int = 0) -> None:
        """Sends requests while some work is done, and until so many were sent."""
        threads = [threading.Thread(target=self._send, args=(number,)) for number in range(len(self.members))]
        for thread in threads:
            thread.start()
        try:
            work()
            while self.sent < at_least:
                time.sleep(0.1)
        finally:
            self._over.set()
            for thread in threads:
                thread.join(120)

    def _send(self, number: int) -> None:
        chance = random.Random(number)
        while True:
            for turn in range(self.burst):
                self._ask(number, turn)
            if self._over.wait(chance.uniform(*self.pause)):
                return

    def _ask(self, number: int, turn: int) -> None:
        member, body = self.members[number], f"{number}번 {time.monotonic_ns()}"
        began = time.monotonic()
        what = "POST" if turn % 2 else "GET"
        try:
            answer = member.post("/posts", body=body) if what == "POST" else member.get("/explore")
            how, said = str(answer.status_code), answer.text[:200]
        except requests.RequestException as error:
            how, said = type(error).__name__, str(error)
        with self._lock:
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.answers[f"{what} {how}"] += 1
            if how == "303":
                self.written.append(body)
            elif how != "200":
                self.failed.append(f"{what} {how}: {said}")
