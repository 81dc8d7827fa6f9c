"""Whom a post calls by name."""

from app import names, policy
from app.extensions import db
from app.models import Mention, Post, User

MOST_MENTIONS = 50


def store(post: Post) -> tuple[list[int], list[int]]:
    """Resolves the names in a post's text to members and stores them; a name nobody has stays text.

    Of the names that one call may mean, with an honorific or a particle behind it or without, the longest that
    somebody has is taken. A name that the post called before means the same member as then, whoever has it now.

    Returns:
        The ids of the members whom the post did not call before, and of those whom it calls no longer.
    """
    called = names.mention_candidates(post.body)[:MOST_MENTIONS]
    choices = [[names.key(name) for name in mention.names] for mention in called]
    found = _members(post.author, {key for keys in choices for key in keys}) if choices else {}
    found = _as_before(post, found) if post.mentions else found
    meant: dict[int, str] = {}
    for keys in choices:
        for key in [key for key in keys if key in found][:1]:
            meant.setdefault(found[key], key)
    kept = {mention.user_id: mention for mention in post.mentions}
    post.mentions = [kept.get(user_id) or Mention(user_id=user_id, key=key) for user_id, key in meant.items()]
    return [user_id for user_id in meant if user_id not in kept], [
        user_id for user_id in kept if user_id not in meant
    ]


def names_in(post: Post) -> dict[str, str]:
    """Returns the usernames of those whom a post calls, by the keys of the names that stand in its text.

    Somebody who has changed their name is found by the one that was written, and by the one they have now.
    """
    now = {names.key(mention.user.username): mention.user.username for mention in post.mentions}
    return now | {mention.key: mention.user.username for mention in post.mentions}


def _as_before(post: Post, found: dict[str, int]) -> dict[str, int]:
    """Returns the ids by the names' keys, with those of the members whom the post called before.

    Such a name means nobody when the author and the member are apart now, even if somebody else has it.
    """
    before = {mention.key: mention.user_id for mention in post.mentions}
    query = policy.listed_users(post.author).where(User.id.in_(before.values()))
    listed = set(db.session.scalars(query.with_only_columns(User.id)))
    others = {key: user_id for key, user_id in found.items() if key not in before}
    return others | {key: user_id for key, user_id in before.items() if user_id in listed}


def _members(author: User, keys: set[str]) -> dict[str, int]:
    query = policy.listed_users(author).where(User.username_key.in_(keys))
    rows = db.session.execute(query.with_only_columns(User.username_key, User.id)).all()
    return {row.username_key: row.id for row in rows}
