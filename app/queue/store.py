"""The queue in Redis or Valkey, kept and worked off by RQ."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import rq
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import LockError, WatchError
from redis.retry import Retry
from rq.serializers import JSONSerializer

from app.queue import failures, recovery, status
from app.queue.down import Breaker, QueueDown
from app.queue.failures import FAILED_FOR, FailedJob
from app.queue.marks import marks_of, name_of

NAMES = ("urgent", "default", "slow")
DOUBT = 3600  # Seconds after a failure of a service in which one caller tries for all whether it is back.
MOST_WAITING = 10_000  # Calls in a queue; a store without workers must not fill up.
PATIENCE = 0.3  # Seconds that a request waits for a store, to connect or to answer.


def connect(url: str) -> Redis:
    """Returns a client that gives up quickly, as a request needs it."""
    return Redis.from_url(
        url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), retries=0)
    )


def named_queue(name: str, connection: Redis) -> rq.Queue:
    """Returns RQ's queue of that name; what it keeps is JSON, so that no job can bring code along."""
    return rq.Queue(name, connection=connection, serializer=JSONSerializer)


def _turn_key(turn: str) -> str:
    return f"hanmadi:turn:{turn}"


def _set_key(name: str) -> str:
    return f"hanmadi:set:{name}"


def _rest_key(service: str) -> str:
    return f"hanmadi:rest:{service}"


def _doubt_key(service: str) -> str:
    return f"hanmadi:doubt:{service}"


class RqStore:
    """Keeps calls as RQ's jobs.

    Args:
        url: where the store is: ``redis://``, ``rediss://`` or ``unix://``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = connect(url)
        self.queues = {name: named_queue(name, self.connection) for name in NAMES}
        self.breaker = Breaker()

    def put(self, function: Callable[..., object], arguments: dict[str, Any]) -> None:
        """Leaves a call in its queue; see ``Queue.enqueue``."""
        with self.breaker.closed():
            self._leave(function, arguments)

    def put_once(
        self, turn: str, keep: int, function: Callable[..., object], arguments: dict[str, Any]
    ) -> bool:
        """Leaves a call in its queue unless its turn is taken; see ``Queue.enqueue_once``."""
        key = _turn_key(turn)
        with self._transaction(key) as pipeline:
            if pipeline.exists(key):
                return False
            # The turn and the call are written together: neither is lost alone.
            pipeline.multi()
            pipeline.set(key, 1, ex=keep)
            self._leave(function, arguments, pipeline, {"turn": turn})
            return bool(pipeline.execute())
        return False

    def give_back(self, turn: str) -> None:
        """Forgets that a turn is taken; see ``Queue.give_back``."""
        with self.breaker.closed():
            self.connection.delete(_turn_key(turn))

    def gather(self, name: str, ids: Mapping[int, float]) -> None:
        """Adds ids to a set; see ``Queue.gather``."""
        with self.breaker.closed():
            self.connection.zadd(_set_key(name), {str(id): moment for id, moment in ids.items()}, gt=True)

    def gathered(self, name: str, most: int) -> dict[int, float]:
        """Removes ids from a set and returns them; see ``Queue.gathered``."""
        with self.breaker.closed():
            found: Any = self.connection.zpopmin(_set_key(name), most)
            return {int(id): moment for id, moment in found}

    @contextmanager
    def alone(self, work: str, seconds: float) -> Iterator[Callable[[], object] | None]:
        """Lets one process at a time do a work; see ``Queue.alone``."""
        lock = self.connection.lock(f"hanmadi:alone:{work}", timeout=seconds, blocking=False)
        taken = self._tried(lock.acquire)
        if not taken:
            yield None if taken is False else lambda: None  # A store that is away hears no sign.
            return
        try:
            yield lambda: self._tried(lock.reacquire)
        finally:
            self._tried(lock.release)

    def _tried(self, ask: Callable[[], bool | None]) -> bool | None:
        """Returns the store's answer, or None where it is away or the lock has passed to somebody else."""
        try:
            with self.breaker.closed():
                return ask()
        except (QueueDown, LockError):
            return None

    def ping(self) -> None:
        """Asks the store for an answer."""
        with self.breaker.closed():
            self.connection.ping()

    def may_try(self, service: str, seconds: int) -> bool:
        """Asks whether a service should be tried now; see ``Queue.may_try``."""
        with self.breaker.closed():
            if self.connection.exists(_doubt_key(service)):
                return bool(self.connection.set(_rest_key(service), 1, nx=True, ex=seconds))
        return True

    def note_down(self, service: str, seconds: int) -> None:
        """Lets every process know that a service is away; see ``Queue.note_down``."""
        with self.breaker.closed(), self.connection.pipeline() as pipeline:
            pipeline.set(_doubt_key(service), 1, ex=DOUBT)
            pipeline.set(_rest_key(service), 1, ex=seconds)
            pipeline.execute()

    def note_up(self, service: str) -> None:
        """Lets every process know that a service is there; see ``Queue.note_up``."""
        with self.breaker.closed():
            self.connection.delete(_doubt_key(service), _rest_key(service))

    def rests(self, service: str) -> bool:
        """Returns whether nobody is to try a service now; see ``Queue.rests``."""
        with self.breaker.closed():
            return bool(self.connection.exists(_rest_key(service)))

    def failed(self) -> list[FailedJob]:
        """Returns the jobs that have failed for good; see ``Queue.failed``."""
        with self.breaker.closed():
            return [job for queue in self.queues.values() for job in failures.failed(queue)]

    def retry(self, job_id: str) -> bool:
        """Puts a failed job back into its queue; see ``Queue.retry``."""
        with self.breaker.closed():
            return any(failures.retry(queue, job_id) for queue in self.queues.values())

    def drop(self, job_id: str) -> bool:
        """Forgets a failed job; see ``Queue.drop``."""
        with self.breaker.closed():
            return any(failures.drop(queue, job_id) for queue in self.queues.values())

    def beat(self) -> None:
        """Notes that the scheduler goes on."""
        with self.breaker.closed():
            status.beat(self.connection)

    def status(self) -> status.Status:
        """Returns how the queues are; see ``Queue.status``."""
        with self.breaker.closed():
            return status.of(self.connection, self.queues)

    def wake(self) -> int:
        """Moves the jobs that are due for another try into their queues."""
        with self.breaker.closed():
            return sum(recovery.wake(queue) for queue in self.queues.values())

    def recover(self, *, looks: int) -> int:
        """Puts back jobs that have shown no sign of life in so many looks; see ``Queue.recover``."""
        with self.breaker.closed():
            if looks and not recovery.may_look(self.connection):
                return 0
            return sum(recovery.recover(queue, looks) for queue in self.queues.values())

    @contextmanager
    def _transaction(self, key: str) -> Iterator[Pipeline]:
        """Gives a pipeline that watches the key; when somebody else changes it first, nothing is written."""
        try:
            with self.breaker.closed(), self.connection.pipeline() as pipeline:
                pipeline.watch(key)  # type: ignore[no-untyped-call]
                yield pipeline
        except WatchError:
            pass

    def _leave(
        self,
        function: Callable[..., object],
        arguments: dict[str, Any],
        pipeline: Pipeline | None = None,
        meta: dict[str, Any] | None = None,
    ) -> None:
        marks = marks_of(function)
        queue = self.queues[marks.queue]
        if queue.count >= MOST_WAITING:
            raise QueueDown(f"{MOST_WAITING} calls wait in the queue {marks.queue}: start more workers.")
        queue.enqueue_call(
            function,
            kwargs=arguments,
            timeout=marks.timeout,
            retry=rq.Retry(max=len(marks.retries), interval=list(marks.retries)) if marks.retries else None,
            # RQ's own description, which it logs, would show the arguments.
            description=name_of(function),
            result_ttl=0,
            failure_ttl=FAILED_FOR,
            meta=meta,
            pipeline=pipeline,
        )
