"""What a task's row says: its states, why it failed, how far it is; and the end of one, whoever brings it."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.events import TaskEnded, record
from app.extensions import db
from app.models import Task
from app.services import notifications

EXPORT = "export"
KINDS = (EXPORT,)
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)
UNENDED = (QUEUED, RUNNING)
MOST_A_DAY = 3
ATTEMPTS = 3
STALE = timedelta(seconds=20)
"""A try that has not shown itself for so long is taken for dead; a living one does so every second or two."""
FORGOTTEN = timedelta(seconds=60)
"""A task that nobody has begun for so long is left for the workers again, should the store have lost it."""

LOST, BROKEN, FULL, TOO_LONG, NEVER_BEGUN = "lost", "broken", "full", "too_long", "never_begun"
REASONS = {
    LOST: _l("The work was interrupted several times. Start it again."),
    BROKEN: _l("Something broke on our side. It was noted; start it again later."),
    FULL: _l("The site has no room left for the file. Try again tomorrow."),
    TOO_LONG: _l("It took longer than is allowed. Tell the people who run the site."),
    NEVER_BEGUN: _l("Nobody had time for it in a whole day. Start it again."),
}
"""Why a task failed and what to do, by the word that its row holds."""


def percent(task: Task) -> int:
    """Returns how much of a task is done, in whole percent; a hundred only when it is done."""
    if task.state == DONE:
        return 100
    return min(99, task.done * 100 // task.total) if task.total else 0


def seconds_left(task: Task) -> int | None:
    """Returns for how long a running task will go on at its pace so far, or None where nobody can tell yet."""
    if task.state != RUNNING or not (task.begun_at and task.heartbeat_at and 0 < task.done < task.total):
        return None
    taken = (task.heartbeat_at - task.begun_at).total_seconds()
    return round(taken * (task.total - task.done) / task.done)


def change(where: sa.ColumnElement[bool], **values: Any) -> bool:
    """Changes a task's row if it is as expected, and returns whether it was."""
    statement = sa.update(Task).where(where).values(**values).execution_options(synchronize_session=False)
    return bool(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def end(task_id: int) -> None:
    """Tells that a task has ended; its member is notified unless it was their own doing."""
    task = db.session.get_one(Task, task_id, populate_existing=True)
    record(TaskEnded(task_id))
    if task.state in (DONE, FAILED):
        notifications.tell_of_task(task)
