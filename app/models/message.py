"""Private conversations between two people."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Counter, Created, Id, UtcDateTime
from app.models.mixins import PaginatedAPIMixin
from app.models.user import User


class Conversation(Base):
    """What two people say to each other; there is one at most for each pair, whoever began it.

    Whoever changes anything of it holds this row first. So its messages' ids rise with their times, and none of them
    becomes visible before an earlier one.

    Attributes:
        first_id: the one of the two with the smaller id.
        second_id: the other.
        begun_by_id: the one who wrote first.
        last_at: when the last message came, whoever still has it.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        sa.UniqueConstraint("first_id", "second_id"),
        sa.CheckConstraint("first_id < second_id", name="ordered"),
        sa.Index("ix_conversation_begun", "begun_by_id", "created_at"),
    )

    id: so.Mapped[Id]
    first_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    second_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    begun_by_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    created_at: so.Mapped[Created]
    last_at: so.Mapped[Created]


class Participation(PaginatedAPIMixin, Base):
    """A conversation as one of its two people has it.

    Attributes:
        other_id: with whom.
        last_at: when the last message came that this person still has; None when there is none, then it is not listed.
        last_id: that message.
        read_id: the last message that this person has been shown; 0 for none.
        unread_count: how many of the other's messages wait to be read.
        hidden_until: the last message that this person has deleted for themselves with all before it; 0 for none.
        other_read_id: up to where the other has read, where this person may know that.
    """

    __tablename__ = "participation"
    __table_args__ = (sa.Index("ix_participation_listed", "user_id", "last_at", "conversation_id"),)

    conversation_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    other_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    last_id: so.Mapped[int | None] = so.mapped_column(sa.BigInteger)
    last_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    read_id: so.Mapped[int] = so.mapped_column(sa.BigInteger, default=0, server_default="0")
    unread_count: so.Mapped[Counter]
    hidden_until: so.Mapped[int] = so.mapped_column(sa.BigInteger, default=0, server_default="0")

    other: so.Mapped[User] = so.relationship(foreign_keys=other_id)
    last: so.Mapped["Message | None"] = so.relationship(
        primaryjoin=lambda: so.foreign(Participation.last_id) == Message.id, viewonly=True
    )

    other_read_id: so.Mapped[int] = so.query_expression(sa.literal(0))


class Message(PaginatedAPIMixin, Base):
    """One message.

    Attributes:
        key: a random text that the sending page made, so that one sent twice is stored once; None without.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_listed", "conversation_id", "created_at", "id"),
        sa.Index("ix_message_counted", "conversation_id", "id"),
        sa.UniqueConstraint("sender_id", "key"),
        # What is kept of a conversation speaks of ids, so one that was removed must not come back.
        {"sqlite_autoincrement": True},
    )

    id: so.Mapped[Id]
    conversation_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("conversation.id", ondelete="CASCADE"))
    sender_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    body: so.Mapped[str] = so.mapped_column(sa.Text)
    key: so.Mapped[str | None] = so.mapped_column(sa.String(40))
    created_at: so.Mapped[Created]

    conversation: so.Mapped[Conversation] = so.relationship()
    sender: so.Mapped[User] = so.relationship()


class HiddenMessage(Base):
    """A message that one of the two has deleted for themselves; the other still has it."""

    __tablename__ = "hidden_message"

    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    message_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, index=True
    )
