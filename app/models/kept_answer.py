"""What programs were answered, for when they ask the same again."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Id, UtcDateTime


class KeptAnswer(Base):
    """The answer to a request that a program may repeat, not knowing whether it was done; without one while it runs.

    Whose key it is, ``owner`` says: a member's, or a stranger's network, so that nobody meets another's keys.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (sa.UniqueConstraint("owner", "key"),)

    id: so.Mapped[Id]
    owner: so.Mapped[str] = so.mapped_column(sa.String(80))
    key: so.Mapped[str] = so.mapped_column(sa.String(255))
    request_hash: so.Mapped[str] = so.mapped_column(sa.String(64))
    status: so.Mapped[int | None]
    headers: so.Mapped[dict[str, str] | None] = so.mapped_column(sa.JSON)
    body: so.Mapped[str | None] = so.mapped_column(sa.Text)
    expires_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
