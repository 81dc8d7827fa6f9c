"""Codes and links that are good for one use."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Counter, Created, Id, UtcDateTime
from app.models.user import User


class OneTimeCode(Base):
    """A secret that was mailed to one address for one purpose; only its hash is kept, and a newer one replaces it."""

    __tablename__ = "one_time_code"
    __table_args__ = (sa.UniqueConstraint("user_id", "purpose"),)

    id: so.Mapped[Id]
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    purpose: so.Mapped[str] = so.mapped_column(sa.String(20))
    email: so.Mapped[str] = so.mapped_column(sa.String(254))
    code_hash: so.Mapped[str] = so.mapped_column(sa.String(64))
    created_at: so.Mapped[Created]
    expires_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
    attempts: so.Mapped[Counter]

    user: so.Mapped[User] = so.relationship()
