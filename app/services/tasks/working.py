"""What the workers write down about tasks, and the care for those whose worker is gone.

A worker's process may be killed at any moment, and one that was only asleep may wake up after it was taken for dead. So
each try has a number, and what a try writes counts only while it is the task's latest and the task still runs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Task
from app.models.columns import now
from app.models.task import UNENDED
from app.services.tasks import rows

TOO_LATE = timedelta(days=1)
KEPT = timedelta(days=90)


class Overtaken(Exception):
    """The task was cancelled, or another try has taken its place: whoever meets this stops, and leaves nothing."""


@dataclass(frozen=True)
class Due:
    """A try that a worker is to begin."""

    task_id: int
    attempt: int


def waiting(task_id: int) -> Due | None:
    """Returns the try of a task that waits to be begun, or None when there is none."""
    task = db.session.get(Task, task_id)
    return Due(task.id, task.attempt) if task is not None and task.state == rows.QUEUED else None


def claim(task_id: int, attempt: int) -> Task:
    """Begins a try; nobody else can begin the same.

    Raises:
        Overtaken: somebody has begun it, or it is not wanted any more.
    """
    mine = sa.and_(Task.id == task_id, Task.attempt == attempt, Task.state == rows.QUEUED)
    moment = now()
    nothing_yet = {"step": "", "done": 0, "total": 0}
    if not rows.change(mine, state=rows.RUNNING, begun_at=moment, heartbeat_at=moment, **nothing_yet):
        raise Overtaken
    return db.session.get_one(Task, task_id, populate_existing=True)


def beat(task_id: int, attempt: int, step: str, done: int, total: int) -> None:
    """Shows that a try is alive, and how far it is.

    Raises:
        Overtaken: it does not count any more.
    """
    _write(task_id, attempt, step=step, done=done, total=total, heartbeat_at=now())


def finish(task_id: int, attempt: int, result: dict[str, Any], expires_at: datetime) -> None:
    """Writes down what came of a task.

    Raises:
        Overtaken: the try does not count any more.
    """
    _write(
        task_id,
        attempt,
        state=rows.DONE,
        done=Task.total,
        result=result,
        ended_at=now(),
        expires_at=expires_at,
    )
    rows.end(task_id)


def fail(task_id: int, attempt: int, error: str) -> None:
    """Gives a task up.

    Args:
        task_id: which.
        attempt: the try that gives up.
        error: why, one of ``REASONS``.

    Raises:
        Overtaken: the try does not count any more.
    """
    _write(task_id, attempt, state=rows.FAILED, error=error, ended_at=now())
    rows.end(task_id)


def lay_down(task_id: int, attempt: int) -> None:
    """Says that a try has come to grief, so that the next sweep has another one begin.

    Raises:
        Overtaken: the try does not count any more.
    """
    _write(task_id, attempt, heartbeat_at=None)


def sweep() -> list[Due]:
    """Takes care of tasks whose worker is gone, and of those that nobody begins; returns the tries to begin now."""
    begins: list[Due] = []
    quiet = sa.or_(Task.heartbeat_at.is_(None), Task.heartbeat_at < now() - rows.STALE)
    unheard = sa.and_(Task.state == rows.RUNNING, quiet)
    unbegun = sa.and_(Task.state == rows.QUEUED, Task.heartbeat_at < now() - rows.FORGOTTEN)
    lying = sa.select(Task).where(UNENDED, sa.or_(unheard, unbegun))
    for task in db.session.scalars(lying).all():
        error, attempt = _verdict(task)
        # Somebody else may be sweeping, or the worker may have woken up: whoever changes the row first has it.
        same = sa.and_(Task.id == task.id, Task.attempt == task.attempt, Task.state == task.state)
        same = sa.and_(same, Task.heartbeat_at.is_not_distinct_from(task.heartbeat_at))
        if error and rows.change(same, state=rows.FAILED, error=error, ended_at=now()):
            rows.end(task.id)
        elif not error and rows.change(same, state=rows.QUEUED, attempt=attempt, heartbeat_at=now()):
            begins.append(Due(task.id, attempt))
    return begins


def in_use() -> tuple[set[str], set[tuple[int, int]]]:
    """Returns the files that can still be had, by their names in the store, and the tries that are at work."""
    had = sa.select(Task.result).where(Task.state == rows.DONE, Task.expires_at > now())
    working = sa.select(Task.id, Task.attempt).where(UNENDED, Task.state == rows.RUNNING)
    kept = {result["file"] for result in db.session.scalars(had) if result and "file" in result}
    return kept, {(id, attempt) for id, attempt in db.session.execute(working)}


def tidy() -> None:
    """Removes the tasks that ended long ago."""
    gone = sa.delete(Task).where(Task.ended_at < now() - KEPT)
    db.session.execute(gone.execution_options(synchronize_session=False))


def _verdict(task: Task) -> tuple[str | None, int]:
    """Returns why a task that was found lying is given up, or None and the number of its next try."""
    if task.state == rows.QUEUED:
        return (rows.NEVER_BEGUN if task.created_at < now() - TOO_LATE else None), task.attempt
    if task.attempt < rows.ATTEMPTS:
        return None, task.attempt + 1
    return (rows.LOST if task.heartbeat_at else rows.BROKEN), task.attempt


def _write(task_id: int, attempt: int, **values: Any) -> None:
    mine = sa.and_(Task.id == task_id, Task.attempt == attempt, Task.state == rows.RUNNING)
    if not rows.change(mine, **values):
        raise Overtaken
