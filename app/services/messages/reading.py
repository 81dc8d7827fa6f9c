"""Whom one may write to, one's conversations, and the messages in them."""

from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import names, policy
from app.exceptions import NotFound
from app.extensions import db
from app.models import HiddenMessage, Message, Participation, User
from app.models.columns import LAST_ID
from app.models.keyset import Keyset, Page, Wanted
from app.services import users

NEWEST_FIRST = Keyset(Message.created_at, Message.id)
LATEST_FIRST = Keyset(Participation.last_at, Participation.conversation_id)


def partner(username: str, viewer: User) -> User:
    """Returns the member of that name, if the viewer may open a conversation with them.

    Raises:
        NotFound: there is no such member, or it is the viewer.
    """
    return _partner(viewer, User.username_key == names.key(username))


def partner_by_id_or_name(who: str, viewer: User) -> User:
    """Returns the member of that id or username; otherwise as ``partner``."""
    if not (who.isascii() and who.isdigit()):
        return partner(who, viewer)
    return _partner(viewer, User.id == min(int(who[:20]), LAST_ID))


def partner_meant(username: str, person_id: int | None, viewer: User) -> User:
    """Returns the member whom a form means; the arguments and errors are those of ``users.find_meant``."""
    if person_id is None:
        return partner(username, viewer)
    person = partner_by_id_or_name(str(person_id), viewer)
    users.require_name(person, username)
    return person


def conversations(viewer: User, wanted: Wanted) -> Page[Participation]:
    """Returns the viewer's conversations, the latest first, each with the other person and the last message.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    return LATEST_FIRST.page(_shown_to(viewer), wanted, lambda one: (one.last_at, one.conversation_id))


def open(viewer: User, person: User) -> Participation | None:
    """Returns the viewer's conversation with somebody, or None where there is none that holds a message for them."""
    query = _shown_to(viewer).where(Participation.other_id == person.id)
    found: Participation | None = db.session.scalar(query.execution_options(populate_existing=True))
    return found


def messages(viewer: User, participation: Participation, wanted: Wanted) -> Page[Message]:
    """Returns a conversation's messages as the viewer has them, the newest first.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    query = left_to(viewer, participation)
    return NEWEST_FIRST.page(query, wanted, lambda message: (message.created_at, message.id))


def find(viewer: User, participation: Participation, message_id: int) -> Message:
    """Returns one of a conversation's messages.

    Raises:
        NotFound: there is none that the viewer still has.
    """
    message: Message | None = db.session.scalar(
        left_to(viewer, participation).where(Message.id == message_id)
    )
    if message is None:
        raise NotFound
    return message


def left_to(viewer: User, participation: Participation) -> sa.Select[Any]:
    """Returns the query of a conversation's messages without those that the viewer has deleted."""
    hidden = sa.exists().where(HiddenMessage.user_id == viewer.id, HiddenMessage.message_id == Message.id)
    return sa.select(Message).where(
        Message.conversation_id == participation.conversation_id,
        # As a sum it is no range, so no planner gathers by id what is wanted in the order of time.
        Message.id + 0 > participation.hidden_until,
        sa.not_(hidden),
    )


def _partner(viewer: User, who: sa.ColumnElement[bool]) -> User:
    query = policy.visible_partners(viewer).where(who).options(*users.bonds_with(viewer))
    person: User | None = db.session.scalar(query.execution_options(populate_existing=True))
    if person is None:
        raise NotFound
    return person


def _shown_to(viewer: User) -> sa.Select[Any]:
    """Returns the query of the viewer's conversations with all that is shown of them, in one statement."""
    theirs = so.aliased(Participation)
    others = sa.and_(
        theirs.conversation_id == Participation.conversation_id,
        theirs.user_id == Participation.other_id,
        sa.not_(policy.are_apart(viewer.id, Participation.other_id)),
    )
    read_by_them = sa.func.coalesce(sa.select(theirs.read_id).where(others).scalar_subquery(), 0)
    return (
        sa.select(Participation)
        .join(Participation.other)
        .where(Participation.user_id == viewer.id, Participation.last_id.is_not(None))
        .options(
            so.contains_eager(Participation.other).options(*users.bonds_with(viewer)),
            so.joinedload(Participation.last),
            so.with_expression(Participation.other_read_id, read_by_them),
        )
    )
