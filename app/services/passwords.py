"""Passwords: keeping, checking and changing them, and setting a new one after it was forgotten."""

import secrets
from datetime import timedelta
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app
from flask_babel import lazy_gettext as _l

from app import passwords as common
from app.events import PasswordChanged, PasswordForgotten, record
from app.exceptions import Invalid
from app.extensions import db
from app.models import User
from app.models.columns import now
from app.services import codes, sessions, tokens, users
from app.transaction import release

LENGTH = (8, 128)
"""How many characters a password has; a sentence of 128 is hashed whole."""
UNFITTING = _l("Use 8 to 128 characters. A short sentence is fine.")
RESET = "reset"
RESET_LASTS = timedelta(minutes=10)
NOBODY = 0  # The id of no member: what is owed to nobody is done as fast, and does nothing.

_hasher = PasswordHasher()  # Argon2id with the library's parameters, which follow RFC 9106.
# What is checked when there is no such account, so that the answer takes as long: the hash of a lost random text.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$edJtEJVsrpCl84awoIy/Pg$L1DHZOWpS3LP+BqmR0uohy7Rv54+//oqk1/DhlCNrMI"
)


def keep(password: str) -> str:
    """Returns the Argon2id hash of a password; it takes its time, so no transaction should be open.

    Raises:
        Invalid: it is one of the passwords that everybody tries first.
    """
    if common.is_common(password):
        raise Invalid(
            "password", _l("This password is among the first that anybody would try. Choose another one.")
        )
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one that was kept; takes as long when there is nothing to compare with."""
    try:
        return _hasher.verify(password_hash or NOBODYS_HASH, password) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def renewed(password_hash: str, password: str) -> str | None:
    """Returns a new hash when the kept one was made with weaker parameters than today's, else None."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(password_hash) else None


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
    user.password_hash = keep(new)
    sessions.end_all(user.id, but=session_id)
    tokens.end_all(user.id)
    record(PasswordChanged(user.id))


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
    password_hash = keep(new)
    user = db.session.get(User, int(claims["sub"]))
    if user is None or not user.is_active or not codes.spend(user, RESET, claims["jti"]):
        raise Invalid("token", _l("This link was used already or is too old. Ask for a new one."))
    user.password_hash = password_hash
    sessions.end_all(user.id)
    tokens.end_all(user.id)
    record(PasswordChanged(user.id))
    return user


def may_reset(token: str) -> bool:
    """Whether the token is ours and in time; whether it was used is found out when it is."""
    try:
        return bool(_claims(token))
    except Invalid:
        return False


def _claims(token: str) -> dict[str, Any]:
    try:
        return jwt.decode(token, current_app.config["SECRET_KEY"], algorithms=["HS256"], audience=RESET)
    except jwt.InvalidTokenError:
        raise Invalid("token", _l("This link was used already or is too old. Ask for a new one.")) from None
