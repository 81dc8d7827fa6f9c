"""Whom somebody would rather not hear."""

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created


class Mute(Base):
    """One member's wish not to be told of another's deeds nor to meet their posts in timelines; nobody else sees it."""

    __tablename__ = "mute"
    __table_args__ = (
        sa.Index("ix_mute_listed", "muter_id", "created_at", "muted_id"),
        sa.CheckConstraint("muter_id <> muted_id", name="others_only"),
    )

    muter_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    muted_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: so.Mapped[Created]
