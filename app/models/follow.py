"""Who follows whom."""

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created


class Follow(Base):
    """One member's wish to read another's posts at home."""

    __tablename__ = "follow"
    __table_args__ = (
        sa.Index("ix_follow_followers", "followed_id", "created_at", "follower_id"),
        sa.Index("ix_follow_following", "follower_id", "created_at", "followed_id"),
        sa.CheckConstraint("follower_id <> followed_id", name="others_only"),
    )

    follower_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    followed_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: so.Mapped[Created]
