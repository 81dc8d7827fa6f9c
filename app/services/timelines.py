"""Posts in the order in which they were written, newest first."""

from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.models import Follow, Post, PostTag, Tag, User
from app.models.keyset import Keyset, Page, Wanted
from app.services import posts

BY_TIME = Keyset(Post.created_at, Post.id)
OPENING = Post.parent_id.is_(None)


def home(viewer: User, wanted: Wanted) -> Page[Post]:
    """Returns what the viewer and the people they follow wrote; replies stand in their conversations."""
    followed = sa.select(Follow.followed_id).where(Follow.follower_id == viewer.id)
    mine = sa.or_(Post.author_id == viewer.id, Post.author_id.in_(followed))
    return _page(posts.shown_to(viewer).where(OPENING, mine), wanted)


def explore(viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns what everybody wrote, without the replies."""
    return _page(posts.shown_to(viewer).where(OPENING), wanted)


def written_by(person: User, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns the posts of one member, without the replies."""
    return _page(posts.shown_to(viewer).where(Post.author_id == person.id, OPENING), wanted)


def replies_by(person: User, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns the replies of one member, each with the post it answers."""
    query = posts.shown_to(viewer).where(Post.author_id == person.id, ~OPENING)
    return _page(_with_parent(query), wanted)


def tagged(tag: Tag | None, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns the posts and replies that carry a tag; one that nobody has used, None, has none."""
    carried = PostTag.tag_id == tag.id if tag else sa.false()
    query = posts.shown_to(viewer).join(PostTag, PostTag.post_id == Post.id).where(carried)
    by_tag = Keyset(PostTag.created_at, PostTag.post_id)
    return by_tag.page(_with_parent(query), wanted, lambda post: (post.created_at, post.id))


def _page(query: sa.Select[Any], wanted: Wanted) -> Page[Post]:
    return BY_TIME.page(query, wanted, lambda post: (post.created_at, post.id))


def _with_parent(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.options(so.joinedload(Post.parent).joinedload(Post.author))
