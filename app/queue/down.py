"""What the queue raises, and how it keeps requests from waiting for a store that is away."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from redis.exceptions import RedisError, WatchError


class QueueDown(Exception):
    """The store is away, or cannot take anything; what was to be enqueued was not."""


class Breaker:
    """Remembers that a store is away, so that one caller in a while finds out and the others do not wait.

    Args:
        rest: seconds without a try after a failure.
    """

    def __init__(self, rest: float = 2.0) -> None:
        self.rest = rest
        self._lock = Lock()
        self._next_try = 0.0

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Lets the block speak to the store.

        Raises:
            QueueDown: the store failed in the block, or a moment ago.
        """
        self._admit()
        try:
            yield
        except WatchError:
            raise  # Somebody else was faster, so the store is well.
        except RedisError as error:
            with self._lock:
                self._next_try = time.monotonic() + self.rest
            raise QueueDown(f"The queue's store failed: {error}") from error
        with self._lock:
            self._next_try = 0.0

    def _admit(self) -> None:
        with self._lock:
            moment = time.monotonic()
            if moment < self._next_try:
                raise QueueDown("The queue's store failed a moment ago.")
            if self._next_try:
                # This caller tries for everybody; the others rest until it knows.
                self._next_try = moment + self.rest
