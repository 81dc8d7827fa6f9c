"""Having read messages, and deleting them for oneself."""

import sqlalchemy as sa

from app.events import BadgesChanged, MessagesRead, record
from app.extensions import db
from app.models import Conversation, HiddenMessage, Message, Participation, User
from app.models.upsert import insert_or
from app.services import notifications
from app.services.messages.reading import left_to

KEPT = ("last_id", "last_at", "read_id", "unread_count", "hidden_until")


def read(viewer: User, participation: Participation, last_id: int) -> None:
    """Marks as read what the viewer has been shown; what came after it stays unread.

    Args:
        viewer: who reads.
        participation: the conversation as the viewer has it.
        last_id: the last message that was shown.
    """
    _hold(participation)
    seen = min(last_id, participation.last_id or 0)
    if seen > participation.read_id:
        participation.read_id = seen
        _settle(viewer, participation)
        if not participation.other.is_apart:
            record(MessagesRead(participation.other_id, participation.conversation_id))


def delete_for_me(viewer: User, message: Message) -> None:
    """Takes a message out of what the viewer has; the other still has it."""
    participation = db.session.get_one(Participation, (message.conversation_id, viewer.id))
    _hold(participation)
    row = {"user_id": viewer.id, "message_id": message.id}
    db.session.execute(insert_or(db.session(), HiddenMessage).values(row).on_conflict_do_nothing())
    _forget(participation, Message.id == message.id)
    _settle(viewer, participation)


def delete_conversation_for_me(viewer: User, participation: Participation, until: int | None = None) -> None:
    """Takes a conversation out of what the viewer has; when the other writes again, it begins anew.

    Args:
        viewer: whose it is.
        participation: the conversation as the viewer has it.
        until: the last message that was shown, so that none goes unseen; None for all there are.
    """
    _hold(participation)
    last = participation.last_id or 0
    participation.hidden_until = max(participation.hidden_until, last if until is None else min(until, last))
    upto = participation.hidden_until
    here = sa.select(Message.id).where(
        Message.conversation_id == participation.conversation_id, Message.id <= upto
    )
    mine = (HiddenMessage.user_id == viewer.id, HiddenMessage.message_id.in_(here))
    db.session.flush()
    db.session.execute(sa.delete(HiddenMessage).where(*mine))
    _forget(participation, Message.id <= upto)
    _settle(viewer, participation)


def _hold(participation: Participation) -> None:
    """Lets nobody else change a conversation until the transaction ends, and looks at it as it is now."""
    held = sa.select(Conversation.id).where(Conversation.id == participation.conversation_id)
    db.session.execute(held.with_for_update())
    db.session.refresh(participation, KEPT)


def _settle(viewer: User, participation: Participation) -> None:
    """Makes right what a member keeps of a conversation, and takes back the notification when nothing waits."""
    left, waited = left_to(viewer, participation), participation.unread_count
    last = left.with_only_columns(Message.id, Message.created_at).order_by(Message.id.desc()).limit(1)
    found = db.session.execute(last).one_or_none()
    participation.last_id, participation.last_at = found or (None, None)
    unread = left.where(
        Message.id > participation.read_id, Message.sender_id == participation.other_id
    ).with_only_columns(sa.func.count())
    participation.unread_count = db.session.scalar(unread) or 0
    if participation.unread_count != waited:
        record(BadgesChanged(viewer.id))
    if waited and not participation.unread_count:
        notifications.read_about(viewer.id, f"message:{participation.conversation_id}")


def _forget(participation: Participation, which: sa.ColumnElement[bool]) -> None:
    """Removes those messages that neither of the two has any more."""
    hidden = sa.exists().where(
        HiddenMessage.user_id == Participation.user_id, HiddenMessage.message_id == Message.id
    )
    kept = sa.exists().where(
        Participation.conversation_id == participation.conversation_id,
        Message.id > Participation.hidden_until,
        sa.not_(hidden.correlate(Message, Participation)),
    )
    # A DELETE lends its table only where that is said.
    gone = sa.delete(Message).where(
        Message.conversation_id == participation.conversation_id, which, sa.not_(kept.correlate(Message))
    )
    db.session.execute(gone.execution_options(synchronize_session=False))
