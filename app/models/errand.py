"""Work that is owed to somebody."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Counter, Created, Id, UtcDateTime


class Errand(Base):
    """A task that must happen although the store may be away: the row is written with what caused it.

    The queue only speeds it up; a sweep starts again what is due, until it is done or too late.

    Attributes:
        due_at: from when on the sweep starts it.
        expires_at: from when on it would come too late.
        claimed_until: until when somebody is taken to be at work on it.
        attempts: how often it was begun.
    """

    __tablename__ = "errand"

    id: so.Mapped[Id]
    task: so.Mapped[str] = so.mapped_column(sa.String(100))
    arguments: so.Mapped[dict[str, Any]] = so.mapped_column(sa.JSON)
    created_at: so.Mapped[Created]
    due_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
    expires_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime)
    claimed_until: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime, index=True)
    attempts: so.Mapped[Counter]
