"""Starts tasks by the clock, and does the queue's housekeeping.

RQ's own cron stores its jobs pickled, ends when the store is away, and enqueues twice when two of them run. This one
asks, every second, whether the turn that is due was taken; the store knows, so any number may run, restart or sleep,
and a turn that fell into a night without power is taken in the morning.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from croniter import croniter

from app.queue import Queue, QueueDown, pulse

log = logging.getLogger(__name__)

KEEP = 40 * 24 * 3600  # Seconds that a turn is remembered: longer than from one turn to the next.
LOOK_EVERY = 10.0  # Seconds between two looks for jobs whose worker is gone.


@dataclass(frozen=True)
class Entry:
    """A task and when it is due.

    Args:
        function: a module's function marked with ``@task()``.
        when: every so many seconds, or a crontab such as ``10 4 * * *``.
    """

    function: Callable[..., object]
    when: int | str

    def turn(self, now: datetime) -> str:
        """Names the turn that is due, the same in every process."""
        if isinstance(self.when, int):
            due = int(now.timestamp()) // self.when * self.when
        else:
            due = int(croniter(self.when, now).get_prev(float))
        return f"{self.function.__module__}.{self.function.__qualname__}@{due}"

    @property
    def keep(self) -> int:
        """For how many seconds a turn is remembered."""
        return self.when * 10 if isinstance(self.when, int) else KEEP


class Scheduler:
    """Enqueues what is due.

    Args:
        queue: where to.
        entries: what, and when.
        zone: whose clock a crontab means.
    """

    def __init__(self, queue: Queue, entries: Iterable[Entry], zone: tzinfo) -> None:
        self.queue = queue
        self.entries = list(entries)
        self.zone = zone
        self._taken: dict[Entry, str] = {}
        self._next_look = 0.0
        self._down = False

    def run(self) -> None:
        """Ticks every second until a signal ends the process; a store that is away is waited for."""
        while True:
            pulse.beat()
            try:
                self.tick(datetime.now(self.zone))
            except QueueDown as error:
                if not self._down:
                    log.warning("The schedule waits: %s", error)
                self._down = True
            else:
                if self._down:
                    log.warning("The store is back, and the schedule goes on")
                self._down = False
            time.sleep(1)

    def tick(self, now: datetime) -> None:
        """Does once what is due now.

        Args:
            now: the moment, in the schedule's time zone.

        Raises:
            QueueDown: the store is away; what is due stays due.
        """
        self.queue.beat()
        self.queue.wake()
        for entry in self.entries:
            turn = entry.turn(now)
            if self._taken.get(entry) != turn:
                self.queue.enqueue_once(turn, entry.keep, entry.function)
                self._taken[entry] = turn
        if time.monotonic() >= self._next_look:
            self.queue.recover()
            self._next_look = time.monotonic() + LOOK_EVERY
