"""How members want to be told: which kinds on the site, and which by mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import NotificationSetting, User
from app.models.upsert import insert_or

KINDS = ("reply", "mention", "like", "follow", "message", "task")
MAILED = ("reply", "mention", "like", "follow", "message")
"""What a letter may tell of; of a task that ended there is a letter of its own."""


@dataclass(frozen=True)
class Choice:
    """How one kind is told.

    Attributes:
        on_site: whether on the site at all.
        by_mail: whether a letter tells of what was not read there for a while.
    """

    on_site: bool
    by_mail: bool


UNASKED = {kind: Choice(on_site=True, by_mail=False) for kind in KINDS}
"""How a kind is told to whoever has chosen nothing: nobody gets letters without asking for them."""


def chosen(user: User) -> dict[str, Choice]:
    """Returns how a member is told of each kind."""
    rows = db.session.scalars(sa.select(NotificationSetting).where(NotificationSetting.user_id == user.id))
    return UNASKED | {row.kind: Choice(row.on_site, row.by_mail) for row in rows}


def choose(user: User, wishes: Mapping[str, Choice]) -> None:
    """Keeps how a member wants to be told of some kinds; what is as for everybody takes no row.

    The member is held meanwhile, so that two who choose at once come one after the other.
    """
    db.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    usual = [kind for kind, wish in wishes.items() if wish == UNASKED[kind]]
    ours = sa.delete(NotificationSetting).where(
        NotificationSetting.user_id == user.id, NotificationSetting.kind.in_(usual)
    )
    db.session.execute(ours.execution_options(synchronize_session=False))
    rows = [
        {"user_id": user.id, "kind": kind, "on_site": wish.on_site, "by_mail": wish.by_mail}
        for kind, wish in sorted(wishes.items())
        if kind not in usual
    ]
    if rows:
        kept = insert_or(db.session(), NotificationSetting).values(rows)
        values = {"on_site": kept.excluded.on_site, "by_mail": kept.excluded.by_mail}
        db.session.execute(
            kept.on_conflict_do_update(index_elements=["user_id", "kind"], set_=values),
            execution_options={"synchronize_session": False},
        )


def no_more_letters(user: User) -> None:
    """Ends all letters about notifications; what is told on the site stays as it was chosen."""
    kept = chosen(user)
    choose(user, {kind: Choice(kept[kind].on_site, by_mail=False) for kind in MAILED})


def is_wanted_on_site(user_id: Any, kind: Any) -> sa.ColumnElement[bool]:
    """Returns whether a member is told of a kind on the site.

    Args:
        user_id: an id, or a column of ids.
        kind: a kind, or a column of kinds.
    """
    return ~_has(user_id, kind, NotificationSetting.on_site.is_(False))


def is_wanted_by_mail(user_id: Any, kind: Any) -> sa.ColumnElement[bool]:
    """Returns whether letters tell a member of a kind; the arguments are those of ``is_wanted_on_site``."""
    return sa.and_(kind.in_(MAILED), _has(user_id, kind, NotificationSetting.by_mail.is_(True)))


def _has(user_id: Any, kind: Any, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    mine = sa.and_(NotificationSetting.user_id == user_id, NotificationSetting.kind == kind, *where)
    return sa.exists().where(mine).correlate_except(NotificationSetting)
