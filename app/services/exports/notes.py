"""What a member wrote and liked."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import policy
from app.archive import Liked, Note
from app.extensions import db
from app.models import Like, Mention, Post, User
from app.services import mentions, posts
from app.services.exports.pieces import member, pieces


def written(user_id: int, kind: sa.ColumnElement[bool]) -> Iterator[list[Note]]:
    """Yields a member's posts of one kind, the latest first; those they have deleted are gone."""
    names = so.selectinload(Post.mentions).joinedload(Mention.user).load_only(User.username)
    query = sa.select(Post).where(Post.author_id == user_id, Post.deleted_at.is_(None), kind).options(names)

    def make(rows: Sequence[Any]) -> list[Note]:
        answered = _authors(user_id, [row.Post.parent_id for row in rows if row.Post.parent_id])
        return [_note(row.Post, answered.get(row.Post.parent_id)) for row in rows]

    return pieces(query, (Post.created_at, Post.id), make)


def liked(user_id: int) -> Iterator[list[Liked]]:
    """Yields what a member likes, the latest like first."""
    query = sa.select(Like).where(Like.user_id == user_id)

    def make(rows: Sequence[Any]) -> list[Liked]:
        ids = [row.Like.post_id for row in rows]
        readable = posts.shown_to(member(user_id)).where(Post.id.in_(ids))
        found = {post.id: post for post in db.session.scalars(readable)}
        return [_liked(row.Like, found.get(row.Like.post_id)) for row in rows]

    return pieces(query, (Like.created_at, Like.post_id), make)


def _authors(user_id: int, post_ids: list[int]) -> dict[int, str]:
    """Returns who wrote posts, as far as the member may read them."""
    if not post_ids:
        return {}
    query = policy.visible_posts(member(user_id)).with_only_columns(Post.id, User.username)
    return {row.id: row.username for row in db.session.execute(query.where(Post.id.in_(post_ids)))}


def _note(post: Post, answered: str | None) -> Note:
    return Note(
        id=post.id,
        created_at=post.created_at,
        edited_at=post.edited_at,
        language=post.language,
        body=post.body,
        like_count=post.like_count,
        reply_count=post.reply_count,
        parent_id=post.parent_id,
        answered=answered,
        mentions=_called(post),
    )


def _liked(like: Like, post: Post | None) -> Liked:
    if post is None:
        return Liked(like.post_id, like.created_at)
    return Liked(
        post_id=like.post_id,
        liked_at=like.created_at,
        author=post.author.username,
        author_name=post.author.name,
        created_at=post.created_at,
        body=post.body,
        mentions=_called(post),
    )


def _called(post: Post) -> dict[str, str]:
    return mentions.names_in(post)
