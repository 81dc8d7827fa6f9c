"""What the tests of private conversations do in the names of two members."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from app.extensions import db
from app.models import HiddenMessage, Message, Participation, User
from app.models.keyset import Wanted
from app.services import messages, users

BADA, HANEUL = "바다", "하늘"
Site = Callable[[], AbstractContextManager[None]]


def who(username: str) -> User:
    """Returns a member."""
    found = users.by_name_or_address(username)
    assert found
    return found


def say(sender: str, recipient: str, body: str = "안녕하세요", key: str | None = None) -> int:
    """Writes a message and returns its id."""
    return messages.send(who(sender), who(recipient), body, key).id


def of(one: str, other: str) -> Participation | None:
    """Returns what a member has of a conversation."""
    return messages.open(who(one), who(other))


def texts(one: str, other: str) -> list[str]:
    """Returns what a member still reads of a conversation, the oldest first."""
    participation = of(one, other)
    if participation is None:
        return []
    page = messages.messages(who(one), participation, Wanted(per_page=100))
    return [message.body for message in page][::-1]


def unread(one: str, other: str) -> int | None:
    """Returns how many messages wait for a member, and None where there is no conversation."""
    participation = of(one, other)
    return participation.unread_count if participation else None


def read(one: str, other: str, last_id: int) -> None:
    """Reads a conversation up to a message."""
    participation = of(one, other)
    assert participation
    messages.read(who(one), participation, last_id)


def delete(one: str, other: str, message_id: int) -> None:
    """Deletes a message for one of the two."""
    participation = of(one, other)
    assert participation
    messages.delete_for_me(who(one), messages.find(who(one), participation, message_id))


def leave(one: str, other: str, until: int | None = None) -> None:
    """Deletes a conversation for one of the two."""
    participation = of(one, other)
    assert participation
    messages.delete_conversation_for_me(who(one), participation, until)


def assert_kept_is_counted() -> None:
    """Asserts that all that is kept of conversations is what counting finds."""
    everybodys = sa.select(Participation).execution_options(populate_existing=True)
    for kept in db.session.scalars(everybodys):
        hidden = sa.select(HiddenMessage.message_id).where(HiddenMessage.user_id == kept.user_id)
        left = list(
            db.session.scalars(
                sa.select(Message)
                .where(Message.conversation_id == kept.conversation_id, Message.id.not_in(hidden))
                .where(Message.id > kept.hidden_until)
                .order_by(Message.created_at, Message.id)
            )
        )
        assert [message.id for message in left] == sorted(message.id for message in left)
        last = left[-1] if left else None
        assert (kept.last_id, kept.last_at) == ((last.id, last.created_at) if last else (None, None))
        waiting = [one for one in left if one.sender_id == kept.other_id and one.id > kept.read_id]
        assert kept.unread_count == len(waiting)
