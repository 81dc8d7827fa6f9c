"""Muting people, taking it back, and the list of whom a member mutes; nobody else notices any of it."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import policy
from app.events import BadgesChanged, record
from app.exceptions import Forbidden
from app.extensions import db
from app.models import Mute, User
from app.models.columns import now
from app.models.keyset import Keyset, Page, Wanted
from app.models.upsert import insert_or
from app.services import users

BY_TIME = Keyset(Mute.created_at, Mute.muted_id)


def mute(muter: User, person: User) -> None:
    """Mutes once, however often it is asked.

    Raises:
        Forbidden: it is the same person.
    """
    if not policy.may_mute(muter, person):
        raise Forbidden(_l("You cannot mute yourself."))
    row = {"muter_id": muter.id, "muted_id": person.id, "created_at": now()}
    added = insert_or(db.session(), Mute).values(row).on_conflict_do_nothing().returning(Mute.muted_id)
    if db.session.scalar(added):
        record(BadgesChanged(muter.id))  # What they are told leaves out those they mute.


def unmute(muter: User, person: User) -> None:
    """Takes the mute back; where there is none, nothing happens."""
    ours = sa.delete(Mute).where(Mute.muter_id == muter.id, Mute.muted_id == person.id)
    if db.session.execute(ours).rowcount:  # type: ignore[attr-defined]
        record(BadgesChanged(muter.id))


def listed(muter: User, wanted: Wanted) -> Page[User]:
    """Returns whom a member mutes, the latest first.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    query = users.shown_to(muter).join(Mute, Mute.muted_id == User.id)
    query = query.where(Mute.muter_id == muter.id).add_columns(Mute.created_at)
    page = BY_TIME.page(query, wanted, lambda row: (row.created_at, row.User.id))
    return page.of(lambda row: row.User)
