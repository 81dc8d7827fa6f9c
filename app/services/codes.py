"""Secrets that are mailed and good for one use: made in the task that mails them, kept as hashes."""

import hashlib
import hmac
import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import OneTimeCode, User
from app.models.columns import now
from app.models.upsert import insert_or
from app.transaction import step

CONFIRM, CHANGE_EMAIL, RESET = "confirm", "change_email", "reset"
"""What a secret is for."""
CODE_LASTS = timedelta(minutes=10)
MOST_ATTEMPTS = 5


def make(user: User, purpose: str, email: str) -> str:
    """Returns a new six-digit code bound to the member, the purpose and the address; an earlier one is void."""
    code = f"{secrets.randbelow(10**6):06}"
    keep(user, purpose, email, code, CODE_LASTS)
    return code


def keep(user: User, purpose: str, email: str, secret: str, lasts: timedelta) -> None:
    """Keeps the hash of a secret, in place of an earlier one for the same purpose."""
    row = {
        "email": email,
        "code_hash": _hash(user.id, purpose, secret),
        "created_at": now(),
        "expires_at": now() + lasts,
        "attempts": 0,
    }
    insert = insert_or(db.session(), OneTimeCode).values(user_id=user.id, purpose=purpose, **row)
    db.session.execute(insert.on_conflict_do_update(index_elements=["user_id", "purpose"], set_=row))


def keep_nothing(user: User, purpose: str, email: str) -> None:
    """Keeps a secret that nobody knows, so that the same is written where a letter must not hold a code."""
    keep(user, purpose, email, secrets.token_urlsafe(32), CODE_LASTS)


def void(user_id: int, *purposes: str) -> None:
    """Voids the secrets of a member for some purposes, because what they were bound to has changed."""
    db.session.execute(
        sa.delete(OneTimeCode)
        .where(OneTimeCode.user_id == user_id, OneTimeCode.purpose.in_(purposes))
        .execution_options(synchronize_session=False)
    )


def spend(user: User, purpose: str, secret: str) -> str | None:
    """Uses a secret up and returns the address it was mailed to, or None when it is not the right one.

    The attempt is counted and committed before anything is compared, so that a refusal cannot undo the count.
    """
    user_id = user.id
    attempt = (
        sa.update(OneTimeCode)
        .where(
            OneTimeCode.user_id == user_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.attempts < MOST_ATTEMPTS,
            OneTimeCode.expires_at > now(),
        )
        .values(attempts=OneTimeCode.attempts + 1)
        .returning(OneTimeCode.id, OneTimeCode.email, OneTimeCode.code_hash)
    )
    kept = db.session.execute(attempt).one_or_none()
    step()
    if kept is None or not hmac.compare_digest(kept.code_hash, _hash(user_id, purpose, secret)):
        return None
    spent = db.session.execute(sa.delete(OneTimeCode).where(OneTimeCode.id == kept.id))
    return kept.email if spent.rowcount else None  # type: ignore[attr-defined]


def is_waiting(user_id: int, purpose: str, secret: str) -> bool:
    """Whether a secret can still be spent; counts no attempt, so it is only for secrets that nobody can guess."""
    query = sa.select(OneTimeCode.code_hash).where(
        OneTimeCode.user_id == user_id,
        OneTimeCode.purpose == purpose,
        OneTimeCode.attempts < MOST_ATTEMPTS,
        OneTimeCode.expires_at > now(),
    )
    kept = db.session.scalar(query)
    return kept is not None and hmac.compare_digest(kept, _hash(user_id, purpose, secret))


def tidy() -> None:
    """Removes what has expired."""
    db.session.execute(sa.delete(OneTimeCode).where(OneTimeCode.expires_at < now()))


def _hash(user_id: int, purpose: str, secret: str) -> str:
    """A six-digit code could be guessed from a plain hash, so the site's key is part of it."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"{user_id}:{purpose}:{secret}".encode(), hashlib.sha256).hexdigest()
