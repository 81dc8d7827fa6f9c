"""How the queue is: who works on it, what waits, and when the schedule was last followed."""

import time
from dataclasses import dataclass, field

import rq
from redis import Redis
from rq import worker_registration

CLOCK = "hanmadi:clock"
CLOCK_KEPT = 7 * 86_400  # Seconds.


@dataclass(frozen=True)
class QueueStatus:
    """How one queue is.

    Attributes:
        workers: how many processes take jobs from it.
        waiting: how many jobs wait.
        oldest: for how many seconds the first of them has waited, or None.
    """

    workers: int
    waiting: int
    oldest: float | None = None


@dataclass(frozen=True)
class Status:
    """How all queues are.

    Attributes:
        queues: by name.
        clock: how many seconds ago the scheduler last followed the schedule, or None when that is unknown.
    """

    queues: dict[str, QueueStatus] = field(default_factory=dict)
    clock: float | None = None


def beat(connection: Redis) -> None:
    """Notes that the scheduler goes on."""
    connection.set(CLOCK, time.time(), ex=CLOCK_KEPT)


def of(connection: Redis, queues: dict[str, rq.Queue]) -> Status:
    """Returns how the queues of a store are."""
    beaten = connection.get(CLOCK)
    clock = max(0.0, time.time() - float(beaten)) if isinstance(beaten, bytes) else None
    return Status({name: _queue(connection, queue) for name, queue in queues.items()}, clock)


def _queue(connection: Redis, queue: rq.Queue) -> QueueStatus:
    keys = list(worker_registration.get_keys(queue))
    # The key of a worker that has died expires; its name stays in the registry a little longer.
    workers = connection.exists(*keys) if keys else 0
    first = next(iter(queue.get_jobs(0, 1)), None)
    since = first and (first.enqueued_at or first.created_at)
    oldest = max(0.0, time.time() - since.timestamp()) if since else None
    return QueueStatus(int(str(workers)), queue.count, oldest)
