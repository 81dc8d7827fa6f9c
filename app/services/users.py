"""People: finding them, their profiles, and who to follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Self

import sqlalchemy as sa
import sqlalchemy.orm as so
from flask_babel import lazy_gettext as _l

from app import mailboxes, names, policy
from app.exceptions import NotFound, Renamed
from app.extensions import db
from app.models import Block, Follow, Mute, User
from app.models.columns import LAST_ID
from app.models.keyset import Keyset, Page, Wanted
from app.models.upsert import update_each
from app.text import bare

SUGGESTED = 3
NAME, PLACE, ABOUT_ME = (30, 150), (30, 150), (140, 1400)
"""How long the texts of a profile may be: in characters as a person counts them, and in code points."""
LINK = 200
NO_ADDRESS = _l("Write a whole web address, such as https://example.org.")
NEWEST_FIRST = Keyset(User.created_at, User.id)
# A query of follows would take the table itself for its own. These are the bare tables, made once: what asks for five
# bonds by the models is made and read anew for every page, which takes longer than the database does.
_FOLLOW, _BLOCK, _MUTE = (model.__table__.alias().c for model in (Follow, Block, Mute))
_PERSON = User.__table__.c


@dataclass(frozen=True)
class Profile:
    """What a member tells about themselves; every text is clean and fits (``app.text``).

    Attributes:
        display_name: what others read instead of the username; may be empty.
        about_me: a few words.
        location: where they are, in their own words.
        link: an http or https address, or empty.
    """

    display_name: str
    about_me: str
    location: str
    link: str

    @classmethod
    def of(cls, user: User) -> Self:
        """Returns what a member tells now."""
        return cls(user.display_name, user.about_me, user.location, user.link)


def shown_to(viewer: Any) -> sa.Select[User]:
    """Returns the query of people the viewer may see, knowing who follows whom between the two."""
    return policy.visible_users(viewer).options(*bonds_with(viewer))


def bonds_with(viewer: Any) -> list[Any]:
    """Returns what a shown person needs besides the row: who of the two follows, blocks and mutes the other, and
    whether the viewer may write to them privately.
    """
    if not policy.is_member(viewer):
        return []
    followed = sa.exists().where(_FOLLOW.follower_id == viewer.id, _FOLLOW.followed_id == _PERSON.id)
    follows = sa.exists().where(_FOLLOW.follower_id == _PERSON.id, _FOLLOW.followed_id == viewer.id)
    return [
        so.with_expression(User.followed, followed),
        so.with_expression(User.follows_viewer, follows),
        so.with_expression(User.reachable, policy.is_reachable(viewer)),
        *mute_by(viewer),
        *blocks_with(viewer),
        *_hidden_bonds(viewer),
    ]


def _hidden_bonds(viewer: User) -> list[Any]:
    """Returns what tells how many of a person's followers, and of those they follow, are apart from the viewer."""
    apart, number = policy.counted_apart(viewer), sa.select(sa.func.count())
    followers = number.where(_FOLLOW.followed_id == _PERSON.id, _FOLLOW.follower_id.in_(apart))
    following = number.where(_FOLLOW.follower_id == _PERSON.id, _FOLLOW.followed_id.in_(apart))
    return [
        so.with_expression(User.hidden_followers, followers.scalar_subquery()),
        so.with_expression(User.hidden_following, following.scalar_subquery()),
    ]


def blocks_with(viewer: Any) -> list[Any]:
    """Returns what tells whether a fetched person and the viewer are apart."""
    if not policy.is_member(viewer):
        return []
    blocked = sa.exists().where(_BLOCK.blocker_id == viewer.id, _BLOCK.blocked_id == _PERSON.id)
    blocks = sa.exists().where(_BLOCK.blocker_id == _PERSON.id, _BLOCK.blocked_id == viewer.id)
    return [so.with_expression(User.blocked, blocked), so.with_expression(User.blocks_viewer, blocks)]


def mute_by(viewer: Any) -> list[Any]:
    """Returns what tells whether the viewer mutes a fetched person."""
    if not policy.is_member(viewer):
        return []
    muted = sa.exists().where(_MUTE.muter_id == viewer.id, _MUTE.muted_id == _PERSON.id)
    return [so.with_expression(User.muted, muted)]


def find(username: str, viewer: Any) -> User:
    """Returns the member of that name as this viewer may see them.

    Raises:
        NotFound: there is nobody of that name whom the viewer may see.
    """
    query = shown_to(viewer).where(User.username_key == names.key(username))
    person: User | None = db.session.scalar(query.execution_options(populate_existing=True))
    if person is None:
        raise NotFound
    return person


def find_by_id_or_name(who: str, viewer: Any) -> User:
    """Returns the member of that id, or of that username, as this viewer may see them.

    A username may be all digits; then it is the id that counts.

    Raises:
        NotFound: there is nobody whom the viewer may see.
    """
    if not (who.isascii() and who.isdigit()):
        return find(who, viewer)
    query = shown_to(viewer).where(User.id == min(int(who[:20]), LAST_ID))
    person: User | None = db.session.scalar(query.execution_options(populate_existing=True))
    if person is None:
        raise NotFound
    return person


def find_meant(username: str, person_id: int | None, viewer: Any) -> User:
    """Returns the member whom a form acts on, as this viewer may see them.

    Args:
        username: the username in the form's address, which may have changed hands since the page was rendered.
        person_id: the id that the page put into the form; None where the form has none.
        viewer: who sends the form.

    Raises:
        NotFound: there is nobody whom the viewer may see.
        Renamed: the member with this id has another username now.
    """
    if person_id is None:
        return find(username, viewer)
    person = find_by_id_or_name(str(person_id), viewer)
    require_name(person, username)
    return person


def require_name(person: User, username: str) -> None:
    """Compares a member's username with the one that a form names.

    Raises:
        Renamed: it is another one.
    """
    if person.username_key != names.key(username):
        raise Renamed(person.name, person.username)


def listed_to(viewer: Any) -> sa.Select[User]:
    """Returns the query of people whom lists show to the viewer, like ``shown_to``."""
    return policy.listed_users(viewer).options(*bonds_with(viewer))


def listed(viewer: Any, wanted: Wanted) -> Page[User]:
    """Returns the members, the newest first.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    return NEWEST_FIRST.page(listed_to(viewer), wanted, lambda person: (person.created_at, person.id))


def apart_from(viewer: Any) -> list[int]:
    """Returns the ids of those who are apart from the viewer: one of the two has blocked the other."""
    if not policy.is_member(viewer):
        return []
    return list(db.session.scalars(policy.apart_from(viewer)))


def suggestions(viewer: Any) -> list[User]:
    """Returns a few people whom many follow and the viewer does not follow yet."""
    query = policy.suggested_users(viewer)
    if policy.is_member(viewer):
        known = sa.select(Follow.followed_id).where(Follow.follower_id == viewer.id)
        query = query.where(User.id != viewer.id, User.id.not_in(known))
    return list(
        db.session.scalars(query.order_by(User.follower_count.desc(), User.id.desc()).limit(SUGGESTED))
    )


def hold(user: User) -> None:
    """Lets nobody else change a member until the transaction ends, and looks at the row as it is now."""
    db.session.refresh(user, with_for_update=True)


def edit_profile(user: User, profile: Profile) -> None:
    """Changes what others see of a member; a name and a place stand in one line, in letters' subjects as well."""
    user.display_name, user.location = (
        " ".join(text.split()) for text in (profile.display_name, profile.location)
    )
    user.about_me, user.link = profile.about_me, profile.link


def choose_display(user: User, locale: str | None, timezone: str | None) -> None:
    """Keeps the language and the time zone a member reads in; None means as the browser says."""
    user.locale, user.timezone = locale, timezone


def hold_two(one: User, other: User) -> None:
    """Lets nobody else change either of two members until the transaction ends, in the order of their ids, as counters
    are changed: so two who mean each other at once never deadlock.
    """
    rows = sa.select(User.id).where(User.id.in_([one.id, other.id])).order_by(User.id)
    db.session.execute(rows.with_for_update(key_share=True))


def count(user_id: int, counter: Any, change: int) -> None:
    """Changes one of a member's kept counters, in the database's own arithmetic."""
    statement = sa.update(User).where(User.id == user_id).values({counter: counter + change})
    db.session.execute(statement.execution_options(synchronize_session=False))
    kept = db.session.identity_map.get(db.session.identity_key(User, user_id))
    if kept is not None:
        db.session.expire(kept, [counter.key])


def email_key(address: str) -> str:
    """Returns what all spellings of one mailbox have in common; see ``mailboxes.key``."""
    return mailboxes.key(address)


def owner_of(address: str) -> User | None:
    """Returns the member who has proved that this address is theirs, whoever asks."""
    return db.session.scalar(
        sa.select(User).where(User.email_key == email_key(address), User.confirmed_at.is_not(None))
    )


def sign_in_key(typed: str) -> str:
    """Returns what all spellings of one account's name, or of one address, have in common.

    It is what limits count. It is computed of any text, in time linear in its length, and has a bounded length.
    """
    name = _signed_in_as(typed)
    return email_key(name) if mailboxes.is_meant(name) else names.key(name)


def by_name_or_address(typed: str) -> User | None:
    """Returns whom a sign-in form means: a username, with or without an @ before it, or a confirmed address.

    An unconfirmed account is reached by its username only; otherwise signing up and then signing in with somebody's
    address would tell whether they are a member.
    """
    name = _signed_in_as(typed)
    if mailboxes.is_meant(name):
        return owner_of(name)
    return db.session.scalar(sa.select(User).where(User.username_key == names.key(name)))


def _signed_in_as(typed: str) -> str:
    """Returns the name or address without what surrounds it; of what is too long for both the beginning."""
    return names.normal(bare(typed[: mailboxes.TYPED]))


def note_seen(seen: Iterable[tuple[int, datetime]]) -> None:
    """Writes down when members were here, in the order of their ids, as counters are changed.

    Args:
        seen: ids of members and moments; one member may come several times.
    """
    latest: dict[int, datetime] = {}
    for user_id, moment in sorted(seen, key=itemgetter(1)):
        latest[user_id] = moment
    update_each(db.session(), User, [{"id": id, "last_seen_at": latest[id]} for id in sorted(latest)])
