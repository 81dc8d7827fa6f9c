"""Where members are signed in."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created, Id, UtcDateTime
from app.models.mixins import PaginatedAPIMixin
from app.models.user import User


class LoginSession(PaginatedAPIMixin, Base):
    """One browser in which a member is signed in; only the hash of its cookie is kept."""

    __tablename__ = "login_session"

    id: so.Mapped[Id]
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: so.Mapped[str] = so.mapped_column(sa.String(64), unique=True)
    created_at: so.Mapped[Created]
    seen_at: so.Mapped[Created]
    expires_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
    is_remembered: so.Mapped[bool] = so.mapped_column(default=False)
    user_agent: so.Mapped[str] = so.mapped_column(sa.String(300), default="")
    address: so.Mapped[str] = so.mapped_column(sa.String(45), default="")

    user: so.Mapped[User] = so.relationship()
