"""Hashtags: storing a post's, finding one, and those much used today."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app import policy, richtext
from app.extensions import db
from app.models import Post, PostTag, Tag, User
from app.models.columns import now
from app.services import bulk

MOST_TAGS = 30
SHOWN = 6
RECENT = 2000


def store(post: Post) -> None:
    """Stores which tags a post's text carries."""
    ids = bulk.tag_ids(richtext.hashtags(post.body)[:MOST_TAGS]).values()
    kept = {row.tag_id: row for row in post.tags}
    post.tags = [kept.get(id) or PostTag(tag_id=id, created_at=post.created_at) for id in ids]
    changed = kept.keys() ^ set(ids)
    if changed:
        reindex_lonely(Tag.id.in_(changed), Post.id != post.id)


def reindex_lonely(
    which: sa.ColumnExpressionArgument[bool], *others_are: sa.ColumnExpressionArgument[bool]
) -> None:
    """Tells the search engine of tags that no other visible post carries: they appear or vanish with this change.

    Args:
        which: the tags in question.
        others_are: what tells the other posts from those that change.
    """
    others = (
        sa.select(PostTag.tag_id)
        .join(PostTag.post)
        .join(Post.author)
        .where(PostTag.tag_id == Tag.id, Post.deleted_at.is_(None), User.suspended_at.is_(None), *others_are)
    )
    Tag.reindex(which, ~others.exists())


def find(name: str) -> Tag | None:
    """Returns the tag of that name, or None while nobody has used it."""
    return db.session.scalar(sa.select(Tag).where(Tag.key == richtext.tag_key(name)))


def today(viewer: Any) -> list[Tag]:
    """Returns the tags that most people used within a day, among the latest posts that come to the viewer in timelines.

    People are counted, not posts: nobody makes a tag popular alone, and a suspended member counts no more.
    """
    used = policy.timeline_posts(viewer).join(PostTag, PostTag.post_id == Post.id)
    used = used.where(PostTag.created_at > now() - timedelta(days=1)).order_by(PostTag.created_at.desc())
    columns = (PostTag.tag_id, Post.author_id)
    latest = used.with_only_columns(*columns, maintain_column_froms=True).limit(RECENT).subquery()
    people, posts = sa.func.count(latest.c.author_id.distinct()), sa.func.count()
    query = sa.select(Tag).join(latest, latest.c.tag_id == Tag.id).group_by(Tag.id)
    return list(db.session.scalars(query.order_by(people.desc(), posts.desc(), Tag.id).limit(SHOWN)))
