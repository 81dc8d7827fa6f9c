"""The conversations of a member, as they have them."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.archive import Conversation, Message
from app.extensions import db
from app.models import Message as MessageRow
from app.models import Participation
from app.services.exports.pieces import member, pieces
from app.services.messages.reading import left_to
from app.transaction import reading


def conversations(user_id: int) -> Iterator[list[Conversation]]:
    """Yields a member's conversations, the latest begun first.

    Those in which somebody writes meanwhile change their place among the latest, so the order is one that stays.
    """
    mine = sa.and_(Participation.user_id == user_id, Participation.last_id.is_not(None))
    query = sa.select(Participation).where(mine).options(so.joinedload(Participation.other))

    def make(rows: Sequence[Any]) -> list[Conversation]:
        talks = [row.Participation for row in rows]
        return [Conversation(talk.conversation_id, talk.other.username, talk.other.name) for talk in talks]

    return pieces(query, (Participation.conversation_id,), make)


def messages(user_id: int, talk: Conversation) -> Iterator[list[Message]]:
    """Yields the messages of a conversation that the member still has, the oldest first."""
    with reading():
        viewer = member(user_id)
        username = viewer.username
        participation = db.session.get(Participation, (talk.id, user_id))
        query = left_to(viewer, participation) if participation else None

    def make(rows: Sequence[Any]) -> list[Message]:
        return [_message(row.Message, talk, user_id, username) for row in rows]

    if query is not None:
        yield from pieces(query, (MessageRow.created_at, MessageRow.id), make, oldest_first=True)


def _message(row: MessageRow, talk: Conversation, user_id: int, username: str) -> Message:
    is_mine = row.sender_id == user_id
    return Message(
        id=row.id,
        conversation=talk,
        sender=username if is_mine else talk.username,
        is_mine=is_mine,
        created_at=row.created_at,
        body=row.body,
    )
