"""Work that is owed: written down with what caused it, and done even when the store was away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Errand
from app.models.columns import now

RUN = 45
"""Seconds that one try may take."""
CLAIM_LASTS = timedelta(seconds=60)
"""After so long, which no try takes, whoever began an errand is taken for dead."""
SWEPT_AFTER = timedelta(seconds=10)
WAITS = (10, 30, 60, 120, 300)
"""Seconds to wait after each try in vain; the last of them again and again."""


@dataclass(frozen=True)
class Late:
    """What nobody could do in time.

    Attributes:
        task: which task it was.
        attempts: how often it was begun.
    """

    task: str
    attempts: int


def owe(task: str, arguments: dict[str, Any], until: datetime) -> int:
    """Writes an errand down and returns its id.

    Args:
        task: the dotted name of a task.
        arguments: its arguments; nothing secret, and nothing that JSON cannot hold.
        until: after this it would come too late.
    """
    errand = Errand(task=task, arguments=arguments, due_at=now() + SWEPT_AFTER, expires_at=until)
    db.session.add(errand)
    db.session.flush()
    return errand.id


def claim(errand_id: int) -> Errand | None:
    """Takes an errand, so that nobody else does it meanwhile; None when it is done, taken or too late."""
    taken = db.session.execute(
        sa.update(Errand)
        .where(Errand.id == errand_id, Errand.expires_at > now(), _free())
        .values(claimed_until=now() + CLAIM_LASTS, attempts=Errand.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return db.session.get(Errand, errand_id, populate_existing=True) if taken.rowcount else None  # type: ignore[attr-defined]


def done(errand_id: int) -> None:
    """Strikes an errand off."""
    db.session.execute(sa.delete(Errand).where(Errand.id == errand_id))


def postpone(errand_id: int, attempt: int) -> None:
    """Gives an errand back that could not be done; the more often that happens, the later it is tried again.

    Args:
        errand_id: which errand.
        attempt: which try has failed; when another has begun since, it is left to that one.
    """
    wait = timedelta(seconds=WAITS[min(attempt, len(WAITS)) - 1])
    mine = sa.update(Errand).where(Errand.id == errand_id, Errand.attempts == attempt)
    db.session.execute(mine.values(claimed_until=None, due_at=now() + wait))


def overdue() -> list[Errand]:
    """Returns the errands that are due and that nobody is doing; of several that ask for the same, the last one.

    The others are struck off: who asks for a code three times while the mail server is away needs one letter.
    """
    waiting = sa.select(Errand).where(Errand.due_at <= now(), Errand.expires_at > now(), _free())
    last: dict[str, Errand] = {}
    repeated: list[int] = []
    for errand in db.session.scalars(waiting.order_by(Errand.id)):
        what = json.dumps([errand.task, errand.arguments], sort_keys=True)
        if what in last:
            repeated.append(last[what].id)
        last[what] = errand
    db.session.execute(sa.delete(Errand).where(Errand.id.in_(repeated), _free()))
    return list(last.values())


def drop_expired() -> list[Late]:
    """Strikes off what would come too late, and returns it."""
    struck = sa.delete(Errand).where(Errand.expires_at <= now()).returning(Errand.task, Errand.attempts)
    return [Late(task, attempts) for task, attempts in db.session.execute(struck)]


def listed() -> Sequence[Errand]:
    """Returns everything that is owed, the oldest first."""
    return db.session.scalars(sa.select(Errand).order_by(Errand.id)).all()


def _free() -> sa.ColumnElement[bool]:
    return sa.or_(Errand.claimed_until.is_(None), Errand.claimed_until < now())
