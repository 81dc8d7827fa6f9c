"""How long something takes, as a ratio against a loop on the same machine at the same time."""

import time
from collections.abc import Callable

STEPS = 1_000_000


def a_loop() -> float:
    """Returns the processor time of a million additions, in seconds."""
    began, total = time.process_time(), 0
    for step in range(STEPS):
        total += step
    return time.process_time() - began


def loops(work: Callable[[], object]) -> float:
    """Returns the processor time of a piece of work in loops of a million additions, each about 0.04 s.

    Seconds say little where machines are shared: tests beside this one, and the counting of lines, make everything
    slow at once, this loop too.

    Args:
        work: what is timed, once.
    """
    before, began = a_loop(), time.process_time()
    work()
    took = time.process_time() - began
    return 2 * took / (before + a_loop())
