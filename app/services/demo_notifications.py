"""What the demo's people are told of what they did to one another, as if they had looked at it every day."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import db
from app.models import Follow, Like, Mention, Notification, NotificationActor, Post
from app.services import bulk

WEEKS = 6  # How far back it reaches.
WAITS_FOR = timedelta(hours=2)
"""What is younger was not read yet."""
_COLUMNS = (
    "id",
    "user_id",
    "kind",
    "about",
    "post_id",
    "actor_count",
    "created_at",
    "updated_at",
    "read_at",
    "mailed_at",
)


def tell(moment: datetime) -> int:
    """Writes down what everybody is told of the deeds of the last weeks, and returns how many notifications that makes.

    Args:
        moment: now.
    """
    seen, groups = moment - WAITS_FOR, defaultdict[Any, list[Any]](list)
    for deed in db.session.execute(_deeds(moment - timedelta(weeks=WEEKS))):
        # What was read joins with what came on the same day, and what was not with all of its kind.
        day = deed.at.date() if deed.at < seen else None
        groups[deed.user_id, deed.kind, deed.post_id, day].append(deed)
    told = sorted(groups.values(), key=lambda deeds: deeds[-1].at)
    numbered = list(zip(bulk.take_ids(Notification, len(told)), told, strict=True))
    bulk.write(Notification, _COLUMNS, [_row(id, deeds, seen) for id, deeds in numbered])
    actors = [(id, deed.actor_id, deed.at) for id, deeds in numbered for deed in deeds]
    bulk.write(NotificationActor, ("notification_id", "actor_id", "created_at"), actors)
    return len(told)


def _deeds(since: datetime) -> sa.Select[Any]:
    """Returns the query of who did what to whom, the oldest first; nobody is told of their own deeds."""
    parent, nothing = so.aliased(Post), sa.null()
    likes = sa.select(
        Post.author_id.label("user_id"),
        Like.user_id.label("actor_id"),
        sa.literal("like").label("kind"),
        Post.id.label("post_id"),
        Like.created_at.label("at"),
    ).join(Post, Post.id == Like.post_id)
    follows = sa.select(
        Follow.followed_id, Follow.follower_id, sa.literal("follow"), nothing, Follow.created_at
    )
    replies = sa.select(parent.author_id, Post.author_id, sa.literal("reply"), Post.id, Post.created_at).join(
        parent, parent.id == Post.parent_id
    )
    calls = sa.select(Mention.user_id, Post.author_id, sa.literal("mention"), Post.id, Post.created_at)
    calls = calls.join(Post, Post.id == Mention.post_id).outerjoin(parent, parent.id == Post.parent_id)
    # Whoever is answered is told of the answer, and not that it calls them as well.
    calls = calls.where(sa.or_(parent.id.is_(None), parent.author_id != Mention.user_id))
    alive = Post.deleted_at.is_(None)
    deeds = sa.union_all(likes.where(alive), follows, replies.where(alive), calls.where(alive)).subquery()
    others = sa.select(deeds).where(deeds.c.user_id != deeds.c.actor_id, deeds.c.at > since)
    return others.order_by(deeds.c.at, deeds.c.actor_id)


def _row(id: int, deeds: list[Any], seen: datetime) -> tuple[Any, ...]:
    first, last = deeds[0], deeds[-1]
    about = f"{last.kind}:{last.post_id}" if last.post_id else last.kind
    read_at = seen if last.at < seen else None
    # They live nowhere, so no letter tells them of it.
    mailed_at = last.at
    return (
        id,
        last.user_id,
        last.kind,
        about,
        last.post_id,
        len(deeds),
        first.at,
        last.at,
        read_at,
        mailed_at,
    )
