"""Takes many documents apart on all processors at once."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_WORTH_IT = 2000
"""With fewer things than this, making processes takes longer than they save."""
_PIECE = 250


def each(function: Callable[[T], R], things: Sequence[T]) -> Iterator[R]:
    """Yields what a function returns for each thing, in their order.

    Many things are shared out among forked processes, which have everything in memory already; where a fork is not
    safe, outside Linux, one process does it all.

    Args:
        function: a module's function, or a partial of one.
        things: plain values.
    """
    processes = os.cpu_count() or 1
    if len(things) < _WORTH_IT or processes < 2 or sys.platform != "linux":
        yield from map(function, things)
        return
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap(function, things, chunksize=_PIECE)
