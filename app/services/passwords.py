"""Passwords: keeping, checking and changing them, and setting a new one after it was forgotten."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from filelock import FileLock, Timeout
from flask import current_app
from flask_babel import lazy_gettext as _l

from app import logs, text
from app import passwords as common
from app.events import PasswordChanged, PasswordForgotten, record
from app.exceptions import Invalid, Overloaded, WrongPassword
from app.extensions import db
from app.models import User
from app.models.columns import now
from app.services import codes, sessions, tokens, users
from app.transaction import reading, release

RESET = codes.RESET
RESET_LASTS = timedelta(minutes=10)
NOBODY = 0  # The id of no member: what is owed to nobody is done as fast, and does nothing.

LOCK = "passwords.lock"
"""The file that whoever hashes holds, in the data folder."""
PATIENCE = 2.0  # Seconds that a request waits for its turn to hash.

_hasher = PasswordHasher()  # Argon2id with the library's parameters, which follow RFC 9106.
# What is checked when there is no such account, so that the answer takes as long: the hash of a lost random text.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$edJtEJVsrpCl84awoIy/Pg$L1DHZOWpS3LP+BqmR0uohy7Rv54+//oqk1/DhlCNrMI"
)


@contextmanager
def _turn() -> Iterator[None]:
    """Lets one hash run at once in all threads and processes of the machine: it takes 64 MB, and up to four processors.

    Raises:
        Overloaded: others were hashing for too long.
    """
    lock = FileLock(current_app.config["DATA_DIR"] / LOCK, timeout=PATIENCE, poll_interval=0.01)
    try:
        lock.acquire()
    except Timeout:
        said = _l("Very many are signing in at this moment. Wait a few seconds and try again.")
        raise Overloaded(said, 5) from None
    except OSError:
        pass  # A folder that takes no file keeps nobody from signing in.
    try:
        yield
    finally:
        lock.release()


def keep(password: str, *own: str) -> str:
    """Returns the Argon2id hash of a password; it takes its time, so no transaction should be open.

    Args:
        password: as typed, of a length that fits.
        own: the member's names and address.

    Raises:
        Invalid: it is blank, one of those that everybody tries first, or the member's own name or address.
        Overloaded: too many passwords are hashed at this moment.
    """
    require_fitting(password, *own)
    with _turn():
        return _hasher.hash(common.normal(password))


def require_fitting(password: str, *own: str) -> None:
    """Refuses a password that is easy to guess; the arguments and errors are those of ``keep``."""
    if text.is_blank(password):
        raise Invalid("password", _l("A password needs something that can be seen. Choose another one."))
    if common.is_common(password):
        raise Invalid(
            "password", _l("This password is among the first that anybody would try. Choose another one.")
        )
    if is_one_of(password, own):
        raise Invalid("password", _l("Your name or address is no password. Choose another one."))


def is_one_of(password: str, own: Iterable[str]) -> bool:
    """Whether a password is one of a member's names, their address, or what stands before its @, however spelt."""
    parts = {part for name in own for part in (name, name.rpartition("@")[0]) if part}
    spelt = (text.fold(users.sign_in_key(part)) for part in (password, *parts))
    return next(spelt) in set(spelt)


def match(password_hash: str | None, password: str) -> str | None:
    """Returns the form of the password that was hashed, or None when it is another password.

    It takes as long when there is nothing to compare with: as many hashes as ``common.forms`` has forms.

    Raises:
        Overloaded: too many passwords are hashed at this moment.
    """
    kept, forms = password_hash or NOBODYS_HASH, common.forms(password)
    if len(password) > common.TYPED:
        kept, forms = NOBODYS_HASH, ("",)
    with _turn():
        found = next((form for form in forms if _is_hash_of(kept, form)), None)
    return found if password_hash else None


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one that was kept; see ``match``."""
    return match(password_hash, password) is not None


def renewed(password_hash: str, form: str) -> str | None:
    """Returns a new hash when the kept one has weaker parameters than today's, or is of another form; else None.

    Args:
        password_hash: what is kept.
        form: what ``match`` has returned.
    """
    normal = common.normal(form)
    if form == normal and not _hasher.check_needs_rehash(password_hash):
        return None
    with _turn():
        return _hasher.hash(normal)


def require(user: User, password: str, field: str = "password") -> None:
    """Lets only the member go on who knows the password.

    Raises:
        WrongPassword: it is another one.
        Overloaded: too many passwords are hashed at this moment.
    """
    kept = user.password_hash
    release()
    is_right = matches(kept, password)
    if is_right:
        users.hold(user)
    if not is_right or user.password_hash != kept:
        logs.security("password_refused", user.id)
        raise WrongPassword(field, _l("This is not your current password."))


def change(
    user: User, current: str, new: str, *, session_id: int | None = None, token_id: int | None = None
) -> None:
    """Sets a new password and ends every session, token and mailed secret but what asks.

    Args:
        user: the member.
        current: the password so far, as typed.
        new: the one to come.
        session_id: the session that goes on, where a browser asks.
        token_id: the token that goes on, where a program asks.

    Raises:
        WrongPassword: the current password is another one.
        Invalid: the new one is too common.
        Overloaded: too many passwords are hashed at this moment.
    """
    own = names_of(user)
    release()
    password_hash = keep(new, *own)  # Before the row is locked.
    require(user, current, "current")
    _set(user, password_hash, session_id, token_id)


def _set(user: User, password_hash: str, session_id: int | None = None, token_id: int | None = None) -> None:
    """Sets the password of a member whose row is locked, and voids all that the old one has opened or begun."""
    user.password_hash = password_hash
    user.pending_email = None
    sessions.end_all(user.id, but=session_id)
    tokens.end_all(user.id, but=token_id)
    codes.void(user.id, RESET, codes.CHANGE_EMAIL)
    record(PasswordChanged(user.id))
    logs.security("password_changed", user.id)


def names_of(user: User) -> tuple[str, ...]:
    """Returns what a member's password may not be."""
    return user.username, user.display_name, user.email


def forgot(address: str) -> None:
    """Lets a confirmed member be mailed a link; does the same work when nobody has this address."""
    owner = users.owner_of(address)
    record(PasswordForgotten(owner.id if owner and owner.is_active else NOBODY))
    logs.security("reset_requested", owner.id if owner else None)


def reset_token(user: User) -> str:
    """Returns a signed token that sets a new password once, within ten minutes, and replaces an earlier one."""
    token_id = secrets.token_urlsafe(32)
    codes.keep(user, RESET, user.email, token_id, RESET_LASTS)
    claims = {"sub": str(user.id), "aud": RESET, "jti": token_id, "exp": now() + RESET_LASTS}
    return jwt.encode(claims, current_app.config["SECRET_KEY"], algorithm="HS256")


def reset(token: str, new: str) -> User:
    """Sets a new password by a mailed token, and ends every session and token of the member.

    Raises:
        Invalid: the token is spent, expired or not ours (field ``token``), or the password is too common.
    """
    claims = _claims(token)
    with reading():
        member = db.session.get(User, int(claims["sub"]))
        own = names_of(member) if member else ()
    password_hash = keep(new, *own)
    user = db.session.get(User, int(claims["sub"]))
    address = codes.spend(user, RESET, claims["jti"]) if user and user.is_active else None
    if user is not None and address is not None:
        users.hold(user)
        if user.is_active and user.is_confirmed and users.email_key(address) == user.email_key:
            _set(user, password_hash)
            return user
    raise Invalid("token", _l("This link was used already or is too old. Ask for a new one."))


def may_reset(token: str) -> bool:
    """Whether the token is ours, in time, and neither used nor replaced by a newer one."""
    try:
        claims = _claims(token)
    except Invalid:
        return False
    return codes.is_waiting(int(claims["sub"]), RESET, claims["jti"])


def _is_hash_of(password_hash: str, form: str) -> bool:
    try:
        return _hasher.verify(password_hash, form)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _claims(token: str) -> dict[str, Any]:
    try:
        return jwt.decode(token, current_app.config["SECRET_KEY"], algorithms=["HS256"], audience=RESET)
    except jwt.InvalidTokenError:
        raise Invalid("token", _l("This link was used already or is too old. Ask for a new one.")) from None
