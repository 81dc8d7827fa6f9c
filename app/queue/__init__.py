"""The door to the workers: what is left here is done by another process, soon, and perhaps twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from app.queue.down import QueueDown
from app.queue.failures import FailedJob
from app.queue.marks import Later, Marks, marks_of, task
from app.queue.memory import Call, MemoryStore
from app.queue.status import QueueStatus, Status
from app.queue.store import NAMES, RqStore

if TYPE_CHECKING:
    from flask import Flask

__all__ = [
    "NAMES",
    "Call",
    "FailedJob",
    "Later",
    "Marks",
    "Queue",
    "QueueDown",
    "QueueStatus",
    "Sign",
    "Status",
    "marks_of",
    "task",
]


Sign = Callable[[], object]
"""Tells the others that whoever is at work is alive."""


class Store(Protocol):
    """What keeps the calls until somebody does them."""

    def put(self, function: Callable[..., object], arguments: dict[str, Any]) -> None: ...

    def put_once(
        self, turn: str, keep: int, function: Callable[..., object], arguments: dict[str, Any]
    ) -> bool: ...

    def give_back(self, turn: str) -> None: ...

    def gather(self, name: str, ids: Mapping[int, float]) -> None: ...

    def gathered(self, name: str, most: int) -> dict[int, float]: ...

    def alone(self, work: str, seconds: float) -> AbstractContextManager[Sign | None]: ...

    def ping(self) -> None: ...

    def may_try(self, service: str, seconds: int) -> bool: ...

    def note_down(self, service: str, seconds: int) -> None: ...

    def note_up(self, service: str) -> None: ...

    def rests(self, service: str) -> bool: ...

    def failed(self) -> list[FailedJob]: ...

    def retry(self, job_id: str) -> bool: ...

    def drop(self, job_id: str) -> bool: ...

    def beat(self) -> None: ...

    def status(self) -> Status: ...

    def wake(self) -> int: ...

    def recover(self, *, looks: int) -> int: ...


class Queue:
    """Keeps calls of marked functions: in Redis or Valkey for the workers, or in memory for the tests.

    No method waits longer than a third of a second for a store that is away, and while one is known to be away they
    do not wait at all.
    """

    def __init__(self) -> None:
        self._store: Store | None = None

    def init_app(self, app: Flask) -> None:
        """Chooses the store by REDIS_URL; ``memory://`` keeps the calls here until ``run`` is called."""
        url = app.config["REDIS_URL"]
        self._store = MemoryStore(app.app_context) if url == "memory://" else RqStore(url)
        app.extensions["queue"] = self

    @property
    def store(self) -> Store:
        """What keeps the calls."""
        if self._store is None:
            raise RuntimeError("The queue has no store yet: call init_app(app) first.")
        return self._store

    def enqueue(self, function: Callable[..., object], /, **arguments: Any) -> None:
        """Leaves a call for the workers.

        Args:
            function: a module's function marked with ``@task()``.
            arguments: what it is called with; JSON values.

        Raises:
            QueueDown: the store did not take it: it is away, or ten thousand calls wait in that queue.
            TypeError: the function is not marked, or an argument is no JSON value.
        """
        self.store.put(function, arguments)

    def enqueue_once(
        self, turn: str, keep: int, function: Callable[..., object], /, **arguments: Any
    ) -> bool:
        """Leaves a call unless one was left under the same name before.

        Args:
            turn: the name, such as a task's and the minute it is due.
            keep: for how many seconds the name is remembered.
            function: a module's function marked with ``@task()``.
            arguments: what it is called with; JSON values.

        Returns:
            Whether the call was left now.

        Raises:
            QueueDown: the store did not take it.
        """
        return self.store.put_once(turn, keep, function, arguments)

    def give_back(self, turn: str) -> None:
        """Forgets a name, so that from now on a call may be left under it again.

        Args:
            turn: the name given to ``enqueue_once``.

        Raises:
            QueueDown: the store is away.
        """
        self.store.give_back(turn)

    def gather(self, name: str, ids: Mapping[int, float]) -> None:
        """Adds ids to a set, for a task that handles many in one go; an id that is there keeps its later moment.

        Args:
            name: of the set.
            ids: the ids, and when each was added, in seconds since 1970.

        Raises:
            QueueDown: the store is away.
        """
        self.store.gather(name, ids)

    def gathered(self, name: str, most: int) -> dict[int, float]:
        """Removes ids from a set and returns them, those added first before the others.

        Args:
            name: of the set.
            most: how many at most.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.gathered(name, most)

    def alone(self, work: str, seconds: float) -> AbstractContextManager[Sign | None]:
        """Lets one process at a time do a work that may be done by two, but need not.

        Args:
            work: its name.
            seconds: after so long without a sign of life whoever is at it is taken for dead.

        Returns:
            A context that gives the sign of life to call meanwhile, or None while another process is at it. While the
            store is away everybody gets one.
        """
        return self.store.alone(work, seconds)

    def ping(self) -> None:
        """Asks the store whether it is there.

        Raises:
            QueueDown: it is not.
        """
        self.store.ping()

    def may_try(self, service: str, seconds: int) -> bool:
        """Asks whether an outside service should be tried now.

        The workers share what they know of it: after it was found away, one of them tries for all.

        Args:
            service: what we call it.
            seconds: for how long the others leave it to whoever is told to try.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.may_try(service, seconds)

    def note_down(self, service: str, seconds: int) -> None:
        """Lets every worker know that an outside service is away.

        Args:
            service: what we call it.
            seconds: for how long nobody should try.

        Raises:
            QueueDown: the store is away.
        """
        self.store.note_down(service, seconds)

    def note_up(self, service: str) -> None:
        """Lets every worker know that an outside service is there.

        Raises:
            QueueDown: the store is away.
        """
        self.store.note_up(service)

    def rests(self, service: str) -> bool:
        """Returns whether nobody should try an outside service now, because it was away a moment ago.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.rests(service)

    def failed(self) -> list[FailedJob]:
        """Returns the jobs that will not be tried again by themselves, the latest first; they are kept for a week.

        Raises:
            QueueDown: the store is away.
        """
        return sorted(self.store.failed(), key=lambda job: (job.failed_at, job.id), reverse=True)

    def retry(self, job_id: str) -> bool:
        """Puts a failed job back into its queue, as if it were new, and returns whether there was one.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.retry(job_id)

    def drop(self, job_id: str) -> bool:
        """Forgets a failed job, and returns whether there was one.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.drop(job_id)

    def beat(self) -> None:
        """Notes that the scheduler goes on.

        Raises:
            QueueDown: the store is away.
        """
        self.store.beat()

    def status(self) -> Status:
        """Returns how many workers each queue has, what waits in it, and when the scheduler last went on.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.status()

    def wake(self) -> int:
        """Moves the jobs whose wait for another try is over into their queues, and returns how many.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.wake()

    def recover(self) -> int:
        """Looks once for jobs whose worker is gone, and puts back those that were seen without a sign of life in
        three looks, at least seven seconds apart.

        Returns:
            How many jobs were put back.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.recover(looks=3)

    def recover_all(self) -> int:
        """Puts back every job that was begun; right only where no worker of this store can be alive.

        Returns:
            How many jobs were put back.

        Raises:
            QueueDown: the store is away.
        """
        return self.store.recover(looks=0)

    @property
    def memory(self) -> MemoryStore:
        """The store of ``memory://``; ``queue.memory.away = True`` plays a store that is away."""
        if not isinstance(self.store, MemoryStore):
            raise TypeError("Only the queue of memory:// keeps its calls in this process.")
        return self.store

    @property
    def waiting(self) -> list[Call]:
        """The calls that were left in memory and not run yet, oldest first."""
        return self.memory.waiting

    def run(self) -> int:
        """Runs the calls kept in memory, and those they leave, in order; returns how many."""
        return self.memory.run()
