"""Following people, and the lists of who follows whom."""

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import policy
from app.events import UserFollowed, record
from app.exceptions import Forbidden
from app.extensions import db
from app.models import Follow, User
from app.models.columns import now
from app.models.keyset import Keyset, Page, Wanted
from app.models.upsert import insert_or
from app.services import notifications, users

APART = _l("You cannot follow this person.")
UNBLOCK_FIRST = _l("Unblock this person first, then you can follow them.")


def follow(follower: User, person: User) -> None:
    """Follows once, however often it is asked.

    Raises:
        Forbidden: the follower's address is not confirmed, it is the same person, or one has blocked the other.
    """
    if not policy.may_write(follower):
        raise Forbidden(_l("Confirm your e-mail address first, then you can follow people."))
    if follower.id == person.id:
        raise Forbidden(_l("You cannot follow yourself."))
    if not policy.may_follow(follower, person):
        raise Forbidden(UNBLOCK_FIRST if person.blocked else APART)
    row = {"follower_id": follower.id, "followed_id": person.id, "created_at": now()}
    added = insert_or(db.session(), Follow).values(row).on_conflict_do_nothing().returning(Follow.followed_id)
    if db.session.scalar(added):
        _count(follower, person, 1)
        _require_still_together(follower, person)
        notifications.tell_of_follow(person, follower)
        record(UserFollowed(follower.id, person.id))


def unfollow(follower: User, person: User) -> None:
    """Stops following; where nobody followed, nothing happens."""
    ours = sa.delete(Follow).where(Follow.follower_id == follower.id, Follow.followed_id == person.id)
    if db.session.execute(ours).rowcount:  # type: ignore[attr-defined]
        _count(follower, person, -1)
        notifications.untell_of_follow(person, follower)


def _require_still_together(follower: User, person: User) -> None:
    """Refuses what was overtaken by a block: both hold the two members' rows, so the later one sees the earlier one."""
    if db.session.scalar(sa.select(policy.are_apart(follower.id, person.id))):
        raise Forbidden(APART)


def followers(person: User, viewer: Any, wanted: Wanted) -> Page[User]:
    """Returns who follows a member, the latest first."""
    return _people(person, viewer, Follow.follower_id, Follow.followed_id == person.id, wanted)


def following(person: User, viewer: Any, wanted: Wanted) -> Page[User]:
    """Returns whom a member follows, the latest first."""
    return _people(person, viewer, Follow.followed_id, Follow.follower_id == person.id, wanted)


def _people(
    person: User, viewer: Any, shown: Any, where: sa.ColumnElement[bool], wanted: Wanted
) -> Page[User]:
    query = users.listed_to(viewer).join(Follow, shown == User.id).where(where).add_columns(Follow.created_at)
    if not policy.may_look_around(viewer, person):
        query = query.where(sa.false())
    page = Keyset(Follow.created_at, shown).page(query, wanted, lambda row: (row.created_at, row.User.id))
    return page.of(lambda row: row.User)


def _count(follower: User, person: User, change: int) -> None:
    """Changes both counters in the order of the ids, so that two who follow each other at once never deadlock."""
    changes = [(follower.id, User.following_count), (person.id, User.follower_count)]
    for user_id, counter in sorted(changes, key=lambda pair: pair[0]):
        users.count(user_id, counter, change)
