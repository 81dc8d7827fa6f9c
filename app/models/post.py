"""What people write: posts, and replies to posts."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import links
from app.extensions import Base, db
from app.models.columns import Counter, Created, Id, UtcDateTime
from app.models.mixins import PaginatedAPIMixin, SearchableMixin
from app.models.user import User
from app.search.engine import Document

if TYPE_CHECKING:
    from app.models.mention import Mention
    from app.models.tag import PostTag

ALIVE = sa.text("deleted_at IS NULL")
OPENS = sa.text("deleted_at IS NULL AND parent_id IS NULL")


class Post(SearchableMixin, PaginatedAPIMixin, Base):
    """A post; one with a parent is a reply. A deleted one keeps its place, for its replies, and nothing else."""

    __tablename__ = "post"
    __searchable__ = ("body", "language", "deleted_at")
    __table_args__ = (
        sa.Index("ix_post_opening", "created_at", "id", sqlite_where=OPENS, postgresql_where=OPENS),
        sa.Index(
            "ix_post_opening_by_author",
            "author_id",
            "created_at",
            "id",
            sqlite_where=OPENS,
            postgresql_where=OPENS,
        ),
        sa.Index(
            "ix_post_by_author", "author_id", "created_at", "id", sqlite_where=ALIVE, postgresql_where=ALIVE
        ),
        sa.Index("ix_post_replies", "parent_id", "created_at", "id"),
    )

    id: so.Mapped[Id]
    author_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id"))
    parent_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("post.id"))
    body: so.Mapped[str] = so.mapped_column(sa.Text)
    language: so.Mapped[str] = so.mapped_column(sa.String(12), default="", server_default="")
    created_at: so.Mapped[Created]
    edited_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    deleted_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    import_key: so.Mapped[str | None] = so.mapped_column(sa.String(64), unique=True)

    like_count: so.Mapped[Counter]
    reply_count: so.Mapped[Counter]

    author: so.Mapped[User] = so.relationship(back_populates="posts")
    parent: so.Mapped["Post | None"] = so.relationship(back_populates="replies", remote_side="Post.id")
    replies: so.WriteOnlyMapped["Post"] = so.relationship(back_populates="parent", passive_deletes=True)
    mentions: so.Mapped[list["Mention"]] = so.relationship(
        back_populates="post", cascade="all, delete-orphan"
    )
    tags: so.Mapped[list["PostTag"]] = so.relationship(back_populates="post", cascade="all, delete-orphan")

    liked: so.Mapped[bool] = so.query_expression(sa.false())
    hidden_likes: so.Mapped[int] = so.query_expression(sa.literal(0))
    hidden_replies: so.Mapped[int] = so.query_expression(sa.literal(0))

    @property
    def likes_shown(self) -> int:
        """How many people the list of likes shows to the viewer of the query that fetched the post."""
        return self.like_count - (self.hidden_likes or 0)

    @property
    def replies_shown(self) -> int:
        """How many direct replies that viewer can read."""
        return self.reply_count - (self.hidden_replies or 0)

    @property
    def is_deleted(self) -> bool:
        """Whether only its place is left."""
        return self.deleted_at is not None

    @property
    def is_reply(self) -> bool:
        """Whether it answers another post."""
        return self.parent_id is not None

    @classmethod
    def documents(cls, ids: Collection[int]) -> list[Document]:
        """Returns what the search engine keeps of posts; deleted ones and those of suspended people are left out."""
        query = (
            cls.indexed()
            .with_only_columns(cls)
            .where(cls.id.in_(ids))
            .options(
                so.joinedload(cls.parent).load_only(cls.author_id),
                so.selectinload(cls.mentions),
                so.selectinload(cls.tags),
            )
        )
        return [post._document() for post in db.session.scalars(query)]

    @classmethod
    def indexed(cls) -> sa.Select[int]:
        """Returns the query of the ids of all posts that the search engine keeps."""
        alive = (cls.deleted_at.is_(None), User.suspended_at.is_(None))
        return sa.select(cls.id).join(cls.author).where(*alive)

    def _document(self) -> Document:
        terms = [f"from:{self.author_id}", *(f"to:{mention.user_id}" for mention in self.mentions)]
        terms += [f"tag:{carried.tag.key}" for carried in self.tags]
        if self.language:
            terms.append(f"lang:{self.language}")
        if links.find(self.body):
            terms.append("has:link")
        if self.parent is not None:
            terms += ["is:reply", f"to:{self.parent.author_id}"]
        moment = int(self.created_at.timestamp())
        return Document(self.id, self.revision, moment, self.body, terms=tuple(dict.fromkeys(terms)))

    def __repr__(self) -> str:
        return f"<Post {self.id} by {self.author_id}>"
