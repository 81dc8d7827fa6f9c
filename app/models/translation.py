"""Posts in other languages."""

from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created, Id, UtcDateTime


class Translation(Base):
    """A text in another language, kept by the text itself, so that the same words are translated once.

    Attributes:
        text_hash: the SHA-256 of the text, in hexadecimal.
        target: the language it was asked for in.
        state: ``asked``, ``done`` or ``failed``.
        source: the language it was found to be in.
        body: the translation, once it is there.
        translator: what the service calls itself that has made it.
        error: why there is none, a word the surfaces know.
        asked_at: when it was last asked for; of one that is done, to the day.
    """

    __tablename__ = "translation"
    __table_args__ = (sa.UniqueConstraint("text_hash", "target"),)

    id: so.Mapped[Id]
    text_hash: so.Mapped[str] = so.mapped_column(sa.String(64))
    target: so.Mapped[str] = so.mapped_column(sa.String(12))
    state: so.Mapped[str] = so.mapped_column(sa.String(8), default="asked")
    source: so.Mapped[str] = so.mapped_column(sa.String(12), default="", server_default="")
    body: so.Mapped[str] = so.mapped_column(sa.Text, default="", server_default="")
    translator: so.Mapped[str] = so.mapped_column(sa.String(40), default="", server_default="")
    error: so.Mapped[str | None] = so.mapped_column(sa.String(40))
    created_at: so.Mapped[Created]
    asked_at: so.Mapped[datetime] = so.mapped_column(UtcDateTime, index=True)
