"""A queue inside the process, for tests: it keeps the calls and runs them when told to."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from app.queue.down import QueueDown
from app.queue.marks import Marks, marks_of, name_of


@dataclass(frozen=True)
class Call:
    """A call that waits."""

    function: Callable[..., object]
    arguments: dict[str, Any] = field(default_factory=dict)

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
        self._turns: set[str] = set()

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

    def clear(self) -> None:
        """Forgets every call and name."""
        self.waiting.clear()
        self._turns.clear()

    def run(self) -> int:
        """Runs everything in order, including what is enqueued meanwhile; an error reaches the caller."""
        done = 0
        while self.waiting:
            call = self.waiting.pop(0)
            with self.context():
                call.function(**call.arguments)
            done += 1
        return done

    def ping(self) -> None:
        """Does nothing, unless a test has sent the store away."""
        if self.away:
            raise QueueDown("The test has sent the queue's store away.")

    def wake(self) -> int:
        """Does nothing: nothing waits for another try here."""
        self.ping()
        return 0

    def recover(self, *, looks: int) -> int:
        """Does nothing: a worker cannot be lost here."""
        self.ping()
        return 0
