"""Keeps callers from waiting for an outside service that is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

REST = 2.0  # Seconds without a try after a failure.
Errors = type[BaseException] | tuple[type[BaseException], ...]


class Breaker:
    """Remembers that a service is away, so that one caller in a while finds out and the others do not wait.

    Each process has its own.

    Args:
        service: what the messages call it.
        down: what is raised while it is away, made from a message.
        failures: the errors that mean that it is away.
        passes: those among them that mean that it is well; they go through to the caller.
        tell: says what an error means.
        rest: seconds without a try after a failure.
    """

    def __init__(
        self,
        service: str,
        down: Callable[[str], Exception],
        *,
        failures: Errors,
        passes: Errors = (),
        tell: Callable[[BaseException], str] = str,
        rest: float = REST,
    ) -> None:
        self.service = service
        self.rest = rest
        self._down = down
        self._failures, self._passes, self._tell = failures, passes, tell
        self._lock = Lock()
        self._next_try = 0.0

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Lets the block speak to the service.

        Raises:
            Exception: what ``down`` makes: the service failed in the block, or a moment ago.
        """
        self.admit()
        try:
            yield
        except self._passes:
            self.succeeded()
            raise
        except self._failures as error:
            self.failed()
            raise self._down(f"{self.service} failed: {self._tell(error)}") from error
        self.succeeded()

    @property
    def is_closed(self) -> bool:
        """Whether the last use of the service succeeded."""
        return not self._next_try

    def admit(self) -> None:
        """Admits a caller; ``failed`` or ``succeeded`` has to follow.

        Raises:
            Exception: what ``down`` makes: the service failed a moment ago.
        """
        with self._lock:
            moment = time.monotonic()
            if moment < self._next_try:
                raise self._down(f"{self.service} failed a moment ago.")
            if self._next_try:
                # This caller tries for everybody; the others rest until it knows.
                self._next_try = moment + self.rest

    def failed(self) -> None:
        """Opens the breaker: the next call is admitted after ``rest``."""
        with self._lock:
            self._next_try = time.monotonic() + self.rest

    def succeeded(self) -> None:
        """Closes the breaker: every call is admitted."""
        with self._lock:
            self._next_try = 0.0
