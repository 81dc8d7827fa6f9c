"""Who may see and do what; the only file that decides."""

from typing import Any

import sqlalchemy as sa

from app.models import Block, Mute, Post, User


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


def are_apart(one: Any, other: Any) -> sa.ColumnElement[bool]:
    """Returns whether one of two people has blocked the other.

    Args:
        one: an id, or a column of ids.
        other: likewise.
    """
    blocks = sa.and_(Block.blocker_id == one, Block.blocked_id == other)
    is_blocked = sa.and_(Block.blocker_id == other, Block.blocked_id == one)
    return sa.or_(sa.exists().where(blocks), sa.exists().where(is_blocked))


def is_heard(listener: Any, person: Any) -> sa.ColumnElement[bool]:
    """Returns whether somebody is told what another does: unless one blocks the other, or the listener mutes them.

    Args:
        listener: an id, or a column of ids.
        person: likewise.
    """
    mutes = sa.exists().where(Mute.muter_id == listener, Mute.muted_id == person)
    return sa.not_(sa.or_(are_apart(listener, person), mutes))


def may_notify(actor: User, recipient_id: int) -> sa.ColumnElement[bool]:
    """Returns whether a member is told of what another did: not of one's own deeds, nor of people one does not hear."""
    return sa.and_(sa.literal(actor.id != recipient_id), is_heard(recipient_id, actor.id))


def may_message(viewer: Any, person: User) -> sa.ColumnElement[bool]:
    """Returns whether the viewer may write to this person privately: to any member but oneself, unless one of the
    two has blocked the other.
    """
    fits = may_write(viewer) and viewer.id != person.id and person.is_confirmed and not person.is_suspended
    return sa.and_(sa.literal(fits), sa.not_(are_apart(viewer.id if fits else 0, person.id)))
