"""Who is called by name in a post."""

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base
from app.models.post import Post
from app.models.user import User


class Mention(Base):
    """A name in a post's text and the member it meant when the post was written."""

    __tablename__ = "mention"

    post_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    user_id: so.Mapped[int] = so.mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    key: so.Mapped[str] = so.mapped_column(sa.String(90))

    post: so.Mapped[Post] = so.relationship(back_populates="mentions")
    user: so.Mapped[User] = so.relationship()
