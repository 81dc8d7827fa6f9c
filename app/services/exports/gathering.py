"""Everything together, and how much it is."""

import sqlalchemy as sa

from app.archive import Material
from app.extensions import db
from app.models import Block, Follow, Like, Message, Mute, Participation, Post
from app.services.exports import notes, people, talks
from app.transaction import reading


def material(user_id: int) -> Material:
    """Returns what belongs to a member; the lists are read while somebody goes through them.

    Raises:
        NotFound: the member is no more; going through a list may raise it as well.
    """
    return Material(
        profile=people.profile(user_id),
        posts=notes.written(user_id, Post.parent_id.is_(None)),
        replies=notes.written(user_id, Post.parent_id.is_not(None)),
        likes=notes.liked(user_id),
        following=people.following(user_id),
        followers=people.followers(user_id),
        muted=people.muted(user_id),
        blocked=people.blocked(user_id),
        conversations=talks.conversations(user_id),
        messages=lambda talk: talks.messages(user_id, talk),
    )


def count(user_id: int) -> int:
    """Returns how many pieces there are, about: it may change while they are read."""
    mine = sa.select(Participation.conversation_id).where(Participation.user_id == user_id)
    mine = mine.where(Participation.last_id.is_not(None))
    counted: tuple[tuple[sa.ColumnElement[bool], ...], ...] = (
        (Post.author_id == user_id, Post.deleted_at.is_(None)),
        (Like.user_id == user_id,),
        (Follow.follower_id == user_id,),
        (Follow.followed_id == user_id,),
        (Mute.muter_id == user_id,),
        (Block.blocker_id == user_id,),
        (Message.conversation_id.in_(mine),),
    )
    with reading():
        return sum(db.session.scalar(sa.select(sa.func.count()).where(*where)) or 0 for where in counted)
