"""Hashtags, and the posts that carry them."""

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.columns import Created, Id
from app.models.mixins import SearchableMixin
from app.models.post import Post


class Tag(SearchableMixin, Base):
    """A hashtag, named as its first writer typed it."""

    __tablename__ = "tag"
    __searchable__ = ("name",)

    id: so.Mapped[Id]
    key: so.Mapped[str] = so.mapped_column(sa.String(150), unique=True)
    name: so.Mapped[str] = so.mapped_column(sa.String(150))
    created_at: so.Mapped[Created]

    @property
    def searchable(self) -> bool:
        """Whether search may find this tag at all."""
        return True


class PostTag(Base):
    """A hashtag in a post; it keeps the post's time, so that a tag's page is one walk along an index."""

    __tablename__ = "post_tag"
    __table_args__ = (sa.Index("ix_post_tag_timeline", "tag_id", "created_at", "post_id"),)

    post_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    tag_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("tag.id"), primary_key=True)
    created_at: so.Mapped[Created] = so.mapped_column(index=True)

    post: so.Mapped[Post] = so.relationship(back_populates="tags")
    tag: so.Mapped[Tag] = so.relationship()
