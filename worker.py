"""Runs what the site leaves in the queue: ``python worker.py [QUEUE …]``, the most urgent queue first."""

import ctypes
import logging
import os
import signal
import sys
import time
from types import FrameType
from typing import Any, NoReturn

import rq
import rq.job
from flask import Flask
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import worker_registration
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.utils import now

from app import create_app, traces
from app.extensions import db
from app.queue import NAMES, Later, pulse
from app.queue.recovery import BEAT
from app.queue.store import named_queue

log = logging.getLogger("app.worker")

WAIT = 2.0  # Seconds between two tries to reach a store that is away.


def job_class(app: Flask) -> type[rq.job.Job]:
    """Returns RQ's job, run in an application context of its own, hence with a session of its own.

    The context ends with the task and not with what RQ tells the store afterwards: while the store is away that takes
    a minute, in which SQLite's one writer's place would stay taken.
    """

    class Job(rq.job.Job):
        def perform(self) -> Any:
            with app.app_context():
                return super().perform()

    return Job


class Worker(rq.Worker):
    """RQ's worker, with an application context for every job, and calm when the store goes away."""

    max_connection_wait_time = WAIT

    def __init__(self, app: Flask, names: list[str], connection: Redis) -> None:
        super().__init__(
            [named_queue(name, connection) for name in names],
            connection=connection,
            job_class=job_class(app),
            serializer=JSONSerializer,
            worker_ttl=4 * BEAT,
            job_monitoring_interval=BEAT,
        )
        self.app = app
        self.asked_to_stop = False

    def reorder_queues(self, reference_queue: rq.Queue) -> None:
        """Serves the most urgent queue first and the others in turn, so that none waits for another to be empty."""
        first, *others = self._ordered_queues
        if reference_queue in others:
            at = others.index(reference_queue) + 1
            self._ordered_queues = [first, *others[at:], *others[:at]]

    def main_work_horse(self, job: rq.job.Job, queue: rq.Queue) -> None:
        """Prepares the process that was forked for one job."""
        die_with(self.pid)
        with self.app.app_context():
            # A connection made before the fork would be shared with the parent; it is dropped, not closed.
            for engine in db.engines.values():
                engine.dispose(close=False)
        # What was done should not be done again because the store was away for a minute when it was to be told.
        self.connection.set_retry(Retry(ConstantBackoff(1), retries=60))
        super().main_work_horse(job, queue)

    def perform_job(self, job: rq.job.Job, queue: rq.Queue) -> bool:
        """Tells how long a job took."""
        started = time.monotonic()
        done: bool = super().perform_job(job, queue)
        if done:
            # What the clock starts comes every few seconds and would hide what people start.
            level = logging.DEBUG if "turn" in job.meta else logging.INFO
            log.log(
                level,
                "Done: %s in %.2f s",
                job.description,
                time.monotonic() - started,
                extra={"job": job.id},
            )
        return done

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Ends after the running job."""
        self.asked_to_stop = True
        super().request_stop(signum, frame)

    def handle_exception(self, job: rq.job.Job, *exc_info: Any) -> None:
        """Reports a failure where the application's errors go, and without the job's arguments."""
        if isinstance(exc_info[1], Later):
            log.warning("Not now: %s (%s)", job.description, traces.words(exc_info[1]), extra={"job": job.id})
            return
        log.error("Failed: %s", job.description, exc_info=exc_info, extra={"job": job.id})

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Shows that this worker goes on: on this machine, also while the store is away, and in the store."""
        if not self.is_horse:  # The process of a job calls this too, and leaves without taking its file away.
            pulse.beat()
        super().heartbeat(timeout, pipeline)

    def handle_job_failure(self, job: rq.job.Job, *arguments: Any, **more: Any) -> None:
        """Keeps the error in the store without texts of people."""
        error = sys.exc_info()[1]
        if error is not None:
            more["exc_string"] = traces.text(error)
        super().handle_job_failure(job, *arguments, **more)

    def maintain_heartbeats(self, job: rq.job.Job) -> None:
        """Shows that the job is being done; while the store is away nobody can see it, and the job goes on."""
        try:
            super().maintain_heartbeats(job)
        except RedisError as error:
            log.warning("The store is away while a job runs: %s", error)

    def run_maintenance_tasks(self) -> None:
        """Removes what has expired, but leaves cut jobs alone, which RQ would give up; see ``app.queue.recovery``."""
        for queue in self.queues:
            queue.failed_job_registry.cleanup()
            worker_registration.clean_worker_registry(queue)
        self.last_cleaned_at = now()  # type: ignore[assignment]

    def check_for_suspension(self, burst: bool) -> None:
        """Is never suspended: asking the store would end the worker whenever the store is away."""

    def subscribe(self) -> None:
        """Listens to no remote commands: they would need a thread, in a process that forks."""

    def set_current_job_working_time(self, current_job_working_time: float, pipeline: Any = None) -> None:
        """Keeps the time here, where it limits the job; nobody asks the store for it."""
        self.current_job_working_time = current_job_working_time

    def set_shutdown_requested_date(self) -> None:
        """Writes nothing: a signal calls this, perhaps in the middle of another command to the store."""

    def teardown(self) -> None:
        """Signs off, and leaves no process behind when the worker ends before its job."""
        if self.horse_pid:
            self.kill_horse()
        try:
            super().teardown()
        except RedisError:
            log.warning("The store is away, so this worker's name stays there until it expires")


def die_with(parent: int | None) -> None:
    """Lets Linux kill this process with its worker; the job is put back then, and must not be done twice at once."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def stop(signum: int, frame: FrameType | None) -> NoReturn:
    """Ends a worker that has no job."""
    raise StopRequested


def stop_on_signal() -> None:
    """Lets SIGTERM and SIGINT end the process, while no worker of RQ's handles them."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)


def work(app: Flask, names: list[str]) -> None:
    """Works until SIGTERM or SIGINT; the first ends it after the running job, a second one at once.

    Args:
        app: the application whose context the jobs run in.
        names: queues, the most urgent first.
    """
    logging.getLogger("rq").handlers = app.logger.handlers
    # A few tries bridge a restart of the store; when it is away for longer, the loop waits for it.
    retry = Retry(ConstantBackoff(0.5), retries=4)
    connection = Redis.from_url(app.config["REDIS_URL"], socket_connect_timeout=WAIT, retry=retry)
    stop_on_signal()
    try:
        pulse.beat()
        while not _worked_until_stopped(app, names, connection):
            pulse.beat()
            time.sleep(WAIT)
    except StopRequested:
        pass
    finally:
        pulse.end()


def _worked_until_stopped(app: Flask, names: list[str], connection: Redis) -> bool:
    """Works, and returns whether a signal ended it rather than the store."""
    try:
        worker = Worker(app, names, connection)
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("The store is away, trying again: %s", error)
        return False
    finally:
        stop_on_signal()
    return worker.asked_to_stop


def main(arguments: list[str]) -> None:
    """Starts a worker from the command line."""
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        raise SystemExit(f"There is no queue {unknown[0]!r}. The queues are {', '.join(NAMES)}.")
    work(create_app(), arguments or list(NAMES))


if __name__ == "__main__":
    main(sys.argv[1:])
