"""Telling members of a deed: who hears of it, and how it joins what they have not read yet."""

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from app import policy
from app.events import BadgesChanged, MemberNotified, record
from app.extensions import db
from app.models import Message, Notification, NotificationActor, Post, Task, User
from app.models.columns import now
from app.models.notification import UNREAD
from app.models.upsert import insert_or
from app.services.notifications import choices
from app.services.notifications.marking import held

FOLLOW = "follow"
ONCE_A_POST = ("reply", "mention")
"""Of these a post tells one person one, and once."""


def tell_of_like(post: Post, actor: User) -> None:
    """Tells a post's author that somebody likes it; what is liked by many is told as one."""
    _tell("like", _likes_of(post), [post.author_id], actor, post_id=post.id)


def untell_of_like(post: Post, actor: User) -> None:
    """Takes back that somebody likes a post."""
    _untell(actor, post.author_id, Notification.post_id == post.id, Notification.about == _likes_of(post))


def tell_of_reply(post: Post, parent: Post) -> None:
    """Tells the author of a post that somebody has answered it."""
    author = _author(post)
    _tell("reply", f"reply:{post.id}", [parent.author_id], author, post_id=post.id)


def tell_of_mentions(post: Post, called: Collection[int]) -> None:
    """Tells members that a post calls them by name.

    Whoever was told of this post before is not told again, and the author of what it answers is told of the answer.

    Args:
        post: the post, or reply.
        called: the members' ids.
    """
    answered = sa.select(Post.author_id).where(Post.id == post.parent_id)
    told = sa.select(Notification.user_id).where(
        Notification.post_id == post.id, Notification.kind.in_(ONCE_A_POST)
    )
    others = (User.id.not_in(answered), User.id.not_in(told))
    _tell("mention", f"mention:{post.id}", called, _author(post), *others, post_id=post.id)


def untell_of_mentions(post: Post, uncalled: Collection[int]) -> None:
    """Takes back that a post calls members by name; the arguments are those of ``tell_of_mentions``.

    What was read stays: it keeps a name that is edited out and in again from ringing again.
    """
    unread = (Notification.post_id == post.id, Notification.kind == "mention", Notification.read_at.is_(None))
    author = _author(post)
    for user_id in sorted(uncalled):
        _untell(author, user_id, *unread)


def tell_of_follow(person: User, actor: User) -> None:
    """Tells a member that somebody follows them; many are told as one."""
    _tell("follow", FOLLOW, [person.id], actor)


def untell_of_follow(person: User, actor: User) -> None:
    """Takes back that somebody follows a member."""
    _untell(actor, person.id, Notification.kind == "follow", Notification.about == FOLLOW)


def tell_of_message(message: Message, recipient_id: int) -> None:
    """Tells a member of a private message; those of one conversation are told as one."""
    conversation = message.conversation_id
    sender = db.session.get_one(User, message.sender_id)
    _tell("message", f"message:{conversation}", [recipient_id], sender, conversation_id=conversation)


def tell_of_task(task: Task) -> None:
    """Tells a member that work of theirs has ended."""
    _tell("task", f"task:{task.id}", [task.user_id], None, task_id=task.id)


def forget_post(post: Post) -> None:
    """Takes back all that was told of a post which is no more."""
    gone = sa.delete(Notification).where(Notification.id.in_(held(Notification.post_id == post.id)))
    rows = db.session.execute(
        gone.returning(Notification.user_id, Notification.read_at),
        execution_options={"synchronize_session": False},
    )
    _change_badges(row.user_id for row in rows if row.read_at is None)


def _tell(
    kind: str,
    about: str,
    people: Collection[int],
    actor: User | None,
    *where: sa.ColumnElement[bool],
    **subject: int,
) -> None:
    """Writes down what some people are told, for those who hear it.

    The rows are taken in the order of the people's ids, so that two who tell several at once never deadlock.

    Args:
        kind: what was done.
        about: what joins to one notification.
        people: the ids of those whom it concerns.
        actor: who did it.
        where: what else holds of those who are told.
        subject: the column of what it was done to, with its id.
    """
    hearers = _hearers(kind, people, actor, subject.get("post_id"), where) if people else []
    if not hearers:
        return
    moment = now()
    same = {"kind": kind, "about": about, "created_at": moment, "updated_at": moment, **subject}
    rows = insert_or(db.session(), Notification).values([{"user_id": id, **same} for id in hearers])
    joined = rows.on_conflict_do_update(
        index_elements=["user_id", "about"],
        index_where=UNREAD,
        set_={"updated_at": rows.excluded.updated_at},
    )
    told = db.session.execute(joined.returning(Notification.id, Notification.user_id)).all()
    if actor is not None:
        _add([row.id for row in told], actor, moment)
    for row in told:
        record(MemberNotified(row.user_id, row.id))


def _hearers(
    kind: str,
    people: Collection[int],
    actor: User | None,
    post_id: int | None,
    where: Iterable[sa.ColumnElement[bool]],
) -> list[int]:
    """Returns the ids of those who are told, in their order; of a post that was deleted meanwhile nobody is."""
    query = sa.select(User.id).where(User.id.in_(people), User.suspended_at.is_(None), *where)
    query = query.where(choices.is_wanted_on_site(User.id, kind))
    if actor is not None:
        query = query.where(policy.may_notify(actor, User.id))
    if post_id is not None:
        query = query.where(sa.exists().where(Post.id == post_id, Post.deleted_at.is_(None)))
    return list(db.session.scalars(query.order_by(User.id)))


def _add(ids: Collection[int], actor: User, moment: datetime) -> None:
    """Adds who did it to notifications that this transaction holds; somebody who is there already counts once."""
    rows = [{"notification_id": id, "actor_id": actor.id, "created_at": moment} for id in ids]
    added = insert_or(db.session(), NotificationActor).values(rows).on_conflict_do_nothing()
    new = db.session.scalars(added.returning(NotificationActor.notification_id)).all()
    _count(new, 1)


def _untell(actor: User, user_id: int, *where: sa.ColumnElement[bool]) -> None:
    """Takes somebody out of what a member was told; what then tells of nobody is gone."""
    deed = sa.exists().where(
        NotificationActor.notification_id == Notification.id, NotificationActor.actor_id == actor.id
    )
    told = held(Notification.user_id == user_id, deed, *where)
    ours = sa.delete(NotificationActor).where(
        NotificationActor.actor_id == actor.id, NotificationActor.notification_id.in_(told)
    )
    changed = db.session.scalars(
        ours.returning(NotificationActor.notification_id), execution_options={"synchronize_session": False}
    ).all()
    if not changed:
        return
    _count(changed, -1)
    empty = sa.delete(Notification).where(Notification.id.in_(changed), Notification.actor_count < 1)
    db.session.execute(empty.execution_options(synchronize_session=False))
    _change_badges([user_id])


def _count(ids: Collection[int], change: int) -> None:
    """Changes how many did it, in the database's own arithmetic."""
    if ids:
        more = sa.update(Notification).values(actor_count=Notification.actor_count + change)
        more = more.where(Notification.id.in_(ids))
        db.session.execute(more.execution_options(synchronize_session=False))


def _change_badges(user_ids: Iterable[int]) -> None:
    for user_id in sorted(set(user_ids)):
        record(BadgesChanged(user_id))


def _author(post: Post) -> User:
    return db.session.get_one(User, post.author_id)


def _likes_of(post: Post) -> str:
    return f"like:{post.id}"
