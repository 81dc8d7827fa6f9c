"""Jobs that have failed for good, with a real store and real workers: kept, put back, forgotten."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from app.queue import FailedJob, Queue
from app.queue.failures import FAILED_FOR
from tests.integration import jobs
from tests.integration.processes import ROOT, Program, StoreProcess, environment, queue_at, until

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
]


# A store of the tests' own, and the one that TEST_REDIS_URL names, which is emptied.
STORES = ["embedded", *(["given"] if os.environ.get("TEST_REDIS_URL") else [])]


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
def queue(url: str) -> Queue:
    """The door to it."""
    return queue_at(url)


@pytest.fixture
def redis(url: str) -> Redis:
    """A client that looks into it."""
    return Redis.from_url(url)


@pytest.fixture
def start_worker(url: str, tmp_path: Path) -> Iterator[Callable[[], Program]]:
    """Starts workers, which are gone after the test."""
    workers = []

    def start() -> Program:
        env = environment(tmp_path / "data", REDIS_URL=url)
        workers.append(Program([sys.executable, "worker.py"], ROOT, env))
        return workers[-1]

    (tmp_path / "data").mkdir()
    yield start
    for worker in workers:
        worker.clean_up()


def failed(queue: Queue, folder: Path, tries: int) -> FailedJob:
    """Waits until a job has failed after so many tries, and returns it."""
    until(lambda: len(jobs.traces(folder)) == tries - 1, 60, "the last but one try")
    # What a busy store says too late that it has done, it has done all the same.
    until(lambda: queue.wake() or len(jobs.traces(folder)) == tries, 20, "the wait for the last try")
    until(queue.failed, 20, "the job to have failed")
    (job,) = queue.failed()
    return job


def flask_jobs(url: str, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Runs the command as somebody at a terminal does."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "microblog", "jobs", *words],
        cwd=ROOT,
        env=environment(folder / "data", REDIS_URL=url),
        capture_output=True,
        text=True,
        check=False,
    )


def test_failed_job_is_kept_for_a_week_and_done_again_when_it_is_put_back(
    queue: Queue, redis: Redis, start_worker: Callable[[], Program], tmp_path: Path
) -> None:
    start_worker()
    queue.enqueue(jobs.need_bell, folder=str(tmp_path))
    job = failed(queue, tmp_path, tries=2)
    assert (job.task, job.queue) == ("tests.integration.jobs.need_bell", "slow")
    assert (job.tries, job.error) == (2, "FileNotFoundError: No bell")
    assert job.arguments == {"folder": str(tmp_path)}
    assert FAILED_FOR - 60 < redis.ttl(f"rq:job:{job.id}") <= FAILED_FOR

    assert queue.retry(job.id) and not queue.retry(job.id)
    assert redis.ttl(f"rq:job:{job.id}") == -1, "A job that waits does not expire."
    again = failed(queue, tmp_path, tries=4)
    assert (again.id, again.tries) == (job.id, 4)

    (tmp_path / "bell").touch()
    assert queue.retry(job.id)
    until(lambda: len(jobs.traces(tmp_path)) == 5, 20, "the job to be done")
    until(lambda: not redis.keys("rq:job:*"), 20, "the done job to be forgotten")
    assert queue.failed() == []


def test_failed_job_keeps_no_values_of_its_statement_in_the_store(
    queue: Queue, redis: Redis, start_worker: Callable[[], Program], tmp_path: Path
) -> None:
    worker = start_worker()
    queue.enqueue(jobs.write_secret, folder=str(tmp_path))
    until(queue.failed, 60, "the job to have failed")
    (failure,) = queue.failed()
    job = Job.fetch(failure.id, redis, serializer=JSONSerializer)
    result = job.latest_result()
    assert result and result.exc_string and "SELECT" in result.exc_string
    assert "OperationalError" in failure.error
    until(lambda: "Failed: tests.integration.jobs.write_secret" in worker.output, 20, "the line of the log")
    for written in (failure.error, result.exc_string, worker.output):
        assert jobs.SECRET not in written


def test_dropped_job_leaves_nothing_in_the_store(
    queue: Queue, redis: Redis, start_worker: Callable[[], Program], tmp_path: Path
) -> None:
    start_worker()
    queue.enqueue(jobs.need_bell, folder=str(tmp_path))
    job = failed(queue, tmp_path, tries=2)
    assert queue.drop(job.id) and not queue.drop(job.id) and not queue.retry(job.id)
    assert queue.failed() == []
    kept: list[bytes] = redis.keys("*")  # type: ignore[assignment]
    assert not [key for key in kept if job.id.encode() in key]


def test_job_that_has_lost_three_workers_may_be_put_back_too(
    queue: Queue, redis: Redis, start_worker: Callable[[], Program], tmp_path: Path
) -> None:
    queue.enqueue(jobs.kill_worker, folder=str(tmp_path))
    for _ in range(3):
        start_worker().ended(30)
        queue.recover_all()
    (job,) = queue.failed()
    assert (job.tries, job.error) == (3, "Lost its worker 3 times.")
    assert queue.retry(job.id)
    assert redis.llen("rq:queue:default") == 1
    start_worker().ended(30)
    assert queue.recover_all() == 1 and queue.failed() == [], "It may lose three workers again."


def test_job_that_cannot_be_done_now_alarms_nobody(
    queue: Queue, start_worker: Callable[[], Program], tmp_path: Path
) -> None:
    worker = start_worker()
    queue.enqueue(jobs.put_off, folder=str(tmp_path))
    until(queue.failed, 60, "the job to be given up")
    assert queue.failed()[0].error.endswith("Later: The road is closed")
    assert "Not now: tests.integration.jobs.put_off (The road is closed)" in worker.output
    assert "Traceback" not in worker.output


def test_two_operators_at_once_put_a_job_back_once(
    queue: Queue, redis: Redis, url: str, start_worker: Callable[[], Program], tmp_path: Path
) -> None:
    worker = start_worker()
    queue.enqueue(jobs.need_bell, folder=str(tmp_path))
    job = failed(queue, tmp_path, tries=2)
    worker.clean_up()
    together = Barrier(4)
    answers = []

    def put_back() -> None:
        door = queue_at(url)
        together.wait()
        answers.append(door.retry(job.id))

    threads = [Thread(target=put_back) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, True]
    assert redis.llen("rq:queue:slow") == 1


def test_commands_list_put_back_and_forget(
    queue: Queue, url: str, start_worker: Callable[[], Program], tmp_path: Path
) -> None:
    worker = start_worker()
    queue.enqueue(jobs.need_bell, folder=str(tmp_path))
    job = failed(queue, tmp_path, tries=2)
    worker.clean_up()
    with_tables = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "microblog", "db", "upgrade"],
        cwd=ROOT,
        env=environment(tmp_path / "data", REDIS_URL=url),
        capture_output=True,
        check=False,
    )
    assert with_tables.returncode == 0, with_tables.stderr
    listed = flask_jobs(url, tmp_path, "list", "--json")
    assert [told["id"] for told in json.loads(listed.stdout)["failed"]] == [job.id]
    assert str(tmp_path) not in listed.stdout
    assert flask_jobs(url, tmp_path, "retry", job.id).stdout == "1 job put back.\n"
    gone = flask_jobs(url, tmp_path, "drop", job.id)
    assert gone.returncode == 1 and gone.stderr == f"Error: No failed job is called {job.id}.\n"
    away = flask_jobs("redis://127.0.0.1:1/0", tmp_path, "list")
    assert away.returncode == 1 and "correct REDIS_URL" in away.stderr


def test_workers_share_what_they_know_of_a_service_and_one_tries_for_all(url: str) -> None:
    one, other = queue_at(url), queue_at(url)
    assert one.may_try("mail", 60) and other.may_try("mail", 60) and not one.rests("mail")
    one.note_down("mail", 1)
    assert other.rests("mail") and not other.rests("post")
    assert not other.may_try("mail", 60) and other.may_try("post", 60)
    until(lambda: not other.rests("mail"), 5, "the rest to be over")
    assert [door.may_try("mail", 60) for door in (other, one, other)] == [True, False, False]
    other.note_up("mail")
    assert one.may_try("mail", 60) and other.may_try("mail", 60)
