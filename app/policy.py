"""Who may see and do what; the only file that decides."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.models import Block, Mute, Notification, NotificationActor, Participation, Post, PostTag, Tag, User

# A query of blocks would take the table itself for its own. To make an alias takes longer than many a statement.
_APART = User.__table__.alias()
_MINE, _THEIRS, _MUTE = so.aliased(Block), so.aliased(Block), so.aliased(Mute)


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


def may_translate(viewer: Any) -> bool:
    """Whether the viewer may have posts translated, which may cost the site something: whoever may write."""
    return may_write(viewer)


def may_follow(viewer: Any, person: User) -> bool:
    """Whether the viewer may follow this person: anybody but oneself, unless one of the two has blocked the other."""
    return may_write(viewer) and viewer.id != person.id and not person.is_apart


def may_block(viewer: Any, person: User) -> bool:
    """Whether the viewer may block this person: anybody but oneself, and one need not be confirmed to be left alone."""
    return is_member(viewer) and viewer.id != person.id


def may_mute(viewer: Any, person: User) -> bool:
    """Whether the viewer may mute this person; the rule is that of blocking."""
    return may_block(viewer, person)


def may_look_around(viewer: Any, person: User) -> bool:
    """Whether the viewer sees what this person writes, likes and whom they follow, and who follows them."""
    return not person.is_apart


def may_read_about(viewer: Any, person: User) -> bool:
    """Whether the viewer sees what this person tells of themselves; whoever was blocked by them sees the name only."""
    return not person.blocks_viewer


def may_edit_profile(viewer: Any, person: User) -> bool:
    """Whether the viewer may change this person's profile: their own."""
    return is_member(viewer) and viewer.id == person.id


def visible_users(viewer: Any) -> sa.Select[User]:
    """Returns the query of the people that the viewer may see."""
    seen = sa.and_(User.suspended_at.is_(None), User.confirmed_at.is_not(None))
    if is_member(viewer):
        seen = sa.or_(seen, User.id == viewer.id)
    return sa.select(User).where(seen)


def visible_partners(viewer: User) -> sa.Select[User]:
    """Returns the query of the people with whom the viewer may open a conversation: those they may see, and those they
    have one with, whatever has become of them.
    """
    seen = visible_users(viewer).with_only_columns(User.id).correlate(None)
    talked = sa.exists().where(
        Participation.user_id == viewer.id,
        Participation.other_id == User.id,
        Participation.last_id.is_not(None),
    )
    return sa.select(User).where(User.id != viewer.id, sa.or_(User.id.in_(seen), talked))


def listed_users(viewer: Any) -> sa.Select[User]:
    """Returns the query of the people whom lists show to the viewer, and whom the viewer's posts can call by name:
    those they may see, without those who are apart from them.
    """
    query = visible_users(viewer)
    return query.where(_is_none_of(User.id, apart_from(viewer))) if is_member(viewer) else query


def suggested_users(viewer: Any) -> sa.Select[User]:
    """Returns the query of the people who may be put before the viewer unasked."""
    query = listed_users(viewer).where(User.confirmed_at.is_not(None))
    return query.where(_is_none_of(User.id, _muted_by(viewer))) if is_member(viewer) else query


def visible_posts(viewer: Any) -> sa.Select[Post]:
    """Returns the query of the posts that the viewer may see, joined to their authors."""
    return sa.select(Post).join(Post.author).where(*is_readable(viewer))


def timeline_posts(viewer: Any) -> sa.Select[Post]:
    """Returns the query of the posts that come to the viewer in timelines: those they may see, without those of people
    they mute. Whoever looks for a muted person still finds them: in profiles, conversations and searches.
    """
    query = visible_posts(viewer)
    return query.where(_is_none_of(Post.author_id, _muted_by(viewer))) if is_member(viewer) else query


def is_readable(viewer: Any, post: Any = Post, author: Any = User) -> list[sa.ColumnElement[bool]]:
    """Returns what holds for the posts that the viewer may see, in a query that joins them to their authors.

    Args:
        viewer: who looks.
        post: the posts of the query: the model, or an alias of it.
        author: their authors, likewise.
    """
    there: list[sa.ColumnElement[bool]] = [post.deleted_at.is_(None), author.suspended_at.is_(None)]
    return [*there, _is_none_of(post.author_id, apart_from(viewer))] if is_member(viewer) else there


def visible_tags(viewer: Any) -> sa.Select[Tag]:
    """Returns the query of the tags that a post carries which the viewer may see."""
    carried = sa.select(PostTag.post_id).join(PostTag.post).join(Post.author).where(PostTag.tag_id == Tag.id)
    return sa.select(Tag).where(carried.where(*is_readable(viewer)).correlate(Tag).exists())


def may_read(viewer: Any, post: Post) -> bool:
    """Whether a post that was fetched for a conversation shows its text; the others keep an empty place."""
    return not (post.is_deleted or post.author.is_suspended or post.author.is_apart)


def unheard_by(viewer: User) -> sa.CompoundSelect[int]:
    """Returns the query of the ids of those whose posts stay out of the viewer's timelines."""
    return sa.union_all(_blocked_by(viewer), _blocking(viewer), _muted_by(viewer))


def counted_apart(viewer: User) -> sa.Select[int]:
    """Returns the query of the ids of those apart from the viewer whose deeds are in kept counters: those of suspended
    members are not (``services.counters``).
    """
    return sa.select(_APART.c.id).where(_APART.c.id.in_(apart_from(viewer)), _APART.c.suspended_at.is_(None))


def without_posts_of(author_id: int) -> sa.CompoundSelect[int]:
    """Returns the query of the ids of those whose timelines leave an author's posts out; see ``timeline_posts``."""
    return sa.union_all(
        sa.select(_MINE.blocked_id).where(_MINE.blocker_id == author_id),
        sa.select(_THEIRS.blocker_id).where(_THEIRS.blocked_id == author_id),
        sa.select(_MUTE.muter_id).where(_MUTE.muted_id == author_id),
    )


def _is_none_of(id: Any, ids: sa.SelectBase) -> sa.ColumnElement[bool]:
    """Returns whether an id is none of those of a query, which is asked once for the whole statement.

    It says NOT IN. But PostgreSQL takes half of all rows for what is left of any NOT IN (two leave a quarter), and
    where it expects few rows it gathers and sorts them all, instead of walking along an index until a page is full.
    That something is not null it takes for true of nearly all rows, and so it is: people block few of many.
    """
    return sa.func.nullif(id.in_(ids), sa.true()).is_not(None)


def apart_from(viewer: User) -> sa.CompoundSelect[int]:
    """Returns the query of the ids of those who are apart from the viewer: one of the two has blocked the other."""
    return sa.union_all(_blocked_by(viewer), _blocking(viewer))


def _blocked_by(viewer: User) -> sa.Select[int]:
    return sa.select(_MINE.blocked_id).where(_MINE.blocker_id == viewer.id)


def _blocking(viewer: User) -> sa.Select[int]:
    return sa.select(_THEIRS.blocker_id).where(_THEIRS.blocked_id == viewer.id)


def _muted_by(viewer: User) -> sa.Select[int]:
    return sa.select(_MUTE.muted_id).where(_MUTE.muter_id == viewer.id)


def are_apart(one: Any, other: Any) -> sa.ColumnElement[bool]:
    """Returns whether one of two people has blocked the other.

    Args:
        one: an id, or a column of ids.
        other: likewise.
    """
    blocks = sa.and_(_MINE.blocker_id == one, _MINE.blocked_id == other)
    is_blocked = sa.and_(_THEIRS.blocker_id == other, _THEIRS.blocked_id == one)
    # However deep they stand in a statement, columns that are given are those of the rows around.
    return sa.or_(
        sa.exists().where(blocks).correlate_except(_MINE),
        sa.exists().where(is_blocked).correlate_except(_THEIRS),
    )


def is_heard(listener: Any, person: Any) -> sa.ColumnElement[bool]:
    """Returns whether somebody is told what another does: unless one blocks the other, or the listener mutes them.

    Args:
        listener: an id, or a column of ids.
        person: likewise.
    """
    mutes = sa.exists().where(_MUTE.muter_id == listener, _MUTE.muted_id == person).correlate_except(_MUTE)
    return sa.not_(sa.or_(are_apart(listener, person), mutes))


def may_notify(actor: User, recipient: Any) -> sa.ColumnElement[bool]:
    """Returns whether a member is told of what another did: not of one's own deeds, nor of people one does not hear.

    Args:
        actor: who did it.
        recipient: an id, or a column of ids.
    """
    return sa.and_(sa.literal(actor.id) != recipient, is_heard(recipient, actor.id))


def is_met(viewer: User, person: Any) -> sa.ColumnElement[bool]:
    """Returns whether somebody appears in what the viewer is told, as both are now.

    Args:
        viewer: who is told.
        person: the member, or an alias of the table.
    """
    return sa.and_(person.suspended_at.is_(None), person.id.not_in(unheard_by(viewer)))


def visible_notifications(viewer: User) -> sa.Select[Notification]:
    """Returns the query of what the viewer is told: of their tasks, and of deeds while somebody whom they hear is left
    of those who did it.
    """
    told = _is_told(lambda person: is_met(viewer, person))
    return sa.select(Notification).where(Notification.user_id == viewer.id, told)


def is_told() -> sa.ColumnElement[bool]:
    """Returns whether a notification is shown to its member, in a query of those of several members."""
    return _is_told(
        lambda person: sa.and_(person.suspended_at.is_(None), is_heard(Notification.user_id, person.id))
    )


def _is_told(is_met: Callable[[Any], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    deed, person = so.aliased(NotificationActor), so.aliased(User)
    did = sa.select(deed.actor_id).join(person, person.id == deed.actor_id)
    did = did.where(deed.notification_id == Notification.id, is_met(person))
    return sa.or_(Notification.kind == "task", did.correlate_except(deed, person).exists())


def may_message(viewer: Any, person: User) -> sa.ColumnElement[bool]:
    """Returns whether the viewer may write to this person privately; see ``is_reachable``."""
    return sa.exists().where(User.id == person.id, is_reachable(viewer))


def is_reachable(viewer: Any) -> sa.ColumnElement[bool]:
    """Returns whether the viewer may write privately to the member of a query: to any but themselves, unless one of the
    two has blocked the other.
    """
    if not may_write(viewer):
        return sa.false()
    is_there = sa.and_(User.confirmed_at.is_not(None), User.suspended_at.is_(None))
    return sa.and_(User.id != viewer.id, is_there, sa.not_(are_apart(viewer.id, User.id)))
