"""Blocking people, taking it back, and the list of whom a member has blocked."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import policy
from app.events import BadgesChanged, record
from app.exceptions import Forbidden
from app.extensions import db
from app.models import Block, User
from app.models.columns import now
from app.models.keyset import Keyset, Page, Wanted
from app.models.upsert import insert_or
from app.services import follows, users

NOT_ONESELF = _l("You cannot block yourself.")
BY_TIME = Keyset(Block.created_at, Block.blocked_id)


def block(blocker: User, person: User) -> None:
    """Blocks once, however often it is asked; neither follows the other from now on, and nothing else is taken back.

    Raises:
        Forbidden: it is the same person.
    """
    if not policy.may_block(blocker, person):
        raise Forbidden(NOT_ONESELF)
    users.hold_two(blocker, person)  # Whoever begins to follow at this moment holds them too.
    row = {"blocker_id": blocker.id, "blocked_id": person.id, "created_at": now()}
    added = insert_or(db.session(), Block).values(row).on_conflict_do_nothing().returning(Block.blocked_id)
    if db.session.scalar(added):
        _change_badges(blocker, person)
    follows.unfollow(blocker, person)
    follows.unfollow(person, blocker)


def unblock(blocker: User, person: User) -> None:
    """Takes the block back; where there is none, nothing happens, and nobody follows again by it."""
    ours = sa.delete(Block).where(Block.blocker_id == blocker.id, Block.blocked_id == person.id)
    if db.session.execute(ours).rowcount:  # type: ignore[attr-defined]
        _change_badges(blocker, person)


def listed(blocker: User, wanted: Wanted) -> Page[User]:
    """Returns whom a member has blocked, the latest first.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    query = users.shown_to(blocker).join(Block, Block.blocked_id == User.id)
    query = query.where(Block.blocker_id == blocker.id).add_columns(Block.created_at)
    page = BY_TIME.page(query, wanted, lambda row: (row.created_at, row.User.id))
    return page.of(lambda row: row.User)


def _change_badges(blocker: User, person: User) -> None:
    """Has both asked anew what they are told, which leaves out those from whom they are apart."""
    for user in (blocker, person):
        record(BadgesChanged(user.id))
