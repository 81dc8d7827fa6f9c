"""Two clocks of a site at once, as while one machine takes over from another: each turn is taken once."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from app.queue.marks import name_of
from app.tasks.schedule import SCHEDULE
from tests.integration.processes import ROOT, Program, StoreProcess, environment, until

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
]

# A store of the tests' own, and the one that TEST_REDIS_URL names, which is emptied.
STORES = ["embedded", *(["given"] if os.environ.get("TEST_REDIS_URL") else [])]
OFTEN = {name_of(entry.function) for entry in SCHEDULE if isinstance(entry.when, int) and entry.when <= 10}


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of each empty store."""
    if request.param == "embedded":
        process = StoreProcess(tmp_path)
        process.start()
        yield process.url
        process.kill()
        return
    given = os.environ["TEST_REDIS_URL"]
    Redis.from_url(given).flushdb()
    yield given


@pytest.fixture
def start_clock(url: str, tmp_path: Path) -> Iterator[Callable[[], Program]]:
    """Starts clocks, which are gone after the test."""
    clocks = []

    def start() -> Program:
        env = environment(tmp_path / "data", REDIS_URL=url)
        argv = [sys.executable, "-m", "flask", "--app", "microblog", "scheduler"]
        clocks.append(Program(argv, ROOT, env))
        return clocks[-1]

    (tmp_path / "data").mkdir()
    yield start
    for clock in clocks:
        clock.clean_up()


def taken(url: str) -> Counter[str]:
    """Returns how often each turn was left for the workers, of whom there are none."""
    redis = Redis.from_url(url)
    keys: list[bytes] = redis.keys("rq:job:*")  # type: ignore[assignment]
    ids = [key.decode().removeprefix("rq:job:") for key in keys]
    jobs = Job.fetch_many(ids, redis, serializer=JSONSerializer)
    return Counter(job.meta["turn"] for job in jobs if job)


def turns(url: str, name: str) -> int:
    """Returns how many turns a task had."""
    return sum(turn.startswith(f"{name}@") for turn in taken(url))


def test_two_clocks_take_every_turn_once_and_one_goes_on_alone(
    url: str, start_clock: Callable[[], Program]
) -> None:
    first, second = start_clock(), start_clock()
    until(lambda: all(turns(url, name) > 1 for name in OFTEN), 60, "two turns of what comes often")
    assert set(taken(url).values()) == {1}, taken(url)
    # What is due once a night had its turn, too: nobody knows whether the last one was taken.
    assert {turn.partition("@")[0] for turn in taken(url)} == {name_of(entry.function) for entry in SCHEDULE}
    for program in (first, second):
        assert program.process.poll() is None, program.output

    first.send(signal.SIGKILL)
    before = {name: turns(url, name) for name in OFTEN}
    until(lambda: all(turns(url, name) > before[name] for name in OFTEN), 30, "the next turns")
    third = start_clock()
    until(lambda: all(turns(url, name) > before[name] + 1 for name in OFTEN), 60, "some more")
    assert set(taken(url).values()) == {1}, taken(url)
    for program in (second, third):
        program.send(signal.SIGTERM)
        assert program.ended(10) == 0
