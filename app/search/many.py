"""Takes many documents apart on all processors at once."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_WORTH_IT = 2000
"""With fewer things than this, making processes takes longer than they save."""
_PIECE = 500


def each(function: Callable[[T], R], things: Sequence[T]) -> Iterator[R]:
    """Yields what a function returns for each thing, in their order; see ``in_pieces``."""
    for found in in_pieces(partial(_each, function), things):
        yield from found


def in_pieces(function: Callable[[Sequence[T]], R], things: Sequence[T]) -> Iterator[R]:
    """Yields what a function returns for pieces of the things, in their order.

    Many things are shared out among forked processes, which have everything in memory already; where a fork is not
    safe, outside Linux, one process does it all.

    Args:
        function: a module's function, or a partial of one.
        things: plain values.
    """
    processes = os.cpu_count() or 1
    if len(things) < _WORTH_IT or processes < 2 or sys.platform != "linux":
        yield function(things)
        return
    # This process does the first piece itself: what it learns of words, those that it forks know from the start.
    yield function(things[:_PIECE])
    with multiprocessing.get_context("fork").Pool(processes, _forked, (function, things)) as pool:
        yield from pool.imap(_piece, range(_PIECE, len(things), _PIECE))


# What a forked process does: it has the things in memory, so none is sent there.
_work: tuple[Callable[[Any], Any], Sequence[Any]]


def _forked(function: Callable[[Any], Any], things: Sequence[Any]) -> None:
    global _work
    _work = function, things
    gc.disable()  # It ends soon, and looking through what it was forked with would copy all of that.


def _piece(start: int) -> Any:
    function, things = _work
    return function(things[start : start + _PIECE])


def _each(function: Callable[[T], R], things: Sequence[T]) -> list[R]:
    return list(map(function, things))
