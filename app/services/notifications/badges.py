"""The numbers beside the bell and the envelope."""

from typing import Any

import sqlalchemy as sa

from app import policy
from app.extensions import db
from app.models import Notification, Participation, User

MOST = 100
"""Beyond this nobody counts."""
ELSEWHERE = "message"
"""What has a number of its own."""


def unread_notifications(reader: Any) -> sa.ScalarSelect[int]:
    """Returns how many notifications a member has not read, messages apart, a hundred at most.

    Args:
        reader: the column of the member's id in the query around it.
    """
    # Nothing is about nothing: that leads SQLite to the index of the unread, for it knows not how few they are.
    unread = sa.and_(Notification.read_at.is_(None), Notification.about > "")
    new = sa.select(sa.literal(1)).where(
        Notification.user_id == reader,
        unread,
        Notification.kind != ELSEWHERE,
        policy.is_told(),
    )
    found = new.correlate(User).limit(MOST).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def unread_messages(reader: Any) -> sa.ScalarSelect[int]:
    """Returns how many private messages a member has not read; the argument is that of ``unread_notifications``."""
    waiting = sa.select(sa.func.coalesce(sa.func.sum(Participation.unread_count), 0))
    return waiting.where(Participation.user_id == reader).correlate(User).scalar_subquery()


def count(user: User) -> int:
    """Returns how many notifications a member has not read, messages apart, a hundred at most."""
    return db.session.scalar(sa.select(unread_notifications(User.id)).where(User.id == user.id)) or 0
