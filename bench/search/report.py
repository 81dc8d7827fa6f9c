"""Prints what was measured, where and how."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

ROUNDS = 15
_STEPS = 200_000


def opening() -> None:
    """Prints the command and the facts of the machine."""
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    print(f"$ python -m bench.search {shlex.join(sys.argv[1:])}")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, load {load}", flush=True)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows below their heads, the first column to the left."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    print(f"\n{title}")
    for row in (head, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]), flush=True)


def calibration() -> float:
    """Returns the milliseconds of a fixed loop, the median of a few: what this machine does at the moment."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        total = 0
        for step in range(_STEPS):
            total += step & 7
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken)


def share(shares: Sequence[float], of: float) -> float:
    """Returns the value below which such a share of the values lies."""
    ordered = sorted(shares)
    return ordered[min(int(of * len(ordered)), len(ordered) - 1)]
