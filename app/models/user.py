"""People."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
import sqlalchemy.orm as so
from flask_login import UserMixin

from app import links
from app.extensions import Base, db
from app.links import Link
from app.models.columns import Counter, Created, Id, Seen, UtcDateTime, WebAddress
from app.models.mixins import PaginatedAPIMixin, SearchableMixin
from app.search.engine import Document

if TYPE_CHECKING:
    from app.models.post import Post


class User(SearchableMixin, PaginatedAPIMixin, UserMixin, Base):
    """A member; one whose address is not confirmed may read, and nothing else.

    Several unconfirmed accounts may claim one address, and only one confirmed account can have it: so signing up
    never tells whether an address is known, and nobody can keep an address from its owner.
    """

    __tablename__ = "user"
    __searchable__ = ("username", "display_name", "about_me", "confirmed_at", "suspended_at")
    __table_args__ = (
        sa.Index("ix_user_follower_count", "follower_count", "id"),
        sa.Index("ix_user_created_at", "created_at", "id"),
        sa.Index(
            "uq_user_confirmed_email_key",
            "email_key",
            unique=True,
            sqlite_where=sa.text("confirmed_at IS NOT NULL"),
            postgresql_where=sa.text("confirmed_at IS NOT NULL"),
        ),
    )

    id: so.Mapped[Id]
    username: so.Mapped[str] = so.mapped_column(sa.String(30))
    username_key: so.Mapped[str] = so.mapped_column(sa.String(90), unique=True)
    email: so.Mapped[str] = so.mapped_column(sa.String(254))
    email_key: so.Mapped[str] = so.mapped_column(sa.String(254), index=True)
    pending_email: so.Mapped[str | None] = so.mapped_column(sa.String(254))
    password_hash: so.Mapped[str] = so.mapped_column(sa.String(200))
    created_at: so.Mapped[Created]
    confirmed_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    suspended_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    last_seen_at: so.Mapped[datetime | None] = so.mapped_column(UtcDateTime)
    is_admin: so.Mapped[bool] = so.mapped_column(default=False, server_default=sa.false())

    display_name: so.Mapped[str] = so.mapped_column(Seen(150), default="", server_default="")
    about_me: so.Mapped[str] = so.mapped_column(Seen(1400), default="", server_default="")
    location: so.Mapped[str] = so.mapped_column(Seen(150), default="", server_default="")
    link: so.Mapped[str] = so.mapped_column(WebAddress(300), default="", server_default="")
    locale: so.Mapped[str | None] = so.mapped_column(sa.String(12))
    timezone: so.Mapped[str | None] = so.mapped_column(sa.String(64))

    post_count: so.Mapped[Counter]
    follower_count: so.Mapped[Counter]
    following_count: so.Mapped[Counter]

    posts: so.WriteOnlyMapped["Post"] = so.relationship(back_populates="author", passive_deletes=True)

    followed: so.Mapped[bool] = so.query_expression(sa.false())
    follows_viewer: so.Mapped[bool] = so.query_expression(sa.false())
    blocked: so.Mapped[bool] = so.query_expression(sa.false())
    blocks_viewer: so.Mapped[bool] = so.query_expression(sa.false())
    muted: so.Mapped[bool] = so.query_expression(sa.false())
    reachable: so.Mapped[bool] = so.query_expression(sa.false())
    hidden_followers: so.Mapped[int] = so.query_expression(sa.literal(0))
    hidden_following: so.Mapped[int] = so.query_expression(sa.literal(0))

    # Known of whoever a session was found for; None of others, and a page that loads them anew leaves it as it was.
    unread_notifications: so.Mapped[int | None] = so.query_expression()
    unread_messages: so.Mapped[int | None] = so.query_expression()

    @property
    def name(self) -> str:
        """What others call this member."""
        return self.display_name or self.username

    @property
    def shown_link(self) -> Link | None:
        """Their web address, as it may be shown."""
        return links.whole(self.link)

    @property
    def is_confirmed(self) -> bool:
        """Whether the address was proved to be theirs."""
        return self.confirmed_at is not None

    @property
    def is_suspended(self) -> bool:
        """Whether the site has put this member out."""
        return self.suspended_at is not None

    @property
    def is_apart(self) -> bool:
        """Whether they and the viewer of the query that fetched them have nothing to do with each other."""
        return bool(self.blocked or self.blocks_viewer)

    @property
    def followers_shown(self) -> int:
        """How many people the list of followers shows to the viewer of the query that fetched the member."""
        return self.follower_count - (self.hidden_followers or 0)

    @property
    def following_shown(self) -> int:
        """How many people the list of whom they follow shows to that viewer."""
        return self.following_count - (self.hidden_following or 0)

    @property
    def is_active(self) -> bool:
        """Whether this member can be signed in (Flask-Login asks)."""
        return not self.is_suspended

    @classmethod
    def documents(cls, ids: Collection[int]) -> list[Document]:
        """Returns what the search engine keeps of members; unconfirmed and suspended ones are left out."""
        query = cls.indexed().with_only_columns(cls).where(cls.id.in_(ids))
        return [user._document() for user in db.session.scalars(query)]

    @classmethod
    def indexed(cls) -> sa.Select[int]:
        """Returns the query of the ids of all members that the search engine keeps."""
        return sa.select(cls.id).where(cls.confirmed_at.is_not(None), cls.suspended_at.is_(None))

    def _document(self) -> Document:
        names = tuple(dict.fromkeys(filter(None, (self.username, self.display_name))))
        text = " ".join(filter(None, (*names, self.about_me)))
        moment = int(self.created_at.timestamp())
        return Document(self.id, self.revision, moment, text, names, weight=self.follower_count)

    def __repr__(self) -> str:
        return f"<User {self.id} {self.username}>"
