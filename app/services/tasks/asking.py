"""What members do with their tasks: starting, finding and cancelling them."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app import policy
from app.events import TaskStarted, record
from app.exceptions import Conflict, Forbidden, NotFound, TooOften
from app.extensions import db
from app.i18n import full_date
from app.models import Task
from app.models.columns import now
from app.models.keyset import Keyset, Page, Wanted
from app.rates import Window
from app.services.tasks import rows
from app.transaction import savepoint

A_DAY = timedelta(days=1)
NEWEST_FIRST = Keyset(Task.created_at, Task.id)


def start(user: Any, kind: str) -> Task:
    """Writes down that a member wants something done, and has a worker begin.

    Args:
        user: who wants it.
        kind: one of ``KINDS``.

    Raises:
        Forbidden: nobody is signed in.
        Conflict: the same is being done for this member.
        TooOften: it was done often enough today.
    """
    if not policy.is_member(user):
        raise Forbidden
    latest = _latest(user, kind)
    if any(task.state in rows.UNENDED for task in latest):
        raise _under_way()
    if again := _possible_from(latest):
        raise _too_often(again)
    task = Task(user_id=user.id, kind=kind, heartbeat_at=now())
    try:
        with savepoint():
            db.session.add(task)
            db.session.flush()
    except IntegrityError:
        raise _under_way() from None
    record(TaskStarted(task.id))
    return task


def possible_from(user: Any, kind: str) -> datetime | None:
    """Returns when a member may start this again, or None where no limit of the day is in the way."""
    return _possible_from(_latest(user, kind))


def day_limit(user: Any, kind: str) -> Window:
    """Returns the limit of the day for starting this, as it stands for a member."""
    latest = _latest(user, kind)[: rows.MOST_A_DAY]
    oldest = latest[-1].created_at if latest else now()
    seconds = int(A_DAY.total_seconds())
    return Window(rows.MOST_A_DAY, seconds, rows.MOST_A_DAY - len(latest), (oldest + A_DAY).timestamp())


def find(task_id: int, viewer: Any) -> Task:
    """Returns one of the viewer's own tasks.

    Raises:
        NotFound: the viewer has none of that id.
    """
    task = db.session.get(Task, task_id) if policy.is_member(viewer) else None
    if task is None or task.user_id != viewer.id:
        raise NotFound
    return task


def listed(viewer: Any, wanted: Wanted) -> Page[Task]:
    """Returns the viewer's tasks, the latest first.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    query = sa.select(Task).where(Task.user_id == viewer.id)
    return NEWEST_FIRST.page(query, wanted, lambda task: (task.created_at, task.id))


def cancel(task: Task, viewer: Any) -> None:
    """Stops a task; one that has ended stays as it is.

    Raises:
        NotFound: it is somebody else's.
    """
    if task.user_id != viewer.id:
        raise NotFound
    unended = sa.and_(Task.id == task.id, Task.state.in_(rows.UNENDED))
    if rows.change(unended, state=rows.CANCELLED, ended_at=now()):
        rows.end(task.id)
    db.session.refresh(task)


def _latest(user: Any, kind: str) -> list[Task]:
    """Returns a member's tasks that count today, the latest first; what failed is not the member's fault."""
    counts = sa.and_(Task.created_at > now() - A_DAY, Task.state != rows.FAILED)
    query = sa.select(Task).where(Task.user_id == user.id, Task.kind == kind)
    query = query.where(sa.or_(counts, Task.state.in_(rows.UNENDED)))
    return list(db.session.scalars(query.order_by(Task.created_at.desc(), Task.id.desc())))


def _possible_from(latest: list[Task]) -> datetime | None:
    return latest[rows.MOST_A_DAY - 1].created_at + A_DAY if len(latest) >= rows.MOST_A_DAY else None


def _under_way() -> Conflict:
    return Conflict(_l("This is being done already. Wait until it has ended, or cancel it."))


def _too_often(again: datetime) -> TooOften:
    said = _l(
        "This is possible %(most)s times a day. The next time is from %(time)s.",
        most=rows.MOST_A_DAY,
        time=full_date(again),
    )
    wait = max(1, int((again - now()).total_seconds()) + 1)
    return TooOften(said, wait, rows.MOST_A_DAY, int(A_DAY.total_seconds()))
