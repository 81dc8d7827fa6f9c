"""Hashtags, and the posts that carry them."""

from collections.abc import Collection

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base, db
from app.models.columns import Created, Id
from app.models.mixins import PaginatedAPIMixin, SearchableMixin
from app.models.post import Post
from app.models.user import User
from app.search.engine import Document

MOST_COUNTED = 1000
"""How many uses of a tag are counted to tell how much it weighs."""


class Tag(SearchableMixin, PaginatedAPIMixin, Base):
    """A hashtag, named as its first writer typed it."""

    __tablename__ = "tag"
    __searchable__ = ("name",)

    id: so.Mapped[Id]
    key: so.Mapped[str] = so.mapped_column(sa.String(150), unique=True)
    name: so.Mapped[str] = so.mapped_column(sa.String(150))
    created_at: so.Mapped[Created]

    @classmethod
    def documents(cls, ids: Collection[int]) -> list[Document]:
        """Returns what the search engine keeps of tags; one that no visible post carries is left out."""
        uses = cls._uses().limit(MOST_COUNTED).subquery()
        counted = sa.select(sa.func.count()).select_from(uses).scalar_subquery()
        rows = db.session.execute(sa.select(cls, counted).where(cls.id.in_(ids)))
        return [tag._document(count) for tag, count in rows if count]

    @classmethod
    def indexed(cls) -> sa.Select[int]:
        """Returns the query of the ids of all tags that the search engine keeps."""
        return sa.select(cls.id).where(cls._uses().exists())

    @classmethod
    def _uses(cls) -> sa.Select[int]:
        """Returns the query of the uses of a tag in posts that everybody may see; it belongs into one of tags."""
        uses = sa.select(sa.literal(1)).select_from(PostTag).join(PostTag.post).join(Post.author)
        alive = (Post.deleted_at.is_(None), User.suspended_at.is_(None))
        return uses.where(PostTag.tag_id == cls.id, *alive).correlate(cls)

    def _document(self, uses: int) -> Document:
        moment = int(self.created_at.timestamp())
        return Document(self.id, self.revision, moment, self.name, (self.name,), weight=uses)


class PostTag(Base):
    """A hashtag in a post; it keeps the post's time, so that a tag's page is one walk along an index."""

    __tablename__ = "post_tag"
    __table_args__ = (sa.Index("ix_post_tag_timeline", "tag_id", "created_at", "post_id"),)

    post_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    tag_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("tag.id"), primary_key=True)
    created_at: so.Mapped[Created] = so.mapped_column(index=True)

    post: so.Mapped[Post] = so.relationship(back_populates="tags")
    tag: so.Mapped[Tag] = so.relationship(lazy="joined", innerjoin=True)
