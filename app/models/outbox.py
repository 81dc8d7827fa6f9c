"""What the search engine has yet to hear."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created, Id, UtcDateTime

WAITING = sa.text("drained_at IS NULL")


class OutboxRow(Base):
    """A searchable row that has changed, with the revision at which it changed last.

    A row stands here at most once, however often it changes before the outbox is drained. While an index is rebuilt,
    what was drained stays, because the new index has to hear of it as well.
    """

    __tablename__ = "search_outbox"
    __table_args__ = (
        sa.Index("ix_search_outbox_waiting", "changed_at", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    index_name: so.Mapped[str] = so.mapped_column(sa.String(30), primary_key=True)
    row_id: so.Mapped[int] = so.mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    revision: so.Mapped[int]
    changed_at: so.Mapped[Created]
    drained_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)


class Rebuild(Base):
    """The search index that is being made beside the one that answers; there is one at most.

    Attributes:
        generation: the engine's name for it, or empty while it has none.
        index_name: the index that is being copied, or empty while none is.
        last_id: up to which row it was copied.
        busy_until: until when whoever works on it is believed to be alive.
    """

    __tablename__ = "search_rebuild"

    id: so.Mapped[Id]
    generation: so.Mapped[str] = so.mapped_column(sa.String(60), default="")
    index_name: so.Mapped[str] = so.mapped_column(sa.String(30), default="")
    last_id: so.Mapped[int] = so.mapped_column(sa.BigInteger, default=0)
    begun_at: so.Mapped[Created]
    busy_until: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
