"""Work that is owed: written down with what caused it, and done even when the store was away."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Errand
from app.models.columns import now

CLAIM_LASTS = timedelta(seconds=60)
SWEPT_AFTER = timedelta(seconds=10)


def owe(task: str, arguments: dict[str, Any], until: datetime) -> int:
    """Writes an errand down and returns its id.

    Args:
        task: the dotted name of a task.
        arguments: its arguments; nothing secret, and nothing that JSON cannot hold.
        until: after this it would come too late.
    """
    errand = Errand(task=task, arguments=arguments, expires_at=until)
    db.session.add(errand)
    db.session.flush()
    return errand.id


def claim(errand_id: int) -> Errand | None:
    """Takes an errand, so that nobody else does it meanwhile; None when it is done, taken or too late."""
    free = sa.or_(Errand.claimed_until.is_(None), Errand.claimed_until < now())
    taken = db.session.execute(
        sa.update(Errand)
        .where(Errand.id == errand_id, Errand.expires_at > now(), free)
        .values(claimed_until=now() + CLAIM_LASTS, attempts=Errand.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return db.session.get(Errand, errand_id, populate_existing=True) if taken.rowcount else None  # type: ignore[attr-defined]


def done(errand_id: int) -> None:
    """Strikes an errand off."""
    db.session.execute(sa.delete(Errand).where(Errand.id == errand_id))


def overdue() -> list[Errand]:
    """Returns the errands that nobody is doing although they were written down a while ago."""
    unclaimed = sa.and_(Errand.claimed_until.is_(None), Errand.created_at < now() - SWEPT_AFTER)
    abandoned = Errand.claimed_until < now()
    return list(
        db.session.scalars(sa.select(Errand).where(sa.or_(unclaimed, abandoned), Errand.expires_at > now()))
    )


def drop_expired() -> list[Errand]:
    """Strikes off what would come too late, and returns it."""
    late = list(db.session.scalars(sa.select(Errand).where(Errand.expires_at <= now())))
    for errand in late:
        db.session.delete(errand)
    return late
