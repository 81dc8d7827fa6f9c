"""Puts jobs back into their queues: those whose worker is gone, and those that wait for another try.

RQ 2.12 leaves a job whose worker was killed among the started ones for a minute, and then gives it up; and it wakes
waiting retries only from inside a worker. Here both are transactions, so any number of processes may do them at once.
"""

import logging
import time
from collections.abc import Callable

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import WatchError
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.executions import Execution
from rq.job import Job, JobStatus

log = logging.getLogger(__name__)

Place = tuple[
    Callable[..., object], str, str
]  # How to ask whether a key holds a member, the key, the member.

BEAT = 5  # Seconds between two signs of life of a worker that has a job.
LOOK = 7  # Seconds between two looks, at least: longer than a beat, so that a living worker is seen to have moved.
CUTS = 3  # How often a job may lose its worker before it is taken for the cause.


def may_look(connection: Redis) -> bool:
    """Returns whether the last look, whoever took it, is long enough ago."""
    return bool(connection.set("hanmadi:look", 1, nx=True, ex=LOOK))


def recover(queue: Queue, looks: int) -> int:
    """Puts back the jobs of a queue that were taken by a worker which is gone.

    A worker is gone when its sign of life does not change, so no two clocks are compared. Three looks are asked for
    because the first after a machine was asleep, or the store away, sees old signs of living workers.

    Args:
        queue: where to look.
        looks: how many looks must have seen the same sign of life.

    Returns:
        How many jobs were put back.
    """
    return _recover_begun(queue, looks) + _recover_taken(queue, looks)


def wake(queue: Queue) -> int:
    """Moves the jobs whose wait for another try is over into the queue.

    Returns:
        How many jobs were moved.
    """
    registry = queue.scheduled_job_registry

    def move(job: Job, pipeline: Pipeline) -> None:
        pipeline.zrem(registry.key, job.id)
        queue._enqueue_job(job, pipeline=pipeline)

    due = registry.get_jobs_to_schedule(int(time.time()), 100)
    return sum(change(queue, job_id, (Pipeline.zscore, registry.key, job_id), move) for job_id in due)


def _recover_begun(queue: Queue, looks: int) -> int:
    """Puts back jobs that a worker began."""
    registry = queue.started_job_registry
    count = 0
    for job_id, execution_id in registry.get_job_and_execution_ids(cleanup=False):
        begun = Execution(execution_id, job_id, queue.connection)
        beat = queue.connection.hget(begun.key, "last_heartbeat")
        if _seen(queue.connection, f"{begun.composite_key}:{beat!r}") < looks:
            continue

        def move(job: Job, pipeline: Pipeline, begun: Execution = begun) -> None:
            begun.delete(job, pipeline)
            pipeline.lrem(queue.intermediate_queue_key, 0, job.id)
            _put_back(queue, job, pipeline)

        held = (Pipeline.zscore, registry.key, begun.composite_key)
        count += change(queue, job_id, held, move)
    return count


def _recover_taken(queue: Queue, looks: int) -> int:
    """Puts back jobs that a worker took and did not begin; RQ keeps these only for a worker of one single queue."""
    key = queue.intermediate_queue_key
    begun = set(queue.started_job_registry.get_job_ids(cleanup=False))
    taken = [job_id for job_id in queue.intermediate_queue.get_job_ids() if job_id not in begun]

    def move(job: Job, pipeline: Pipeline) -> None:
        pipeline.lrem(key, 0, job.id)
        if job.get_status(refresh=False) == JobStatus.QUEUED:
            _put_back(queue, job, pipeline)

    gone = [job_id for job_id in taken if _seen(queue.connection, f"{job_id}:taken") >= looks]
    return sum(change(queue, job_id, (Pipeline.lpos, key, job_id), move) for job_id in gone)


def _seen(connection: Redis, sign: str) -> int:
    """Counts the looks that have seen this sign of life; a sign not seen for a minute is forgotten."""
    key = f"hanmadi:seen:{sign}"
    with connection.pipeline() as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, 60)
        return int(pipeline.execute()[0])


def change(queue: Queue, job_id: str, held: Place, move: Callable[[Job, Pipeline], None]) -> bool:
    """Changes a job in one transaction, unless somebody else has moved it from its place meanwhile.

    Args:
        queue: the job's.
        job_id: which job.
        held: how to ask whether the job is still where it was.
        move: writes the change into the transaction.

    Returns:
        Whether it was changed.
    """
    look, key, member = held
    try:
        with queue.connection.pipeline() as pipeline:
            pipeline.watch(Job.key_for(job_id))  # type: ignore[no-untyped-call]
            if look(pipeline, key, member) is None:
                return False
            job = Job.fetch(job_id, connection=queue.connection, serializer=queue.serializer)
            pipeline.multi()
            move(job, pipeline)
            pipeline.execute()
    except NoSuchJobError:
        _forget(queue, job_id)
        return False
    except WatchError:
        return False
    return True


def _put_back(queue: Queue, job: Job, pipeline: Pipeline) -> None:
    """Queues a cut job as the next one, or gives it up when it has cost too many workers."""
    cuts = job.meta["cuts"] = job.meta.get("cuts", 0) + 1
    job.started_at = job.ended_at = None
    if cuts < CUTS:
        log.warning("Job %s (%s) lost its worker and is queued again", job.id, job.description)
        queue._enqueue_job(job, pipeline=pipeline, at_front=True)
    else:
        log.error("Job %s (%s) lost its worker %d times and is given up", job.id, job.description, cuts)
        job.set_status(JobStatus.FAILED, pipeline=pipeline)
        job._handle_failure(f"Lost its worker {cuts} times.", pipeline)


def _forget(queue: Queue, job_id: str) -> None:
    """Removes what is left of a job that is no more."""
    queue.connection.lrem(queue.intermediate_queue_key, 0, job_id)
    for held in (queue.scheduled_job_registry, queue.failed_job_registry):
        queue.connection.zrem(held.key, job_id)
    registry = queue.started_job_registry
    for begun_id, execution_id in registry.get_job_and_execution_ids(cleanup=False):
        if begun_id == job_id:
            queue.connection.zrem(registry.key, f"{begun_id}:{execution_id}")
