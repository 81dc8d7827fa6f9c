"""Passwords: keeping, checking and changing them, and setting a new one after it was forgotten."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app
from flask_babel import lazy_gettext as _l

from app import passwords as common
from app import text
from app.events import PasswordChanged, PasswordForgotten, record
from app.exceptions import Invalid
from app.extensions import db
from app.models import User
from app.models.columns import now
from app.services import codes, sessions, tokens, users
from app.transaction import reading, release

RESET = "reset"
RESET_LASTS = timedelta(minutes=10)
NOBODY = 0  # The id of no member: what is owed to nobody is done as fast, and does nothing.

_hasher = PasswordHasher()  # Argon2id with the library's parameters, which follow RFC 9106.
# What is checked when there is no such account, so that the answer takes as long: the hash of a lost random text.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$edJtEJVsrpCl84awoIy/Pg$L1DHZOWpS3LP+BqmR0uohy7Rv54+//oqk1/DhlCNrMI"
)


def keep(password: str, *own: str) -> str:
    """Returns the Argon2id hash of a password; it takes its time, so no transaction should be open.

    Args:
        password: as typed, of a length that fits.
        own: the member's names and address.

    Raises:
        Invalid: it is blank, one of those that everybody tries first, or the member's own name or address.
    """
    require_fitting(password, *own)
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
    """
    kept, forms = password_hash or NOBODYS_HASH, common.forms(password)
    if len(password) > common.TYPED:
        kept, forms = NOBODYS_HASH, ("",)
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
    is_old = form != normal or _hasher.check_needs_rehash(password_hash)
    return _hasher.hash(normal) if is_old else None


def require(user: User, password: str, field: str = "password") -> None:
    """Lets only the member go on who knows the password.

    Raises:
        Invalid: it is another one.
    """
    kept = user.password_hash
    release()
    if not matches(kept, password):
        raise Invalid(field, _l("This is not your current password."))


def change(user: User, current: str, new: str, session_id: int) -> None:
    """Sets a new password and ends every token, and every session but the one that asks.

    Raises:
        Invalid: the current password is another one, or the new one is too common.
    """
    require(user, current, "current")
    user.password_hash = keep(new, *names_of(user))
    sessions.end_all(user.id, but=session_id)
    tokens.end_all(user.id)
    record(PasswordChanged(user.id))


def names_of(user: User) -> tuple[str, ...]:
    """Returns what a member's password may not be."""
    return user.username, user.display_name, user.email


def forgot(address: str) -> None:
    """Lets a confirmed member be mailed a link; does the same work when nobody has this address."""
    owner = users.owner_of(address)
    record(PasswordForgotten(owner.id if owner and owner.is_active else NOBODY))


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
    if user is None or not user.is_active or not codes.spend(user, RESET, claims["jti"]):
        raise Invalid("token", _l("This link was used already or is too old. Ask for a new one."))
    user.password_hash = password_hash
    sessions.end_all(user.id)
    tokens.end_all(user.id)
    record(PasswordChanged(user.id))
    return user


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
