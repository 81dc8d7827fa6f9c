"""What members are told: that others liked, replied, called, followed, wrote, and that their work is done."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Counter, Created, Id, UtcDateTime
from app.models.message import Conversation
from app.models.mixins import PaginatedAPIMixin
from app.models.post import Post
from app.models.task import Task
from app.models.user import User

UNREAD = sa.text("read_at IS NULL")


class Notification(PaginatedAPIMixin, Base):
    """Something one member is told; what happens again to the same thing before it is read joins it.

    Attributes:
        kind: ``like``, ``reply``, ``mention``, ``follow``, ``message`` or ``task``.
        about: what joins to one notification, such as ``like:17``; unread there is one of it at most.
        post_id: the liked post, the reply, or the post that mentions.
        actor_count: how many people did it.
        updated_at: when it last happened; a notification that grows moves to the front.
        mailed_at: when a letter told of it.
        people: some of those who did it, the latest first; filled by whoever shows it (``notifications.people``).
        people_count: how many of those who did it the reader hears; filled likewise.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.Index("ix_notification_listed", "user_id", "updated_at", "id"),
        sa.Index("ix_notification_of_kind", "user_id", "kind", "updated_at", "id"),
        sa.Index(
            "uq_notification_unread",
            "user_id",
            "about",
            unique=True,
            sqlite_where=UNREAD,
            postgresql_where=UNREAD,
        ),
        sa.Index("ix_notification_updated_at", "updated_at"),
    )

    id: so.Mapped[Id]
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    kind: so.Mapped[str] = so.mapped_column(sa.String(12))
    about: so.Mapped[str] = so.mapped_column(sa.String(40))
    post_id: so.Mapped[int | None] = so.mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), index=True
    )
    task_id: so.Mapped[int | None] = so.mapped_column(
        sa.ForeignKey("task.id", ondelete="CASCADE"), index=True
    )
    conversation_id: so.Mapped[int | None] = so.mapped_column(
        sa.ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    actor_count: so.Mapped[Counter]
    created_at: so.Mapped[Created]
    updated_at: so.Mapped[Created]
    read_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    mailed_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)

    user: so.Mapped[User] = so.relationship()
    post: so.Mapped[Post | None] = so.relationship()
    task: so.Mapped[Task | None] = so.relationship()
    conversation: so.Mapped[Conversation | None] = so.relationship()
    actors: so.WriteOnlyMapped["NotificationActor"] = so.relationship(
        back_populates="notification", passive_deletes=True
    )

    people: Sequence[User] = ()
    people_count: int = 0

    @property
    def is_unread(self) -> bool:
        """Whether it is still new to the member."""
        return self.read_at is None


class NotificationActor(Base):
    """Somebody whose deed a notification tells of."""

    __tablename__ = "notification_actor"

    notification_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True
    )
    actor_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: so.Mapped[Created]

    notification: so.Mapped[Notification] = so.relationship(back_populates="actors")
    actor: so.Mapped[User] = so.relationship()


class NotificationSetting(Base):
    """How a member wants to be told of one kind; a kind without a row is told as the site does by itself.

    Attributes:
        on_site: whether it is told on the site at all.
        by_mail: whether a letter tells of what was not read for a while.
    """

    __tablename__ = "notification_setting"

    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    kind: so.Mapped[str] = so.mapped_column(sa.String(12), primary_key=True)
    on_site: so.Mapped[bool]
    by_mail: so.Mapped[bool]
