"""What the queue raises, and how it keeps requests from waiting for a store that is away."""

from redis.exceptions import LockError, RedisError, WatchError

from app import breaker


class QueueDown(Exception):
    """The store is away, or cannot take anything; what was to be enqueued was not."""


class Breaker(breaker.Breaker):
    """The breaker of the queue's store; its blocks raise ``QueueDown``.

    Args:
        rest: seconds without a try after a failure.
    """

    def __init__(self, rest: float = breaker.REST) -> None:
        super().__init__(
            "The queue's store",
            QueueDown,
            failures=RedisError,
            passes=(WatchError, LockError),  # Somebody else was faster, so the store is well.
            rest=rest,
        )
