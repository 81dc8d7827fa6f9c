"""How much work is shared out among processes, and what becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest

from app.search.engine import SearchDown
from app.search.many import Crew

MANY = 5000


def _powers(numbers: Sequence[int], exponent: int) -> list[int]:
    return [number**exponent for number in numbers]


def _processes(numbers: Sequence[int]) -> int:
    time.sleep(0.01)
    return os.getpid()


def _refuse_a_late_one(numbers: Sequence[int]) -> None:
    if 4000 in numbers:
        raise SearchDown("No room is left.")


@pytest.fixture
def workers() -> Iterator[Crew[int, int]]:
    """Processes that tell which one each piece was given to."""
    crew: Crew[int, int] = Crew(_processes)
    with closing(crew):
        yield crew


@pytest.mark.parametrize("count", [0, 3, MANY])
def test_few_and_many_things_come_back_in_their_order(count: int) -> None:
    crew: Crew[int, list[int]] = Crew(_powers)
    with closing(crew):
        for exponent in (2, 3):
            found = chain.from_iterable(crew.work(range(count), exponent))
            assert list(found) == [number**exponent for number in range(count)]


def test_few_things_are_done_here_and_many_elsewhere_by_the_same_processes(
    workers: Crew[int, int],
) -> None:
    assert set(workers.work(range(10))) == {os.getpid()}
    assert os.getpid() not in set(workers.work(range(MANY)))
    standing = set(_children(os.getpid()))
    assert set(workers.work(range(MANY))) <= standing == set(_children(os.getpid()))


def test_error_of_another_process_reaches_whoever_asked() -> None:
    crew: Crew[int, None] = Crew(_refuse_a_late_one)
    with closing(crew), pytest.raises(SearchDown, match=r"^No room is left\.$"):
        list(crew.work(range(MANY)))


def test_process_that_is_killed_is_told_of_and_replaced(workers: Crew[int, int]) -> None:
    for pid in set(workers.work(range(MANY))):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(SearchDown, match="perhaps because memory ran out"):
        list(workers.work(range(MANY)))
    assert set(workers.work(range(MANY)))


def test_no_process_stays_when_the_work_is_closed(workers: Crew[int, int]) -> None:
    others = set(workers.work(range(MANY)))
    workers.close()
    assert not others & set(_children(os.getpid()))


_KILLED_AT_WORK = """
import os, signal
from app.search.many import Crew
from tests.search.test_many import MANY, _processes, _children
list(Crew(_processes).work(range(MANY)))
print(*_children(os.getpid()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_process_stays_when_the_one_that_forked_it_is_killed() -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_AT_WORK], cwd=root, capture_output=True, text=True, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    left = set(map(int, killed.stdout.split()))
    assert left
    until = time.monotonic() + 10
    while left := {pid for pid in left if _runs(pid)}:
        assert time.monotonic() < until, f"{left} still run."
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
