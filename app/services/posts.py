"""Writing, reading, changing and taking back posts."""

from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so
from flask_babel import lazy_gettext as _l

from app import language, policy
from app.events import PostDeleted, PostEdited, PostPublished, record
from app.exceptions import Forbidden, NotFound
from app.extensions import db
from app.models import Like, Mention, Post, User
from app.models.columns import now
from app.services import mentions, notifications, tags, translations, users

# The bare tables, made once: statements of models are made anew for every page.
_LIKE, _REPLY = Like.__table__.alias().c, Post.__table__.alias().c
_POST = Post.__table__.c


def shown_to(viewer: Any) -> sa.Select[Post]:
    """Returns the query of posts the viewer may see, with all that a page shows of them in two statements."""
    return _detailed(policy.visible_posts(viewer), viewer)


def told_to(viewer: Any) -> sa.Select[Post]:
    """Returns the query of posts that come to the viewer in timelines, like ``shown_to``."""
    return _detailed(policy.timeline_posts(viewer), viewer)


def _detailed(query: sa.Select[Post], viewer: Any) -> sa.Select[Post]:
    author = so.contains_eager(Post.author).options(*users.mute_by(viewer))
    return query.options(author, *details_for(viewer))


def details_for(viewer: Any) -> list[Any]:
    """Returns what a shown post needs besides its author: the names it calls, whether the viewer likes it, and how many
    of its likes and replies are of people who are apart from the viewer.
    """
    names = so.selectinload(Post.mentions).joinedload(Mention.user).load_only(User.username)
    return [names, liking_of(viewer), *_hidden_from(viewer)] if policy.is_member(viewer) else [names]


def _hidden_from(viewer: User) -> list[Any]:
    apart, number = policy.counted_apart(viewer), sa.select(sa.func.count())
    likes = number.where(_LIKE.post_id == _POST.id, _LIKE.user_id.in_(apart))
    replies = number.where(
        _REPLY.parent_id == _POST.id, _REPLY.deleted_at.is_(None), _REPLY.author_id.in_(apart)
    )
    return [
        so.with_expression(Post.hidden_likes, likes.scalar_subquery()),
        so.with_expression(Post.hidden_replies, replies.scalar_subquery()),
    ]


def liking_of(viewer: User) -> Any:
    """Returns what tells whether a member likes a fetched post."""
    mine = so.aliased(Like)  # A query of likes would otherwise take this one for its own.
    liked = sa.exists().where(mine.post_id == Post.id, mine.user_id == viewer.id)
    return so.with_expression(Post.liked, liked)


def find(post_id: int, viewer: Any) -> Post:
    """Returns the post as this viewer may see it.

    Raises:
        NotFound: there is none that the viewer may see.
    """
    post = db.session.scalar(
        shown_to(viewer).where(Post.id == post_id).execution_options(populate_existing=True)
    )
    if post is None:
        raise NotFound
    return post


def find_bare(post_id: int, viewer: Any) -> Post:
    """Returns the post as this viewer may see it, without what is only loaded to be shown.

    Raises:
        NotFound: there is none that the viewer may see.
    """
    post = db.session.scalar(policy.visible_posts(viewer).where(Post.id == post_id))
    if post is None:
        raise NotFound
    return post


def find_own(post_id: int, viewer: Any) -> Post:
    """Returns a post that the viewer may edit.

    Raises:
        NotFound: there is none that the viewer may see.
        Forbidden: it is somebody else's.
    """
    post = find(post_id, viewer)
    if not policy.may_edit(viewer, post):
        raise Forbidden(_l("Only its author can edit a post."))
    return post


def publish(author: User, body: str, parent: Post | None = None) -> Post:
    """Writes a post, or a reply when there is a parent.

    Args:
        author: who writes.
        body: clean text of a fitting length (``app.text``).
        parent: the post that is answered.

    Raises:
        Forbidden: the author's address is not confirmed.
        NotFound: the parent was deleted in the meantime.
    """
    _require_writer(author)
    if parent is not None:
        _lock(parent)
        _count(parent, Post.reply_count, 1)
    post = Post(
        author_id=author.id, body=body, language=language.detect(body), parent_id=parent and parent.id
    )
    db.session.add(post)
    db.session.flush()
    users.count(author.id, User.post_count, 1)
    called, _ = _resolve(post)
    if parent is not None:
        notifications.tell_of_reply(post, parent)
    notifications.tell_of_mentions(post, called)
    record(PostPublished(post.id))
    return post


def hold(post: Post) -> None:
    """Lets nobody else change a post until the transaction ends, and looks at its revision as it is now.

    Raises:
        NotFound: the post was deleted in the meantime.
    """
    _lock(post)
    db.session.refresh(post, ["revision", "body"])


def edit(post: Post, editor: User, body: str) -> Post:
    """Changes the text of a post and marks it as edited; the same text changes nothing.

    Raises:
        Forbidden: the editor is not its author, or not confirmed.
        NotFound: the post was deleted in the meantime.
    """
    if not policy.may_edit(editor, post):
        raise Forbidden(_l("Only its author can edit a post."))
    _lock(post)
    if body == post.body:
        return post
    translations.forget(post.body)
    post.body, post.language, post.edited_at = body, language.detect(body), now()
    called, uncalled = _resolve(post)
    notifications.untell_of_mentions(post, uncalled)
    notifications.tell_of_mentions(post, called)
    record(PostEdited(post.id))
    return post


def delete(post: Post, viewer: User) -> None:
    """Takes a post back: its text, names, tags and likes are gone; its place stays, for its replies.

    Raises:
        Forbidden: the viewer is not its author.
        NotFound: it was deleted in the meantime.
    """
    if not policy.may_delete(viewer, post):
        raise Forbidden(_l("Only its author can delete a post."))
    _lock(post)
    translations.forget(post.body)
    post.body, post.language, post.deleted_at, post.like_count = "", "", now(), 0
    _resolve(post)
    db.session.execute(sa.delete(Like).where(Like.post_id == post.id))
    users.count(post.author_id, User.post_count, -1)
    if post.parent_id is not None:
        _count_id(post.parent_id, Post.reply_count, -1)
    notifications.forget_post(post)
    record(PostDeleted(post.id))


def _require_writer(author: User) -> None:
    if not policy.may_write(author):
        raise Forbidden(_l("Confirm your e-mail address first, then you can write."))


def _resolve(post: Post) -> tuple[list[int], list[int]]:
    """Stores whom the text calls and which tags it carries, as they are at this moment.

    Returns:
        The ids of the members who are newly called, and of those who are called no longer.
    """
    called = mentions.store(post)
    tags.store(post)
    db.session.flush()
    return called


def _lock(post: Post) -> None:
    """Holds the row until the transaction ends, so that two changes of one post come one after the other."""
    deleted_at = db.session.scalar(sa.select(Post.deleted_at).where(Post.id == post.id).with_for_update())
    if deleted_at is not None:
        raise NotFound


def _count(post: Post, counter: Any, change: int) -> None:
    _count_id(post.id, counter, change)
    db.session.expire(post, [counter.key])


def _count_id(post_id: int, counter: Any, change: int) -> None:
    statement = sa.update(Post).where(Post.id == post_id).values({counter: counter + change})
    db.session.execute(statement.execution_options(synchronize_session=False))
