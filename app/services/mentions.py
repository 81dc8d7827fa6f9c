"""Whom a post calls by name."""

from app import names, policy
from app.extensions import db
from app.models import Mention, Post, User

MOST_MENTIONS = 50


def store(post: Post) -> list[int]:
    """Resolves the names in a post's text to members and stores them; a name nobody has stays text.

    Of the names that one call may mean, with an honorific or a particle behind it or without, the longest that
    somebody has is taken.

    Returns:
        The ids of the members whom the post did not call before.
    """
    called = names.mention_candidates(post.body)[:MOST_MENTIONS]
    choices = [[names.key(name) for name in mention.names] for mention in called]
    found = _members(post.author, {key for keys in choices for key in keys}) if choices else {}
    meant: dict[int, str] = {}
    for keys in choices:
        for key in [key for key in keys if key in found][:1]:
            meant.setdefault(found[key], key)
    kept = {mention.user_id: mention for mention in post.mentions}
    post.mentions = [kept.get(user_id) or Mention(user_id=user_id, key=key) for user_id, key in meant.items()]
    return [user_id for user_id in meant if user_id not in kept]


def _members(author: User, keys: set[str]) -> dict[str, int]:
    query = policy.listed_users(author).where(User.username_key.in_(keys))
    rows = db.session.execute(query.with_only_columns(User.username_key, User.id)).all()
    return {row.username_key: row.id for row in rows}
