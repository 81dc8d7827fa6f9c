"""What programs may do in a member's name."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created, Id, UtcDateTime
from app.models.mixins import PaginatedAPIMixin
from app.models.user import User


class AccessToken(PaginatedAPIMixin, Base):
    """A program's right to use the API for a member; only the hash of the token's id is kept."""

    __tablename__ = "access_token"

    id: so.Mapped[Id]
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: so.Mapped[str] = so.mapped_column(sa.String(64), unique=True)
    name: so.Mapped[str] = so.mapped_column(sa.String(150))
    can_write: so.Mapped[bool]
    scope: so.Mapped[str | None] = so.mapped_column(sa.String(100))
    created_at: so.Mapped[Created]
    expires_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
    used_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)

    user: so.Mapped[User] = so.relationship()
