"""Who may see and do what; the only file that decides."""

from typing import Any

import sqlalchemy as sa

from app.models import Post, User


def is_member(viewer: Any) -> bool:
    """Whether somebody is signed in."""
    return bool(viewer.is_authenticated)


def may_write(viewer: Any) -> bool:
    """Whether the viewer may post, reply, like and follow: members whose address is confirmed."""
    return is_member(viewer) and viewer.is_confirmed and not viewer.is_suspended


def may_edit(viewer: Any, post: Post) -> bool:
    """Whether the viewer may change the post's text."""
    return may_write(viewer) and post.author_id == viewer.id and not post.is_deleted


def may_delete(viewer: Any, post: Post) -> bool:
    """Whether the viewer may take the post back; its author always may."""
    return is_member(viewer) and post.author_id == viewer.id and not post.is_deleted


def may_follow(viewer: Any, person: User) -> bool:
    """Whether the viewer may follow this person: anybody but oneself."""
    return may_write(viewer) and viewer.id != person.id


def may_edit_profile(viewer: Any, person: User) -> bool:
    """Whether the viewer may change this person's profile: their own."""
    return is_member(viewer) and viewer.id == person.id


def visible_users(viewer: Any) -> sa.Select[User]:
    """Returns the query of the people that the viewer may see."""
    seen = sa.and_(User.suspended_at.is_(None), User.confirmed_at.is_not(None))
    if is_member(viewer):
        seen = sa.or_(seen, User.id == viewer.id)
    return sa.select(User).where(seen)


def visible_posts(viewer: Any) -> sa.Select[Post]:
    """Returns the query of the posts that the viewer may see, joined to their authors."""
    return sa.select(Post).join(Post.author).where(Post.deleted_at.is_(None), User.suspended_at.is_(None))


def may_read(viewer: Any, post: Post) -> bool:
    """Whether a post that was fetched for a conversation shows its text; the others keep an empty place."""
    return not post.is_deleted and not post.author.is_suspended
