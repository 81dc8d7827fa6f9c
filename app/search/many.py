"""Takes many documents apart on all processors at once."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import Any, Generic, TypeVar

from app.search.engine import SearchDown

T = TypeVar("T")
R = TypeVar("R")

_WORTH_IT = 2000
"""With fewer things than this, making processes takes longer than they save."""
_PIECE = 500
_SELDOM = 100_000
"""Objects that are made between two looks of the garbage collector, which finds next to nothing in such work."""


class Crew(Generic[T, R]):
    """Processes that do the same to pieces of many things; what they learn of words they know until they end.

    They are forked when ``work`` is called with enough to do for the first time, and have what this process has then:
    all that is in memory, and the files that are open. Where a fork is not safe, outside Linux, this process does it
    all.

    Args:
        function: what is done to a piece, its first argument; the others are what ``work`` is given.
    """

    def __init__(self, function: Callable[..., R]) -> None:
        self._function = function
        self._pool: ProcessPoolExecutor | None = None

    def work(self, things: Sequence[T], *more: Any) -> Iterator[R]:
        """Begins the work, and returns what the function returns for pieces of the things, in their order.

        Args:
            things: plain values: they travel between processes, as does what the function returns.
            more: for the function, the same with each piece.

        Raises:
            SearchDown: one of the processes was ended from outside.
        """
        processes = os.cpu_count() or 1
        if len(things) < _WORTH_IT or processes < 2 or sys.platform != "linux":
            return iter([self._function(things, *more)])
        if self._pool is None:
            context = multiprocessing.get_context("fork")
            self._pool = ProcessPoolExecutor(processes, context, _begin, (self._function,))
        with self._losses_told():
            return self._told(self._pool.map(partial(_do, more), _pieces(things)))

    def close(self) -> None:
        """Ends the processes; if there is work again, others are forked."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _told(self, results: Iterator[R]) -> Iterator[R]:
        with self._losses_told():
            yield from results

    @contextmanager
    def _losses_told(self) -> Iterator[None]:
        try:
            yield
        except BrokenProcessPool as error:
            self.close()
            raise SearchDown(
                "A process that took texts apart was ended from outside, perhaps because memory ran out. What was done "
                "before stays done: run it again."
            ) from error


def _pieces(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[start : start + _PIECE] for start in range(0, len(things), _PIECE))


# What a forked process does: it has the function in memory, which need not be one that can be sent.
_function: Callable[..., Any]


def _begin(function: Callable[..., Any]) -> None:
    global _function
    _function = function
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Whoever presses Ctrl-C ends the parent, which ends this.
    gc.freeze()  # Looking through what it was forked with would copy all of that.
    gc.set_threshold(_SELDOM)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Waits until the parent has ended without ending this process, as one that is killed does."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _do(more: tuple[Any, ...], piece: Any) -> Any:
    return _function(piece, *more)
