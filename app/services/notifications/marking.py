"""Marking notifications as read, and removing those that have grown old."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.events import BadgesChanged, record
from app.extensions import db
from app.models import Notification, User
from app.models.columns import now

KEPT_FOR = timedelta(days=180)


def read(user: User, notification_id: int) -> None:
    """Marks one of a member's notifications as read; one that was read, or is not theirs, stays as it is."""
    _mark(user.id, Notification.id == notification_id)


def read_about(user_id: int, about: str) -> None:
    """Marks as read what joins under a name, such as ``message:3`` when that conversation is read."""
    _mark(user_id, Notification.about == about)


def read_all(user: User, until: datetime, kinds: Collection[str]) -> None:
    """Marks a member's notifications of some kinds as read, up to a moment: what came since then stays new."""
    _mark(user.id, Notification.updated_at <= until, Notification.kind.in_(kinds))


def tidy() -> None:
    """Removes what happened so long ago that nobody asks for it."""
    old = held(Notification.updated_at < now() - KEPT_FOR)
    gone = sa.delete(Notification).where(Notification.id.in_(old))
    db.session.execute(gone.execution_options(synchronize_session=False))


def held(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Returns the ids of notifications as a query that holds them until the transaction ends.

    They are taken in the order of their ids, so that two who change several of the same never deadlock.
    """
    found = sa.select(Notification.id).where(*where).order_by(Notification.id).with_for_update()
    return sa.select(found.cte("held").c.id)


def _mark(user_id: int, *where: sa.ColumnElement[bool]) -> None:
    mine = held(Notification.user_id == user_id, Notification.read_at.is_(None), *where)
    marked = sa.update(Notification).where(Notification.id.in_(mine)).values(read_at=now())
    ids = db.session.scalars(
        marked.returning(Notification.id), execution_options={"synchronize_session": False}
    ).all()
    if ids:
        record(BadgesChanged(user_id))
