"""Liking posts, taking it back, and who liked what."""

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import policy
from app.events import PostLiked, record
from app.exceptions import Forbidden
from app.extensions import db
from app.models import Like, Post, User
from app.models.columns import now
from app.models.keyset import Keyset, Page, Wanted
from app.models.upsert import insert_or
from app.services import notifications, posts, users


def like(user: User, post: Post) -> None:
    """Likes once, however often it is asked.

    Raises:
        Forbidden: the member's address is not confirmed.
    """
    if not policy.may_write(user):
        raise Forbidden(_l("Confirm your e-mail address first, then you can like posts."))
    row = {"user_id": user.id, "post_id": post.id, "created_at": now()}
    added = insert_or(db.session(), Like).values(row).on_conflict_do_nothing().returning(Like.post_id)
    if db.session.scalar(added):
        _count(post, 1)
        notifications.tell_of_like(post, user)
        record(PostLiked(post.id, user.id))


def unlike(user: User, post: Post) -> None:
    """Takes the like back; where there is none, nothing happens."""
    _hold(post)
    gone = db.session.execute(sa.delete(Like).where(Like.user_id == user.id, Like.post_id == post.id))
    if gone.rowcount:  # type: ignore[attr-defined]
        _count(post, -1)
        notifications.untell_of_like(post, user)


def likers(post: Post, viewer: Any, wanted: Wanted) -> Page[User]:
    """Returns the people who like a post, the latest first."""
    query = users.listed_to(viewer).join(Like, Like.user_id == User.id).where(Like.post_id == post.id)
    page = Keyset(Like.created_at, Like.user_id).page(
        query.add_columns(Like.created_at), wanted, lambda row: (row.created_at, row.User.id)
    )
    return page.of(lambda row: row.User)


def liked_by(person: User, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns the posts that a member likes, the latest like first."""
    query = posts.shown_to(viewer).join(Like, Like.post_id == Post.id).where(Like.user_id == person.id)
    if not policy.may_look_around(viewer, person):
        query = query.where(sa.false())
    page = Keyset(Like.created_at, Like.post_id).page(
        query.add_columns(Like.created_at.label("liked_at")), wanted, lambda row: (row.liked_at, row.Post.id)
    )
    return page.of(lambda row: row.Post)


def _hold(post: Post) -> None:
    """Takes the post before the like, as whoever deletes a post does, so that the two never deadlock."""
    db.session.execute(sa.select(Post.id).where(Post.id == post.id).with_for_update(key_share=True))


def _count(post: Post, change: int) -> None:
    statement = sa.update(Post).where(Post.id == post.id).values(like_count=Post.like_count + change)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire(post, ["like_count"])
