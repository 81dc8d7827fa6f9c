"""A queue inside the process, for tests: it keeps the calls and runs them when told to."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import uuid4

from app import traces
from app.queue.down import QueueDown
from app.queue.failures import FailedJob, in_one_line
from app.queue.marks import Marks, marks_of, name_of
from app.queue.status import QueueStatus, Status


@dataclass(frozen=True)
class Call:
    """A call that waits.

    Attributes:
        function: what is called.
        arguments: with what.
        tries: how often it has failed before.
    """

    function: Callable[..., object]
    arguments: dict[str, Any] = field(default_factory=dict)
    tries: int = 0

    @property
    def name(self) -> str:
        """The function's dotted name."""
        return name_of(self.function)

    @property
    def marks(self) -> Marks:
        """How the function wants to be run."""
        return marks_of(self.function)


class MemoryStore:
    """Keeps calls in a list.

    Args:
        context: makes what every call runs in, as a worker does for every job.
    """

    def __init__(self, context: Callable[[], AbstractContextManager[object]]) -> None:
        self.context = context
        self.waiting: list[Call] = []
        self.away = False
        self._one_at_a_time = Lock()
        self._turns: set[str] = set()
        self._beaten = 0.0
        self._sets: dict[str, dict[int, float]] = {}
        self._at_work: set[str] = set()
        self._rests: dict[str, float] = {}
        self._failed: dict[str, tuple[Call, FailedJob]] = {}

    def put(self, function: Callable[..., object], arguments: dict[str, Any]) -> None:
        """Keeps a call; its arguments go through JSON, so that a test fails where a worker would."""
        marks_of(function)
        plain = json.loads(json.dumps(arguments))
        self.ping()
        self.waiting.append(Call(function, plain))

    def put_once(
        self, turn: str, keep: int, function: Callable[..., object], arguments: dict[str, Any]
    ) -> bool:
        """Keeps a call unless one was kept under the name before; names are remembered for good."""
        with self._one_at_a_time:
            self.ping()
            if turn in self._turns:
                return False
            self.put(function, arguments)
            self._turns.add(turn)
            return True

    def give_back(self, turn: str) -> None:
        """Forgets a name."""
        self.ping()
        self._turns.discard(turn)

    def gather(self, name: str, ids: Mapping[int, float]) -> None:
        """Adds ids to a set."""
        self.ping()
        kept = self._sets.setdefault(name, {})
        kept.update({id: max(moment, kept.get(id, 0.0)) for id, moment in ids.items()})

    def gathered(self, name: str, most: int) -> dict[int, float]:
        """Removes ids from a set and returns them."""
        self.ping()
        kept = self._sets.get(name, {})
        first = sorted(kept.items(), key=lambda item: item[1])[:most]
        return {id: kept.pop(id) for id, _ in first}

    @contextmanager
    def alone(self, work: str, seconds: float) -> Iterator[Callable[[], object] | None]:
        """Lets one caller at a time do a work; nobody dies here."""
        if work in self._at_work:
            yield None
            return
        self._at_work.add(work)
        try:
            yield lambda: None
        finally:
            self._at_work.discard(work)

    def clear(self) -> None:
        """Forgets everything."""
        for kept in (self.waiting, self._turns, self._sets, self._rests, self._failed):
            kept.clear()

    def run(self) -> int:
        """Runs everything in order, including what is enqueued meanwhile; an error reaches the caller.

        A call that fails is not tried again, and kept among the failed ones.
        """
        done = 0
        while self.waiting:
            call = self.waiting.pop(0)
            try:
                with self.context():
                    call.function(**call.arguments)
            except Exception as error:
                self._keep(call, in_one_line(traces.text(error)))
                raise
            done += 1
        return done

    def may_try(self, service: str, seconds: int) -> bool:
        """Says no while a service rests; where it is doubted, the caller tries for all."""
        with self._one_at_a_time:
            if self.rests(service):
                return False
            if service in self._rests:
                self._rests[service] = time.monotonic() + seconds
            return True

    def note_down(self, service: str, seconds: int) -> None:
        """Remembers that a service is away."""
        self.ping()
        self._rests[service] = time.monotonic() + seconds

    def note_up(self, service: str) -> None:
        """Forgets that a service was away."""
        self.ping()
        self._rests.pop(service, None)

    def rests(self, service: str) -> bool:
        """Returns whether a service was found away a moment ago."""
        self.ping()
        return self._rests.get(service, 0.0) > time.monotonic()

    def failed(self) -> list[FailedJob]:
        """Returns the calls that have failed."""
        self.ping()
        return [told for _, told in self._failed.values()]

    def retry(self, job_id: str) -> bool:
        """Lets a failed call wait again."""
        self.ping()
        call, told = self._failed.pop(job_id, (None, None))
        if call is None or told is None:
            return False
        self.waiting.append(replace(call, tries=told.tries))
        return True

    def drop(self, job_id: str) -> bool:
        """Forgets a failed call."""
        self.ping()
        return self._failed.pop(job_id, None) is not None

    def _keep(self, call: Call, error: str) -> None:
        job_id = uuid4().hex
        moment = datetime.now(UTC)
        told = FailedJob(job_id, call.name, call.marks.queue, moment, call.tries + 1, error, call.arguments)
        self._failed[job_id] = (call, told)

    def ping(self) -> None:
        """Does nothing, unless a test has sent the store away."""
        if self.away:
            raise QueueDown("The test has sent the queue's store away.")

    def beat(self) -> None:
        """Notes that the scheduler goes on."""
        self.ping()
        self._beaten = time.monotonic()

    def status(self) -> Status:
        """Returns what waits; the test is the worker."""
        self.ping()
        waiting = Counter(call.marks.queue for call in self.waiting)
        clock = time.monotonic() - self._beaten if self._beaten else None
        return Status({name: QueueStatus(1, waiting[name]) for name in ("urgent", "default", "slow")}, clock)

    def wake(self) -> int:
        """Does nothing: nothing waits for another try here."""
        self.ping()
        return 0

    def recover(self, *, looks: int) -> int:
        """Does nothing: a worker cannot be lost here."""
        self.ping()
        return 0
