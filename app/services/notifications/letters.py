"""Which members a letter tells of what they have not read, and of what it tells."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import policy
from app.extensions import db
from app.models import Notification, User
from app.models.columns import now
from app.services.notifications import choices, people
from app.services.notifications.marking import held

WAITS = timedelta(minutes=10)
"""For so long a notification may still be read on the site."""
NEWS_FOR = timedelta(days=3)
EVERY = timedelta(days=1)
"""A member gets one letter in this time at most."""
MOST = 50
"""A letter tells of so many notifications at most."""


def to_mail() -> list[int]:
    """Returns the ids of the members whom a letter is to tell of something, in their order.

    They have proved their address, have not read for ten minutes what they want letters of, were not here after it
    came, and had no such letter for a day.
    """
    return list(db.session.scalars(_readers().distinct().order_by(User.id)))


def take(user_id: int) -> User | None:
    """Returns a member whom a letter is to tell of something now, and lets nobody else write it meanwhile."""
    reader = sa.select(User).where(User.id == user_id).with_for_update(key_share=True)
    user = db.session.scalar(reader.execution_options(populate_existing=True))
    # Whoever was waited for may have written the letter, so this is asked afterwards.
    return user if db.session.scalar(_readers().where(User.id == user_id).limit(1)) else None


def unmailed(user: User) -> list[Notification]:
    """Returns what a letter tells a member of, the latest first, with the post and the people of each."""
    query = policy.visible_notifications(user).join(Notification.user).where(_due(now()))
    query = query.options(so.joinedload(Notification.post))
    latest = query.order_by(Notification.updated_at.desc(), Notification.id.desc()).limit(MOST)
    found = list(db.session.scalars(latest))
    people.gather(found, user)
    return found


def mark_mailed(user_id: int, ids: Collection[int]) -> None:
    """Keeps in mind that a letter has told a member of some notifications."""
    told = held(Notification.user_id == user_id, Notification.id.in_(ids))
    marked = sa.update(Notification).where(Notification.id.in_(told)).values(mailed_at=now())
    db.session.execute(marked.execution_options(synchronize_session=False))


def mark_unmailed(user_id: int, ids: Collection[int]) -> None:
    """Takes back that a letter has told a member of some notifications, because it could not be sent."""
    told = held(Notification.user_id == user_id, Notification.id.in_(ids))
    marked = sa.update(Notification).where(Notification.id.in_(told)).values(mailed_at=None)
    db.session.execute(marked.execution_options(synchronize_session=False))


def _readers() -> sa.Select[int]:
    """Returns the ids of the members whom a letter is to tell of something; one of them may be there repeatedly."""
    moment = now()
    had = so.aliased(Notification)
    # What was mailed since then was news at that time, so it is no older than this.
    recent = had.updated_at > moment - EVERY - NEWS_FOR
    had_one = sa.exists().where(had.user_id == User.id, had.mailed_at > moment - EVERY, recent)
    query = sa.select(User.id).join(Notification, Notification.user_id == User.id).where(_due(moment))
    return query.where(User.confirmed_at.is_not(None), User.suspended_at.is_(None), ~had_one)


def _due(moment: datetime) -> sa.ColumnElement[bool]:
    """Returns whether a letter is to tell of a notification to its member, who is joined to it."""
    return sa.and_(
        Notification.read_at.is_(None),
        Notification.mailed_at.is_(None),
        Notification.updated_at.between(moment - NEWS_FOR, moment - WAITS),
        sa.or_(User.last_seen_at.is_(None), User.last_seen_at < Notification.updated_at),
        choices.is_wanted_by_mail(User.id, Notification.kind),
        policy.is_told(),
    )
