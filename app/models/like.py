"""Who liked what."""

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created


class Like(Base):
    """One member's like for one post."""

    __tablename__ = "like"
    __table_args__ = (
        sa.Index("ix_like_by_post", "post_id", "created_at", "user_id"),
        sa.Index("ix_like_by_user", "user_id", "created_at", "post_id"),
    )

    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    post_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    created_at: so.Mapped[Created]
