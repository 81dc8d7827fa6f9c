"""Access tokens: what programs may do in a member's name, for how long, and ending it.

A token is a JSON Web Token (RFC 7519), signed so that a made-up one costs no query, and a row, so that it can be ended
at once. Only the hash of its id (``jti``) is kept.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import current_app

from app import logs
from app.events import TokenUsed, record
from app.exceptions import NotFound
from app.extensions import db
from app.models import AccessToken, User
from app.models.columns import now
from app.models.keyset import Keyset, Page, Wanted
from app.models.upsert import update_each
from app.services import users

AUDIENCE = "hanmadi-api"
ALGORITHM = "HS256"
READ, WRITE, MESSAGES, ACCOUNT = "read", "write", "messages", "account"
SCOPES = (READ, WRITE, MESSAGES, ACCOUNT)
"""What a token may allow: reading everything, changing everything but what signs the member in, private messages
alone, the account alone. ``write`` includes ``read``."""
MOST_TOKENS = 50
NAME = (60, 300)
"""The most characters of a name, and the most code points."""
NOTED_EVERY = timedelta(minutes=1)
NEWEST_FIRST = Keyset(AccessToken.created_at, AccessToken.id)


def issue(user: User, name: str, wished: Collection[str], lasts: timedelta) -> tuple[str, AccessToken]:
    """Makes a token; beyond fifty of a member, the ones unused longest end.

    Args:
        user: in whose name it will act.
        name: what the member calls the program, clean and fitting.
        wished: the scopes.
        lasts: from now on.

    Returns:
        The token, which is told this once, and its row.
    """
    token_id = secrets.token_urlsafe(32)
    begins = now()
    granted = {*wished, READ} if WRITE in wished else {*wished}
    row = AccessToken(
        user_id=user.id,
        token_hash=_hash(token_id),
        name=name,
        can_write=WRITE in granted,
        scope=" ".join(scope for scope in SCOPES if scope in granted),
        created_at=begins,
        expires_at=begins + lasts,
    )
    db.session.add(row)
    db.session.flush()
    latest = sa.select(AccessToken.id).where(AccessToken.user_id == user.id)
    used = sa.func.coalesce(AccessToken.used_at, AccessToken.created_at)
    kept = latest.order_by(used.desc(), AccessToken.id.desc()).limit(MOST_TOKENS)
    _end(AccessToken.user_id == user.id, AccessToken.id.not_in(kept.scalar_subquery()))
    claims = {
        "sub": str(user.id),
        "aud": AUDIENCE,
        "jti": token_id,
        "iat": begins,
        "exp": row.expires_at,
        "scope": " ".join(scopes(row)),
    }
    logs.security("token_made", user.id)
    key, *_ = _keys()
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": _key_id(key)}), row


def scopes(token: AccessToken) -> list[str]:
    """Returns what a token allows, in the words of its ``scope``."""
    if token.scope is None:  # It was made before there were narrower scopes.
        return [READ, WRITE] if token.can_write else [READ]
    return token.scope.split()


def find(token: str) -> AccessToken | None:
    """Returns the row of a token that is ours, in time and not ended, with its member, in one statement."""
    claims = _claims(token)
    if claims is None:
        return None
    query = sa.select(AccessToken).join(AccessToken.user).options(so.contains_eager(AccessToken.user))
    alive = (AccessToken.expires_at > now(), User.suspended_at.is_(None))
    return db.session.scalar(query.where(AccessToken.token_hash == _hash(claims["jti"]), *alive))


def note(token: AccessToken) -> None:
    """Tells that a token is in use, at most once a minute; a task writes it down."""
    if token.used_at is None or token.used_at < now() - NOTED_EVERY:
        record(TokenUsed(token.id))


def note_used(used: Mapping[int, datetime]) -> None:
    """Writes down when tokens were in use, and their members here.

    Args:
        used: the moment for each token's id; one that has ended is left out.
    """
    query = sa.select(AccessToken.id, AccessToken.user_id).where(AccessToken.id.in_(used))
    rows = db.session.execute(query).all()
    users.note_seen((user_id, used[id]) for id, user_id in rows)
    update_each(db.session(), AccessToken, [{"id": id, "used_at": used[id]} for id, _ in rows])


def listed(user: User, wanted: Wanted) -> Page[AccessToken]:
    """Returns a member's tokens, the latest first."""
    query = sa.select(AccessToken).where(AccessToken.user_id == user.id, AccessToken.expires_at > now())
    return NEWEST_FIRST.page(query, wanted, lambda token: (token.created_at, token.id))


def find_own(user: User, token_id: int) -> AccessToken:
    """Returns one of a member's tokens.

    Raises:
        NotFound: the member has no such token, or it has ended.
    """
    query = sa.select(AccessToken).where(AccessToken.id == token_id, AccessToken.user_id == user.id)
    token = db.session.scalar(query.where(AccessToken.expires_at > now()))
    if token is None:
        raise NotFound
    return token


def hold(token: AccessToken) -> None:
    """Lets nobody else change a token until the transaction ends, and looks at its name as it is now.

    Raises:
        NotFound: it was ended in the meantime.
    """
    held = sa.select(AccessToken).where(AccessToken.id == token.id).with_for_update(of=AccessToken)
    if db.session.scalar(held.execution_options(populate_existing=True)) is None:
        raise NotFound


def rename(token: AccessToken, name: str) -> None:
    """Gives a token another name."""
    token.name = name


def end(user: User, token_id: int) -> None:
    """Ends one of a member's tokens; where there is none, nothing happens."""
    _end(AccessToken.user_id == user.id, AccessToken.id == token_id)
    logs.security("token_ended", user.id)


def end_all(user_id: int, but: int | None = None) -> None:
    """Ends all tokens of a member, or all but one."""
    _end(AccessToken.user_id == user_id, *([AccessToken.id != but] if but is not None else []))


def tidy() -> None:
    """Removes the tokens that have expired."""
    _end(AccessToken.expires_at < now())


def _claims(token: str) -> dict[str, Any] | None:
    """Returns what a token says, if we have signed it with a key that still counts, and it is in time."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        key = next(key for key in _keys() if _key_id(key) == key_id)
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["aud", "exp", "iat", "jti", "sub"]},
        )
    except (jwt.InvalidTokenError, StopIteration):
        return None
    return claims


def _keys() -> list[str]:
    """Returns the keys that count; the first one signs."""
    return current_app.config["TOKEN_KEYS"] or [current_app.config["SECRET_KEY"]]


def _key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _end(*where: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(AccessToken).where(*where).execution_options(synchronize_session=False))


def _hash(token_id: str) -> str:
    """The id has 256 random bits, so a plain hash of it tells nothing."""
    return hashlib.sha256(token_id.encode()).hexdigest()
