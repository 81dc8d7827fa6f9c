"""What programs were answered, for when they ask the same again."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Id, UtcDateTime


class KeptAnswer(Base):
    """The answer to a request that a program may repeat, not knowing whether it was done; without one while it runs."""

    __tablename__ = "kept_answer"
    __table_args__ = (sa.UniqueConstraint("user_id", "key"),)

    id: so.Mapped[Id]
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    key: so.Mapped[str] = so.mapped_column(sa.String(255))
    request_hash: so.Mapped[str] = so.mapped_column(sa.String(64))
    status: so.Mapped[int | None]
    headers: so.Mapped[dict[str, str] | None] = so.mapped_column(sa.JSON)
    body: so.Mapped[str | None] = so.mapped_column(sa.Text)
    expires_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
