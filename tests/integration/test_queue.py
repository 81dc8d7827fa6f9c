"""The queue with a real store and real workers, and what happens to jobs when either goes away."""

import json
import os
import signal
import sqlite3
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Barrier, Thread

import pytest
import rq
from redis import Redis

from app.breaker import REST
from app.queue import Queue, QueueDown
from app.queue.scheduler import Entry, Scheduler
from tests.integration import jobs
from tests.integration.processes import ROOT, Program, StoreProcess, environment, queue_at, until

MOMENT = datetime(2026, 11, 21, 5, 5, 30, tzinfo=UTC)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
]


# A store of the tests' own, and the one that TEST_REDIS_URL names, which is emptied.
STORES = ["embedded", *(["given"] if os.environ.get("TEST_REDIS_URL") else [])]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreProcess]:
    """A running store that can be killed."""
    process = StoreProcess(tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest) -> str:
    """The address of each empty store."""
    if request.param == "embedded":
        process: StoreProcess = request.getfixturevalue("store")
        return process.url
    given = os.environ["TEST_REDIS_URL"]
    Redis.from_url(given).flushdb()
    return given


@pytest.fixture
def queue(url: str) -> Queue:
    """The door to it."""
    return queue_at(url)


@pytest.fixture
def redis(url: str) -> Redis:
    """A client that looks into it."""
    return Redis.from_url(url)


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts workers, which are gone after the test."""
    workers = []

    def start(url: str, *names: str) -> Program:
        argv = [sys.executable, "worker.py", *names]
        workers.append(Program(argv, ROOT, environment(tmp_path / "data", REDIS_URL=url)))
        return workers[-1]

    (tmp_path / "data").mkdir()
    yield start
    for worker in workers:
        worker.clean_up()


def test_arguments_travel_as_json_into_an_application_context(
    url: str, queue: Queue, redis: Redis, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    queue.enqueue(jobs.greet, folder=str(tmp_path), name="안녕 바다님")
    (key,) = redis.keys("rq:job:*")
    stored: dict[bytes, bytes] = redis.hgetall(key)  # type: ignore[assignment]
    function, _, arguments, named = json.loads(zlib.decompress(stored[b"data"]))
    assert (function, arguments, named) == (
        "tests.integration.jobs.greet",
        [],
        {"folder": str(tmp_path), "name": "안녕 바다님"},
    )
    assert "바다" not in stored[b"description"].decode(), "RQ logs the description, so it holds no argument."

    worker = start_worker(url, "default")
    until(lambda: jobs.traces(tmp_path), 60, "a greeting")
    assert jobs.traces(tmp_path) == ["안녕 바다님 app"]
    until(lambda: not redis.keys("rq:job:*"), 20, "the done job is forgotten")
    worker.send(signal.SIGTERM)
    assert worker.ended(10) == 0
    assert "바다" not in worker.output


def test_a_store_that_is_away_costs_no_request_its_time(store: StoreProcess) -> None:
    queue = queue_at(store.url)
    queue.ping()
    store.kill()
    assert seconds_until_down(queue) < 0.35
    assert seconds_until_down(queue) < 0.1, "While it is known to be away nobody waits."
    store.start()
    until(lambda: reached(queue), 20, "the queue finds the store again")


def test_a_store_that_never_answers_costs_one_request_a_third_of_a_second(store: StoreProcess) -> None:
    queue = queue_at(store.url)
    queue.ping()
    store.pause()
    try:
        assert seconds_until_down(queue) < 0.7
        assert seconds_until_down(queue) < 0.1
    finally:
        store.go_on()
    until(lambda: reached(queue), 20, "the queue finds the store again")


def test_a_full_store_is_as_good_as_none(store: StoreProcess) -> None:
    Redis.from_url(store.url).config_set("maxmemory", 1)
    assert seconds_until_down(queue_at(store.url)) < 0.35


def test_gathered_ids_are_returned_once_the_earliest_first(queue: Queue) -> None:
    queue.gather("seen", {1: 30.0, 2: 10.0})
    queue.gather("seen", {1: 20.0, 3: 40.0})
    assert queue.gathered("seen", 2) == {2: 10.0, 1: 30.0}
    assert queue.gathered("seen", 2) == {3: 40.0}
    assert queue.gathered("seen", 2) == {}


def test_a_queue_without_workers_does_not_fill_the_store(
    queue: Queue, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queue.store.MOST_WAITING", 5)
    for _ in range(5):
        queue.enqueue(jobs.greet, folder="", name="")
    with pytest.raises(QueueDown, match="workers"):
        queue.enqueue(jobs.greet, folder="", name="")
    with pytest.raises(QueueDown, match="workers"):
        queue.enqueue_once("turn", 60, jobs.greet, folder="", name="")
    assert not redis.exists("hanmadi:turn:turn"), "The turn is not taken by a call that was not left."
    assert redis.llen("rq:queue:default") == 5
    queue.enqueue(jobs.hurry, folder="")
    queue.ping()


def test_status_counts_workers_and_what_waits_and_hears_the_clock(
    url: str, queue: Queue, start_worker: Callable[..., Program]
) -> None:
    assert queue.status().clock is None
    assert queue.status().queues["default"].workers == 0
    queue.enqueue(jobs.dawdle, folder="")
    waiting = queue.status().queues["slow"]
    assert (waiting.workers, waiting.waiting) == (0, 1)
    assert waiting.oldest is not None and 0 <= waiting.oldest < 30
    Scheduler(queue, [], UTC).tick(MOMENT)
    clock = queue.status().clock
    assert clock is not None and clock < 30
    worker = start_worker(url, "urgent", "default")
    until(lambda: queue.status().queues["default"].workers == 1, 60, "the worker is counted")
    assert queue.status().queues["slow"].workers == 0
    worker.send(signal.SIGTERM)
    until(lambda: queue.status().queues["default"].workers == 0, 60, "the worker is gone")


def test_slow_jobs_take_turns_with_others_and_urgent_ones_come_first(
    url: str, queue: Queue, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    for number in range(4):
        queue.enqueue(jobs.greet, folder=str(tmp_path), name=f"default {number}")
    for _ in range(2):
        queue.enqueue(jobs.dawdle, folder=str(tmp_path))
    queue.enqueue(jobs.hurry, folder=str(tmp_path))
    start_worker(url, "urgent", "default", "slow")
    until(lambda: len(jobs.traces(tmp_path)) == 7, 60, "all are done")
    assert [trace.split()[0] for trace in jobs.traces(tmp_path)] == [
        *("urgent", "default", "slow", "default", "slow", "default", "default")
    ]


def test_what_a_job_leaves_open_is_closed_when_it_ends_and_not_when_the_store_hears_of_it(
    store: StoreProcess, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    start_worker(store.url, "default")
    queue_at(store.url).enqueue(jobs.look_and_wait_for_bell, folder=str(tmp_path))
    until(lambda: jobs.traces(tmp_path), 60, "the job begins")
    store.kill()
    with closing(sqlite3.connect(tmp_path / "data" / "hanmadi.db", timeout=0)) as database:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            database.execute("BEGIN IMMEDIATE")
        (tmp_path / "bell").touch()
        until(lambda: len(jobs.traces(tmp_path)) == 2, 20, "the job ends")
        database.execute("PRAGMA busy_timeout = 2000")
        database.execute("BEGIN IMMEDIATE")


def test_a_job_goes_on_while_its_store_is_away(
    store: StoreProcess, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    start_worker(store.url, "default", "urgent")
    queue_at(store.url).enqueue(jobs.wait_for_bell, folder=str(tmp_path))
    until(lambda: jobs.traces(tmp_path), 60, "the job begins")
    store.kill()
    time.sleep(6)
    (tmp_path / "bell").touch()
    until(lambda: len(jobs.traces(tmp_path)) == 2, 20, "the job ends")
    store.start()
    queue = queue_at(store.url)
    queue.enqueue(jobs.greet, folder=str(tmp_path), name="산")
    until(lambda: len(jobs.traces(tmp_path)) == 3, 60, "the next job is done")
    assert [look(queue, Redis.from_url(store.url)) for _ in range(4)] == [0, 0, 0, 0]
    assert jobs.traces(tmp_path) == ["began", "done", "산 app"]


def test_a_worker_waits_for_its_store(
    store: StoreProcess, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    store.kill()
    worker = start_worker(store.url)
    until(lambda: "away" in worker.output, 60, "the worker says that the store is away")
    store.start()
    queue_at(store.url).enqueue(jobs.greet, folder=str(tmp_path), name="강")
    until(lambda: jobs.traces(tmp_path), 60, "the job is done")


def test_a_worker_can_be_stopped_while_its_store_is_away(
    store: StoreProcess, start_worker: Callable[..., Program]
) -> None:
    store.kill()
    worker = start_worker(store.url)
    until(lambda: "away" in worker.output, 60, "the worker says that the store is away")
    worker.send(signal.SIGTERM)
    assert worker.ended(5) == 0


def put_back(queue: Queue) -> int:
    """Returns how many jobs were put back; on a busy machine the store may answer too late, and is asked again."""
    try:
        return queue.recover()
    except QueueDown:
        return 0


def test_only_the_job_of_the_killed_worker_is_put_back(
    url: str, queue: Queue, redis: Redis, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    folders = [tmp_path / "killed", tmp_path / "alive"]
    workers = []
    for folder in folders:
        folder.mkdir()
        workers.append(start_worker(url, "default"))
        queue.enqueue(jobs.wait_for_bell, folder=str(folder))
        until(partial(jobs.traces, folder), 60, "the job begins")
    workers[0].send(signal.SIGKILL)

    killed = time.monotonic()
    until(partial(put_back, queue), 60, "the job is put back")
    assert time.monotonic() - killed > 7, "A single look is no proof."
    assert redis.llen("rq:queue:default") == 1
    for folder in folders:
        (folder / "bell").touch()
    until(lambda: jobs.traces(folders[0]) == ["began", "began", "done"], 60, "the cut job is done")
    assert jobs.traces(folders[1]) == ["began", "done"]
    assert not redis.keys("rq:job:*") or not queue.recover()


def test_a_job_that_kills_three_workers_is_given_up(
    url: str, queue: Queue, redis: Redis, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    queue.enqueue(jobs.kill_worker, folder=str(tmp_path))
    for _ in range(3):
        assert start_worker(url).ended(20) == -signal.SIGKILL
        assert queue.recover_all() == 1
    assert len(jobs.traces(tmp_path)) == 3
    assert redis.llen("rq:queue:default") == 0
    assert rq.Queue("default", connection=redis).failed_job_registry.get_job_count() == 1
    assert queue.recover_all() == 0


def test_a_job_that_was_taken_and_not_begun_is_put_back(queue: Queue, redis: Redis, tmp_path: Path) -> None:
    queue.enqueue(jobs.greet, folder=str(tmp_path), name="들")
    redis.lmove("rq:queue:default", "rq:queue:default:intermediate")
    assert [look(queue, redis) for _ in range(4)] == [0, 0, 1, 0]
    assert redis.llen("rq:queue:default") == 1
    assert redis.llen("rq:queue:default:intermediate") == 0


def test_looks_are_spaced_so_that_a_living_worker_is_seen_to_move(queue: Queue, redis: Redis) -> None:
    queue.recover()
    assert 5 < redis.ttl("hanmadi:look") <= 7


def test_a_failed_job_is_tried_again_when_its_wait_is_over(
    url: str, queue: Queue, start_worker: Callable[..., Program], tmp_path: Path
) -> None:
    worker = start_worker(url)
    queue.enqueue(jobs.stumble, folder=str(tmp_path))
    until(lambda: jobs.traces(tmp_path), 60, "the first try")
    until(lambda: queue.wake() or len(jobs.traces(tmp_path)) == 2, 20, "the wait is over")
    until(lambda: len(jobs.traces(tmp_path)) == 2, 20, "the second try")
    assert "A stone lay in the way" in worker.output
    assert str(tmp_path) not in worker.output.replace(str(ROOT), ""), "No argument is logged."
    assert queue.wake() == 0


def test_two_schedules_at_once_take_each_turn_once(url: str, redis: Redis) -> None:
    entries = [Entry(jobs.greet, 3600), Entry(jobs.stumble, "* * * * *")]
    together = Barrier(4)

    def tick() -> None:
        scheduler = Scheduler(queue_at(url), entries, UTC)
        together.wait()
        for _ in range(3):
            scheduler.tick(MOMENT)

    threads = [Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert redis.llen("rq:queue:default") == 2


def test_one_process_at_a_time_is_at_a_work_until_it_is_done_or_silent(url: str) -> None:
    one, other = queue_at(url), queue_at(url)
    with one.alone("drain", 60) as sign:
        assert sign
        with other.alone("drain", 60) as second, other.alone("something else", 60) as third:
            assert second is None and third
    with other.alone("drain", 0.6) as sign:
        assert sign
        for _ in range(3):
            time.sleep(0.3)
            sign()
            with one.alone("drain", 60) as second:
                assert second is None, "It is alive."
        time.sleep(0.8)
        with one.alone("drain", 60) as second:
            assert second, "It is taken for dead."
            sign()  # What comes too late takes nothing from the other.
            with other.alone("drain", 60) as third:
                assert third is None
            one.ping()


def test_nobody_is_kept_from_a_work_by_a_store_that_is_away(store: StoreProcess) -> None:
    queue = queue_at(store.url)
    store.kill()
    for _ in range(2):
        with queue.alone("drain", 60) as sign:
            assert sign
            sign()
    store.start()
    time.sleep(REST)
    with queue.alone("drain", 60) as sign:
        assert sign
        store.kill()
        sign()


def seconds_until_down(queue: Queue) -> float:
    """Returns how long a call takes to be refused."""
    began = time.monotonic()
    with pytest.raises(QueueDown):
        queue.enqueue(jobs.greet, folder="", name="")
    return time.monotonic() - began


def reached(queue: Queue) -> bool:
    """Returns whether the store answers."""
    try:
        queue.ping()
    except QueueDown:
        return False
    return True


def look(queue: Queue, redis: Redis) -> int:
    """Takes a look without waiting for its time."""
    redis.delete("hanmadi:look")
    return queue.recover()
