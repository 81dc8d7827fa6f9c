"""Who did what a member is told of: some faces, and how many they are, as the policy has it now."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app import policy
from app.extensions import db
from app.models import Notification, NotificationActor, User

FACES = 6


def gather(found: Sequence[Notification], reader: User, *details: Any) -> None:
    """Gives notifications their people in one statement: the latest six whom the reader hears, and how many there are.

    Args:
        found: notifications of one reader.
        reader: who is told.
        details: what else is loaded of each person.
    """
    ids = [notification.id for notification in found if notification.kind != "task"]
    met: dict[int, list[Any]] = {}
    for row in db.session.execute(_ranked(ids, reader).options(*details)) if ids else ():
        met.setdefault(row.notification_id, []).append(row)
    for notification in found:
        rows = met.get(notification.id, [])
        notification.people = [row.User for row in rows]
        notification.people_count = rows[0].number if rows else 0


def _ranked(ids: list[int], reader: User) -> sa.Select[Any]:
    deed = NotificationActor
    latest = (deed.created_at.desc(), deed.actor_id.desc())
    turn = sa.func.row_number().over(partition_by=deed.notification_id, order_by=latest).label("turn")
    number = sa.func.count().over(partition_by=deed.notification_id).label("number")
    did = sa.select(deed.notification_id, deed.actor_id, turn, number).join(User, User.id == deed.actor_id)
    did = did.where(deed.notification_id.in_(ids), policy.is_met(reader, User))
    ranked = did.subquery()
    query = sa.select(User, ranked.c.notification_id, ranked.c.number)
    query = query.join(ranked, ranked.c.actor_id == User.id).where(ranked.c.turn <= FACES)
    return query.order_by(ranked.c.notification_id, ranked.c.turn)
