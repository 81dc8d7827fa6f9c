"""Jobs that have failed for good: RQ keeps them for a while, to be looked at and done again or forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis.client import Pipeline
from rq import Queue
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.utils import as_text

from app.queue.recovery import CUTS, change

FAILED_FOR = 7 * 24 * 3600  # Seconds that a failed job is kept to be looked at.


@dataclass(frozen=True)
class FailedJob:
    """A job that has failed, and will not be tried again by itself.

    Attributes:
        id: names it to ``Queue.retry`` and ``Queue.drop``.
        task: the function's dotted name.
        queue: where it waited.
        failed_at: when it failed for the last time.
        tries: how often it was begun.
        error: what went wrong the last time, in one line.
        arguments: what it was called with.
    """

    id: str
    task: str
    queue: str
    failed_at: datetime
    tries: int
    error: str
    arguments: dict[str, Any]


def failed(queue: Queue) -> Iterator[FailedJob]:
    """Yields the failed jobs of a queue."""
    registry = queue.failed_job_registry
    kept: Any = queue.connection.zrange(registry.key, 0, -1, withscores=True)
    until = {as_text(job_id): float(score) for job_id, score in kept}
    for job in Job.fetch_many(list(until), queue.connection, serializer=queue.serializer):
        if job is not None:
            yield _told(queue, job, until[job.id] - FAILED_FOR)


def retry(queue: Queue, job_id: str) -> bool:
    """Puts a failed job back into its queue, with as many tries as a new one; returns whether it was there."""

    def move(job: Job, pipeline: Pipeline) -> None:
        job.meta["tries"] = _tries(job)
        job.meta.pop("cuts", None)
        job.retries_left = len(job.retry_intervals or ()) or None
        job.started_at = job.ended_at = None
        pipeline.persist(job.key)
        queue._enqueue_job(job, pipeline=pipeline)

    return _take(queue, job_id, move)


def drop(queue: Queue, job_id: str) -> bool:
    """Forgets a failed job; returns whether it was there."""

    def move(job: Job, pipeline: Pipeline) -> None:
        pipeline.delete(job.key, f"rq:results:{job.id}")

    return _take(queue, job_id, move)


def in_one_line(trace: str) -> str:
    """Returns what was raised: the line after the last frame of a traceback, or the last line of anything else."""
    lines = trace.strip().splitlines() or [""]
    frames = [number for number, line in enumerate(lines) if line.startswith("  File ")]
    after = lines[frames[-1] :] if frames else lines[-1:]
    return next((line for line in after if not line.startswith(" ")), lines[-1]).strip()


def _told(queue: Queue, job: Job, failed_at: float) -> FailedJob:
    result = job.latest_result()
    try:
        arguments = job.kwargs
    except DeserializationError:
        arguments = {}
    return FailedJob(
        job.id,
        job.description or "",
        queue.name,
        datetime.fromtimestamp(failed_at, UTC),
        _tries(job),
        in_one_line((result.exc_string if result else None) or ""),
        arguments,
    )


def _tries(job: Job) -> int:
    """Counts the runs that ended in an error, those that lost their worker, and those before it was put back."""
    cuts: int = job.meta.get("cuts", 0)
    errors = len(job.retry_intervals or ()) - (job.retries_left or 0) + 1 if cuts < CUTS else 0
    return int(job.meta.get("tries", 0)) + errors + cuts


def _take(queue: Queue, job_id: str, move: Callable[[Job, Pipeline], None]) -> bool:
    """Takes a job from among the failed ones, unless somebody else is faster."""
    registry = queue.failed_job_registry

    def moved(job: Job, pipeline: Pipeline) -> None:
        pipeline.zrem(registry.key, job.id)
        move(job, pipeline)

    # While a job is watched, the client calls a store that is slow a job that has changed.
    while queue.connection.zscore(registry.key, job_id) is not None:
        if change(queue, job_id, (Pipeline.zscore, registry.key, job_id), moved):
            return True
    return False
