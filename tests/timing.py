"""How long something takes, as a ratio against a loop on the same machine at the same time."""

import gc
import time
from collections.abc import Callable

STEPS = 1_000_000


def seconds(work: Callable[[], object]) -> float:
    """Returns the processor time of a piece of work, without what collecting the garbage of other tests takes."""
    gc.disable()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.enable()


def a_loop() -> float:
    """Returns the processor time of a million additions, in seconds."""
    return seconds(_add)


def loops(work: Callable[[], object]) -> float:
    """Returns the processor time of a piece of work in loops of a million additions, each about 0.04 s.

    Seconds say little where machines are shared: tests beside this one, and the counting of lines, make everything
    slow at once, this loop too.

    Args:
        work: what is timed, once.
    """
    before, took = a_loop(), seconds(work)
    return 2 * took / (before + a_loop())


def _add() -> None:
    total = 0
    for step in range(STEPS):
        total += step
