"""Usernames that were given up a short time ago."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import UtcDateTime


class HeldName(Base):
    """A username that only its former owner can take, until the time in ``held_until``."""

    __tablename__ = "held_name"

    username_key: so.Mapped[str] = so.mapped_column(sa.String(90), primary_key=True)
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    held_until: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
