"""Who wants nothing to do with whom."""

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created


class Block(Base):
    """One member's wish that another neither reaches nor reads them; it holds in both directions."""

    __tablename__ = "block"
    __table_args__ = (
        sa.Index("ix_block_listed", "blocker_id", "created_at", "blocked_id"),
        sa.Index("ix_block_blocked", "blocked_id", "blocker_id"),
        sa.CheckConstraint("blocker_id <> blocked_id", name="others_only"),
    )

    blocker_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    blocked_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: so.Mapped[Created]
