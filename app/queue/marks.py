"""How a plain function says that it is work for a worker, and that it should be tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., object])


class Later(Exception):
    """What a task raises when it cannot be done now although nothing is wrong with it: it is worth another try."""


@dataclass(frozen=True)
class Marks:
    """How a task wants to be run; see ``task``."""

    queue: str
    timeout: int
    retries: tuple[int, ...]


def task(
    queue: str = "default", timeout: int = 60, retries: tuple[int, ...] = (10, 60, 300)
) -> Callable[[F], F]:
    """Marks a function as a task; calling it still simply calls it.

    Args:
        queue: ``urgent`` (somebody waits for it), ``default``, or ``slow`` (it may take minutes).
        timeout: seconds after which a run is broken off.
        retries: seconds to wait before each further try after a failure; empty for none.
    """

    def mark(function: F) -> F:
        function.__dict__["marks"] = Marks(queue, timeout, retries)
        return function

    return mark


def marks_of(function: Callable[..., object]) -> Marks:
    """Returns a task's marks.

    Raises:
        TypeError: the function is no task.
    """
    marks: Any = getattr(function, "marks", None)
    if not isinstance(marks, Marks):
        raise TypeError(f"{name_of(function)} is no task. Mark it with @task() from app.queue.")
    return marks


def name_of(function: Callable[..., object]) -> str:
    """Returns the dotted name under which a worker imports the function."""
    return f"{function.__module__}.{function.__qualname__}"
