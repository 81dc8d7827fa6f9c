"""Who a member is, and the people they have to do with."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from app import policy
from app.archive import Contact, Profile
from app.models import Block, Follow, Mute, User
from app.services.exports.pieces import member, pieces
from app.services.notifications import choices
from app.transaction import reading

TOLD = (
    "id", "username", "display_name", "email", "about_me", "location", "link", "created_at", "confirmed_at",
    "last_seen_at", "post_count", "follower_count", "following_count",
)  # fmt: skip


def profile(user_id: int) -> Profile:
    """Returns what others see of a member, and what they have set.

    Raises:
        NotFound: they are no more.
    """
    with reading():
        person = member(user_id)
        told = {
            kind: {"on_site": choice.on_site, "by_mail": choice.by_mail}
            for kind, choice in choices.chosen(person).items()
        }
        return Profile(
            username=person.username,
            name=person.name,
            about_me=person.about_me,
            facts={name: getattr(person, name) for name in TOLD},
            settings={"language": person.locale, "time_zone": person.timezone, "notifications": told},
        )


def following(user_id: int) -> Iterator[list[Contact]]:
    """Yields whom a member follows, the latest first."""
    return _contacts(user_id, Follow, Follow.followed_id, Follow.follower_id == user_id, policy.visible_users)


def followers(user_id: int) -> Iterator[list[Contact]]:
    """Yields who follows a member, the latest first."""
    return _contacts(user_id, Follow, Follow.follower_id, Follow.followed_id == user_id, policy.visible_users)


def muted(user_id: int) -> Iterator[list[Contact]]:
    """Yields whom a member has muted, the latest first."""
    return _contacts(user_id, Mute, Mute.muted_id, Mute.muter_id == user_id, _everybody)


def blocked(user_id: int) -> Iterator[list[Contact]]:
    """Yields whom a member has blocked, the latest first."""
    return _contacts(user_id, Block, Block.blocked_id, Block.blocker_id == user_id, _everybody)


def _everybody(_viewer: User) -> sa.Select[User]:
    """Returns the query of all people: a member knows whom they have muted or blocked, whatever became of them."""
    return sa.select(User)


def _contacts(
    user_id: int,
    bond: Any,
    end: Any,
    mine: sa.ColumnElement[bool],
    seen: Callable[[User], sa.Select[User]],
) -> Iterator[list[Contact]]:
    """Yields the people at the other ends of a member's bonds.

    Args:
        user_id: whose bonds.
        bond: the model.
        end: its column that names the other one.
        mine: what makes a bond theirs.
        seen: the people whom they may see there.
    """
    with reading():
        query = seen(member(user_id)).join(bond, end == User.id).where(mine)

    def make(rows: Sequence[Any]) -> list[Contact]:
        return [Contact(row.User.username, row.User.name, row.key_0) for row in rows]

    yield from pieces(query, (bond.created_at, end), make)
