"""Rate limits in the store: Flask-Limiter, and what its decorators cannot do: count inside a view and give back."""

import logging
import time
from dataclasses import dataclass, replace

from flask_limiter import Limiter as FlaskLimiter
from limits import RateLimitItem
from limits.storage import Storage

log = logging.getLogger(__name__)

ROUNDING = 1.0  # Seconds by which the store's whole seconds may be wrong.


@dataclass(frozen=True)
class Window:
    """The state of a limit.

    Attributes:
        most: how many requests it allows.
        seconds: in how many seconds.
        left: how many more are allowed; negative when the last one was refused.
        reset_at: when the window ends, in seconds since 1970.
    """

    most: int
    seconds: int
    left: int
    reset_at: float

    @property
    def wait(self) -> int:
        """After how many seconds the window is over; it ends within the second that ``reset_at`` begins."""
        return max(1, int(self.reset_at + 1 - time.time()))


@dataclass(frozen=True)
class Hit:
    """A request that was counted.

    Attributes:
        limit: how many requests in how many seconds.
        key: the counter's name.
        left: how many more are allowed; negative when this one was too many.
        at: when it was counted, in seconds since 1970.
        storage: where it was counted.
    """

    limit: RateLimitItem
    key: str
    left: int
    at: float
    storage: Storage


class Limiter(FlaskLimiter):
    """Flask-Limiter, with counting by hand.

    No method raises because of the store. While the store does not answer in time, the process counts in its own
    memory, as Flask-Limiter's decorators do.
    """

    def take(self, limit: RateLimitItem, *identifiers: str) -> Hit:
        """Counts a request before it is served.

        Args:
            limit: how many requests in how many seconds.
            identifiers: what is limited, and for whom.
        """
        key, moment = limit.key_for(*identifiers), time.time()
        try:
            storage = self.limiter.storage
            used = storage.incr(key, limit.get_expiry())
        except self.storage.base_exceptions:
            log.warning("The store of the limits did not answer in time; this process counts alone")
            self._storage_dead = True  # Flask-Limiter asks now and then whether it is back.
            storage = self.limiter.storage
            used = storage.incr(key, limit.get_expiry())
        return Hit(limit, key, limit.amount - used, moment, storage)

    def give_back(self, hit: Hit) -> Hit:
        """Takes a request off the counter again, unless its window is over; returns what is left then."""
        try:
            began = hit.storage.get_expiry(hit.key) - hit.limit.get_expiry()
            if began <= hit.at + ROUNDING and hit.storage.get(hit.key) > 0:
                used = hit.storage.incr(hit.key, hit.limit.get_expiry(), amount=-1)
                return replace(hit, left=hit.limit.amount - used)
        except hit.storage.base_exceptions:
            log.warning("The store of the limits did not answer in time; a request stays counted")
        return hit

    def window(self, hit: Hit) -> Window:
        """Returns the window of a counted request; its end is estimated while the store does not answer."""
        try:
            reset_at = hit.storage.get_expiry(hit.key)
        except hit.storage.base_exceptions:
            reset_at = hit.at + hit.limit.get_expiry()
        return _window(hit.limit, hit.left, reset_at)

    def decorated(self) -> list[Window]:
        """Returns the windows that Flask-Limiter's decorators have counted this request in.

        It is empty when the store does not answer: they need it to tell.
        """
        try:
            return [_window(one.limit, one.remaining, one.window.reset_time) for one in self.current_limits]
        except self.storage.base_exceptions:
            return []


def _window(limit: RateLimitItem, left: int, reset_at: float) -> Window:
    return Window(limit.amount, limit.get_expiry(), left, reset_at)
