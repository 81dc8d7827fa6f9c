"""Posts in the order in which they were written, newest first."""

from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import policy
from app.extensions import db
from app.models import Follow, Post, PostTag, Tag, User
from app.models.keyset import BadCursor, Keyset, Page, Wanted, make_cursor, parse_cursor
from app.services import posts, users
from app.transaction import reading

BY_TIME = Keyset(Post.created_at, Post.id)
MOST_NEW = 100  # Beyond this nobody counts.
MOST_HEARD = 1000  # Of the people one follows, the latest: an open page hears at once when these write.
OPENING = Post.parent_id.is_(None)


def home(viewer: User, wanted: Wanted) -> Page[Post]:
    """Returns what the viewer and the people they follow wrote; replies stand in their conversations."""
    mine = sa.or_(Post.author_id == viewer.id, Post.author_id.in_(_followed_by(viewer)))
    return _page(posts.told_to(viewer).where(OPENING, mine), wanted)


def before(page: Page[Post]) -> str | None:
    """Returns the cursor of what will stand above a page once it is written; None above an empty one."""
    top = next(iter(page), None)
    return make_cursor(top.created_at, top.id, is_backward=True) if top else None


def new_at_home(viewer: User, cursor: str | None) -> list[str]:
    """Returns who has written what is new in a member's home timeline, the latest first, a name for each post; what
    they wrote themselves is not new to them.

    Args:
        viewer: the member.
        cursor: the one of ``before``.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    return _new(viewer, cursor, Post.author_id.in_(_followed_by(viewer)))


def new_in_explore(viewer: User, cursor: str | None) -> list[str]:
    """Returns who has written what is new in everybody's timeline; see ``new_at_home``."""
    return _new(viewer, cursor, Post.author_id != viewer.id)


def _followed_by(viewer: User) -> sa.Select[int]:
    return sa.select(Follow.followed_id).where(Follow.follower_id == viewer.id)


def _new(viewer: User, cursor: str | None, whose: sa.ColumnElement[bool]) -> list[str]:
    if cursor and not parse_cursor(cursor).is_backward:
        raise BadCursor
    # Behind such a cursor the order runs upwards, and without one downwards.
    query = BY_TIME.after(policy.timeline_posts(viewer).where(OPENING, whose), cursor).limit(MOST_NEW)
    names = list(db.session.scalars(query.with_only_columns(User.username)))
    return names[::-1] if cursor else names


def heard_at_home(user_id: int) -> list[int]:
    """Returns the ids of those whose posts an open home timeline is told of at once; a reload shows everybody's."""
    query = sa.select(Follow.followed_id).where(Follow.follower_id == user_id)
    query = query.order_by(Follow.created_at.desc(), Follow.followed_id.desc()).limit(MOST_HEARD)
    with reading():
        return list(db.session.scalars(query))


def explore(viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns what everybody wrote, without the replies."""
    return _page(posts.told_to(viewer).where(OPENING), wanted)


def written_by(person: User, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns the posts of one member, without the replies."""
    return _page(_of(person, viewer).where(OPENING), wanted)


def replies_by(person: User, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns the replies of one member, each with the post it answers."""
    return _page(_with_parent(_of(person, viewer).where(~OPENING), viewer), wanted)


def tagged(tag: Tag | None, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns the posts and replies that carry a tag; one that nobody has used, None, has none."""
    carried = PostTag.tag_id == tag.id if tag else sa.false()
    query = posts.told_to(viewer).join(PostTag, PostTag.post_id == Post.id).where(carried)
    by_tag = Keyset(PostTag.created_at, PostTag.post_id)
    return by_tag.page(_with_parent(query, viewer), wanted, lambda post: (post.created_at, post.id))


def _page(query: sa.Select[Any], wanted: Wanted) -> Page[Post]:
    return BY_TIME.page(query, wanted, lambda post: (post.created_at, post.id))


def _of(person: User, viewer: Any) -> sa.Select[Post]:
    query = posts.shown_to(viewer).where(Post.author_id == person.id)
    return query if policy.may_look_around(viewer, person) else query.where(sa.false())


def _with_parent(query: sa.Select[Any], viewer: Any) -> sa.Select[Any]:
    author = so.joinedload(Post.parent).joinedload(Post.author)
    return query.options(author.options(*users.blocks_with(viewer)))
