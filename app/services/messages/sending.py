"""Writing to somebody: who may, how often, and what it changes for both."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import policy
from app.events import MessageSent, record
from app.exceptions import Conflict, Forbidden, TooOften
from app.extensions import db
from app.models import Conversation, Follow, Message, Participation, User
from app.models.columns import now
from app.models.upsert import insert_or
from app.services import notifications

MOST_BEGUN = 20
"""How many conversations with people who do not follow them a member begins in a day."""
A_DAY = timedelta(days=1)


def send(sender: User, person: User, body: str, key: str | None = None) -> Message:
    """Writes to somebody, once for each key, however often it is asked.

    Args:
        sender: who writes.
        person: to whom.
        body: clean text of a fitting length (``app.text``).
        key: a random text of the sending page's making.

    Raises:
        Conflict: the key has sent another message already.
        Forbidden: the sender is not confirmed, or may not write to this person.
        TooOften: the sender has begun many conversations with strangers today.
    """
    _require_reachable(sender, person)
    conversation_id, moment = _hold_between(sender, person)
    row = {"conversation_id": conversation_id, "sender_id": sender.id, "body": body, "key": key}
    added = insert_or(db.session(), Message).values(**row, created_at=moment)
    message: Message | None = db.session.scalar(added.on_conflict_do_nothing().returning(Message))
    if message is None:
        return _sent_before(sender, key, conversation_id, body)
    _deliver(message, person.id)
    record(MessageSent(message.id))
    notifications.tell_of_message(message, person.id)
    return message


def _sent_before(sender: User, key: str | None, conversation_id: int, body: str) -> Message:
    """Returns the message that a key has sent already.

    Raises:
        Conflict: it is another message than the one that is being sent now.
    """
    mine = sa.select(Message).where(Message.sender_id == sender.id, Message.key == key)
    message = db.session.scalars(mine).one()
    if (message.conversation_id, message.body) != (conversation_id, body):
        raise Conflict(_l("This page has sent another message already. Send this one once more."))
    return message


def _require_reachable(sender: User, person: User) -> None:
    if not policy.may_write(sender):
        raise Forbidden(_l("Confirm your e-mail address first, then you can write messages."))
    if sender.id == person.id:
        raise Forbidden(_l("You cannot write to yourself. Choose somebody else."))
    if not db.session.scalar(sa.select(policy.may_message(sender, person))):
        raise Forbidden(
            _l("No message can be sent here. What you have written to each other stays yours to read.")
        )


def _hold_between(sender: User, person: User) -> tuple[int, datetime]:
    """Begins a conversation or holds the one there is, and returns its id and when its next message comes."""
    first_id, second_id = sorted((sender.id, person.id))
    pair = (Conversation.first_id == first_id, Conversation.second_id == second_id)
    if db.session.scalar(sa.select(Conversation.id).where(*pair)) is None:
        _require_room(sender, person)
    moment = now()
    begun = insert_or(db.session(), Conversation).values(
        first_id=first_id, second_id=second_id, begun_by_id=sender.id, created_at=moment, last_at=moment
    )
    # A clock that stands behind another's does not make a message older than the one it answers.
    later = sa.case(
        (Conversation.last_at < begun.excluded.last_at, begun.excluded.last_at), else_=Conversation.last_at
    )
    held = begun.on_conflict_do_update(index_elements=["first_id", "second_id"], set_={"last_at": later})
    row = db.session.execute(held.returning(Conversation.id, Conversation.last_at)).one()
    return row.id, row.last_at


def _require_room(sender: User, person: User) -> None:
    """Refuses another stranger where there were many today; whoever follows the sender is none."""
    if db.session.scalar(sa.select(_follows(person.id, sender.id))):
        return
    # One at a time is counted, and rows that only refer to the member are not kept waiting.
    db.session.execute(sa.select(User.id).where(User.id == sender.id).with_for_update(key_share=True))
    other = sa.case((Conversation.first_id == sender.id, Conversation.second_id), else_=Conversation.first_id)
    begun = sa.select(Conversation.created_at).where(
        Conversation.begun_by_id == sender.id,
        Conversation.created_at > now() - A_DAY,
        sa.not_(_follows(other, sender.id)),
    )
    latest = list(db.session.scalars(begun.order_by(Conversation.created_at.desc()).limit(MOST_BEGUN)))
    if len(latest) == MOST_BEGUN:
        wait = latest[-1] + A_DAY - now()
        raise TooOften(
            _l("You have written to many new people today. Go on with them, and write to others tomorrow."),
            max(1, int(wait.total_seconds())),
            MOST_BEGUN,
            int(A_DAY.total_seconds()),
        )


def _follows(follower_id: Any, followed_id: int) -> sa.ColumnElement[bool]:
    return sa.exists().where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)


def _deliver(message: Message, recipient_id: int) -> None:
    """Puts the message on top of both people's lists, in the order of their ids, and counts it for the recipient."""
    fixed = {"conversation_id": message.conversation_id, "last_id": message.id, "last_at": message.created_at}
    rows = [
        {"user_id": message.sender_id, "other_id": recipient_id, "unread_count": 0},
        {"user_id": recipient_id, "other_id": message.sender_id, "unread_count": 1},
    ]
    rows.sort(key=lambda row: row["user_id"])
    put = insert_or(db.session(), Participation).values([fixed | row for row in rows])
    changed = {
        "last_id": put.excluded.last_id,
        "last_at": put.excluded.last_at,
        "unread_count": Participation.unread_count + put.excluded.unread_count,
    }
    put = put.on_conflict_do_update(index_elements=["conversation_id", "user_id"], set_=changed)
    db.session.execute(put.execution_options(synchronize_session=False))
