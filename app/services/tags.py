"""Hashtags: storing a post's, finding one, and those much used today."""

from datetime import timedelta

import sqlalchemy as sa

from app import richtext
from app.extensions import db
from app.models import Post, PostTag, Tag
from app.models.columns import now
from app.models.mixins import note_changed
from app.models.upsert import insert_or

MOST_TAGS = 30
SHOWN = 6
RECENT = 2000


def store(post: Post) -> None:
    """Stores which tags a post's text carries."""
    named = {richtext.tag_key(name): name for name in reversed(richtext.hashtags(post.body)[:MOST_TAGS])}
    ids = _ids(named)
    kept = {row.tag_id: row for row in post.tags}
    post.tags = [kept.get(id) or PostTag(tag_id=id, created_at=post.created_at) for id in ids]


def find(name: str) -> Tag | None:
    """Returns the tag of that name, or None while nobody has used it."""
    return db.session.scalar(sa.select(Tag).where(Tag.key == richtext.tag_key(name)))


def today() -> list[Tag]:
    """Returns the tags most used within a day, counted over the latest uses."""
    latest = (
        sa.select(PostTag.tag_id)
        .where(PostTag.created_at > now() - timedelta(days=1))
        .order_by(PostTag.created_at.desc())
        .limit(RECENT)
        .subquery()
    )
    query = sa.select(Tag).join(latest, latest.c.tag_id == Tag.id).group_by(Tag.id)
    return list(db.session.scalars(query.order_by(sa.func.count().desc(), Tag.id).limit(SHOWN)))


def _ids(named: dict[str, str]) -> list[int]:
    """Returns the ids of tags by their keys, making those that are new; two writers may make one at once."""
    if not named:
        return []
    rows = [
        {"key": key, "name": name, "created_at": now(), "revision": 1} for key, name in sorted(named.items())
    ]
    db.session.execute(insert_or(db.session(), Tag).values(rows).on_conflict_do_nothing())
    found = db.session.execute(sa.select(Tag.id, Tag.key, Tag.revision).where(Tag.key.in_(named))).all()
    moment = now()
    note_changed(
        db.session(),
        [
            {"index_name": "tag", "row_id": row.id, "revision": row.revision, "changed_at": moment}
            for row in found
        ],
    )
    return [row.id for row in found]
