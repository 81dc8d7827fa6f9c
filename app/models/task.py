"""Work that a member has started and may watch."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Counter, Created, Id, UtcDateTime
from app.models.mixins import PaginatedAPIMixin
from app.models.user import User

UNENDED = sa.text("state IN ('queued', 'running')")


class Task(PaginatedAPIMixin, Base):
    """A piece of work in the background: how far it is, and what came of it.

    Attributes:
        state: ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
        step: which part of the work it is at, a word the surfaces know.
        done: how many pieces are done, of ``total``.
        result: what came of it; JSON.
        error: why it failed, a word the surfaces know.
        attempt: which try this is, from 1; what an older try writes is refused.
        heartbeat_at: when the running try last showed that it is alive.
        expires_at: until when the result can be had.
    """

    __tablename__ = "task"
    __table_args__ = (
        sa.Index("ix_task_listed", "user_id", "created_at", "id"),
        sa.Index(
            "uq_task_unended", "user_id", "kind", unique=True, sqlite_where=UNENDED, postgresql_where=UNENDED
        ),
        sa.Index("ix_task_unended_heartbeat", "heartbeat_at", sqlite_where=UNENDED, postgresql_where=UNENDED),
    )

    id: so.Mapped[Id]
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    kind: so.Mapped[str] = so.mapped_column(sa.String(20))
    state: so.Mapped[str] = so.mapped_column(sa.String(12), default="queued")
    step: so.Mapped[str] = so.mapped_column(sa.String(20), default="", server_default="")
    done: so.Mapped[Counter]
    total: so.Mapped[Counter]
    result: so.Mapped[dict[str, Any] | None] = so.mapped_column(sa.JSON)
    error: so.Mapped[str | None] = so.mapped_column(sa.String(40))
    attempt: so.Mapped[int] = so.mapped_column(default=1, server_default="1")
    heartbeat_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    created_at: so.Mapped[Created]
    begun_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    ended_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    expires_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime, index=True)

    user: so.Mapped[User] = so.relationship()
