"""What the search engine has yet to hear."""

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created


class OutboxRow(Base):
    """A searchable row that has changed, with the revision at which it changed last.

    A row stands here at most once, however often it changes before the outbox is drained.
    """

    __tablename__ = "search_outbox"

    index_name: so.Mapped[str] = so.mapped_column(sa.String(30), primary_key=True)
    row_id: so.Mapped[int] = so.mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    revision: so.Mapped[int]
    changed_at: so.Mapped[Created]
