"""Signing in and out: which browsers act for which member."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so
from flask_babel import lazy_gettext as _l

from app import logs
from app.events import UserSeen, record
from app.exceptions import NotFound, WrongPassword
from app.extensions import db
from app.models import LoginSession, User
from app.models.columns import now
from app.models.keyset import Keyset, Page, Wanted
from app.models.upsert import update_each
from app.services import codes, passwords, users
from app.services.notifications import badges
from app.transaction import reading

NEWEST_FIRST = Keyset(LoginSession.created_at, LoginSession.id)
MOST_SESSIONS = 10
LASTS = timedelta(days=1)  # Since the browser was last seen, unless it is remembered.
REMEMBERED_LASTS = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Browser:
    """What a browser says of itself.

    Attributes:
        user_agent: its User-Agent header.
        address: the network address it comes from.
        secret: the secret of the session that it has already, or None.
    """

    user_agent: str
    address: str
    secret: str | None = None


def sign_in(name: str, password: str, remember: bool, browser: Browser) -> str:
    """Checks a password and returns the secret for the browser's cookie; the session that it had before ends.

    Args:
        name: a username or a confirmed e-mail address.
        password: as typed.
        remember: whether the session outlives the browser.
        browser: who asks.

    Raises:
        WrongPassword: no such account, another password, or a suspended member; all three read the same.
    """
    return open_for(recognise(name, password), remember, browser)


def meant(name: str) -> str:
    """Returns the key of the account that a sign-in form means, for limits: the same for all spellings of its name and
    for its address; where there is no such account, the normal form of what was typed.
    """
    with reading():
        user = users.by_name_or_address(name)
        # Outside of the block the row would be loaded again, in a transaction that stays open during the hash.
        return key_of(user) if user else f"nobody:{users.sign_in_key(name)}"


def key_of(user: User) -> str:
    """Returns the key of a member's account, for limits."""
    return f"member:{user.id}"


def recognise(name: str, password: str) -> User:
    """Returns the member who knows this password; the arguments and errors are those of ``sign_in``."""
    with reading():
        user = users.by_name_or_address(name)
        user_id, kept = (user.id, user.password_hash) if user and user.is_active else (None, None)
    form = passwords.match(kept, password)
    if form is None or kept is None:
        raise _unknown(user_id)
    renewed = passwords.renewed(kept, form)
    user = db.session.get_one(User, user_id)
    # Who changes the password locks the row as well, so no session begins with the old one after that.
    users.hold(user)
    if user.password_hash != kept or not user.is_active:
        raise _unknown(user_id)
    if renewed:
        user.password_hash = renewed
    return user


def _unknown(user_id: int | None) -> WrongPassword:
    logs.security("sign_in_failed", user_id)
    return WrongPassword("name", _l("The name or the password is not right. Check both and try again."))


def open_for(user: User, remember: bool, browser: Browser) -> str:
    """Begins a session in place of the browser's last one, and returns the secret for the cookie.

    Beyond ten, the ones unused longest end.
    """
    if browser.secret:
        sign_out(browser.secret)
    secret = secrets.token_urlsafe(32)
    db.session.add(
        LoginSession(
            user_id=user.id,
            token_hash=_hash(secret),
            expires_at=now() + (REMEMBERED_LASTS if remember else LASTS),
            is_remembered=remember,
            user_agent=browser.user_agent[:300],
            address=browser.address[:45],
        )
    )
    db.session.flush()
    logs.security("signed_in", user.id)
    kept = sa.select(LoginSession.id).where(LoginSession.user_id == user.id)
    kept = kept.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc()).limit(MOST_SESSIONS)
    _end(LoginSession.user_id == user.id, LoginSession.id.not_in(kept.scalar_subquery()))
    return secret


def find(secret: str) -> LoginSession | None:
    """Returns the session that a cookie stands for, with its member and what is new to them, in one statement."""
    return db.session.scalar(_found(), {"token_hash": _hash(secret), "moment": now()})


def alive(ids: Collection[int]) -> set[int]:
    """Returns those of some sessions that still let somebody in, in one statement."""
    query = (
        sa.select(LoginSession.id).join(LoginSession.user).where(LoginSession.id.in_(ids), *_is_alive(now()))
    )
    with reading():
        return set(db.session.scalars(query))


def _is_alive(moment: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (LoginSession.expires_at > moment, User.suspended_at.is_(None))


@cache
def _found() -> sa.Select[LoginSession]:
    """Returns the query of a session by its cookie; every page asks it, so it is put together once."""
    member = so.contains_eager(LoginSession.user).options(
        so.with_expression(User.unread_notifications, badges.unread_notifications(User.id)),
        so.with_expression(User.unread_messages, badges.unread_messages(User.id)),
    )
    query = sa.select(LoginSession).join(LoginSession.user).options(member)
    return query.where(
        LoginSession.token_hash == sa.bindparam("token_hash"), *_is_alive(sa.bindparam("moment"))
    )


def see(session: LoginSession) -> None:
    """Tells that a session is in use, at most once a minute; a task writes it down."""
    if session.seen_at < now() - SEEN_EVERY:
        record(UserSeen(session.id))


def note_seen(seen: Mapping[int, datetime]) -> None:
    """Writes down when sessions were in use: their members were here, and they last on from then.

    Args:
        seen: the moment for each session's id; one that has ended is left out.
    """
    query = sa.select(LoginSession.id, LoginSession.user_id, LoginSession.is_remembered)
    rows = db.session.execute(query.where(LoginSession.id.in_(seen))).all()
    sessions = [
        {"id": id, "seen_at": seen[id], "expires_at": seen[id] + (REMEMBERED_LASTS if remembered else LASTS)}
        for id, _, remembered in rows
    ]
    users.note_seen((user_id, seen[id]) for id, user_id, _ in rows)
    update_each(db.session(), LoginSession, sessions)


def listed(user: User) -> list[LoginSession]:
    """Returns a member's sessions, the latest used first."""
    query = sa.select(LoginSession).where(LoginSession.user_id == user.id, LoginSession.expires_at > now())
    return list(db.session.scalars(query.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())))


def page(user: User, wanted: Wanted) -> Page[LoginSession]:
    """Returns a page of a member's sessions, the latest sign-in first."""
    query = sa.select(LoginSession).where(LoginSession.user_id == user.id, LoginSession.expires_at > now())
    return NEWEST_FIRST.page(query, wanted, lambda session: (session.created_at, session.id))


def find_own(user: User, session_id: int) -> LoginSession:
    """Returns one of a member's sessions.

    Raises:
        NotFound: the member has no such session, or it has ended.
    """
    query = sa.select(LoginSession).where(LoginSession.id == session_id, LoginSession.user_id == user.id)
    session = db.session.scalar(query.where(LoginSession.expires_at > now()))
    if session is None:
        raise NotFound
    return session


def end(user: User, session_id: int) -> None:
    """Ends one of a member's sessions; where there is none, nothing happens."""
    _end(LoginSession.user_id == user.id, LoginSession.id == session_id)
    logs.security("session_ended", user.id)


def end_others(user: User, session_id: int | None = None) -> None:
    """Ends all sessions of a member, or all but one, and what may have been begun in them by mail."""
    end_all(user.id, but=session_id)
    codes.void(user.id, codes.CHANGE_EMAIL, codes.RESET)
    logs.security("other_sessions_ended", user.id)


def end_all(user_id: int, but: int | None = None) -> None:
    """Ends all sessions of a member, or all but one."""
    _end(LoginSession.user_id == user_id, *([LoginSession.id != but] if but is not None else []))


def tidy() -> None:
    """Removes the sessions that have expired."""
    _end(LoginSession.expires_at < now())


def _end(*where: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(LoginSession).where(*where).execution_options(synchronize_session=False))


def _hash(secret: str) -> str:
    """The secret has 256 random bits, so a plain hash of it tells nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def sign_out(secret: str) -> None:
    """Ends the session that a cookie stands for; where there is none, nothing happens."""
    ended = sa.delete(LoginSession).where(LoginSession.token_hash == _hash(secret))
    user_id = db.session.scalar(
        ended.returning(LoginSession.user_id).execution_options(synchronize_session=False)
    )
    if user_id is not None:
        logs.security("signed_out", user_id)
