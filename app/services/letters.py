"""Ending letters about notifications by the link that stands in them, for whoever has the letter, signed in or not."""

from hashlib import sha256

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.exceptions import NotFound
from app.extensions import db
from app.models import User
from app.services.notifications import choices

KIND = "notifications"
"""Of which letters a link speaks; it is good for nothing else."""


def token(user: User) -> str:
    """Returns what ends the letters of a member, for as long as they have this address: letters are kept for years."""
    return _signer().dumps([user.id, KIND, _mailbox(user)])


def find(token: str) -> User:
    """Returns the member whose letters a link ends.

    Raises:
        NotFound: the link is not one of ours, or the member is no more, or has another address by now.
    """
    try:
        user_id, kind, mailbox = _signer().loads(token)
    except (BadData, TypeError, ValueError):
        raise NotFound from None
    user = db.session.get(User, user_id) if kind == KIND else None
    if user is None or mailbox != _mailbox(user):
        raise NotFound
    return user


def stop(token: str) -> None:
    """Ends the letters that a link speaks of; doing it again changes nothing.

    Raises:
        NotFound: the link is not one of ours, or the member is no more.
    """
    choices.no_more_letters(find(token))


def _mailbox(user: User) -> str:
    """Returns what stands for the address of a member, which the link must not show."""
    return sha256(f"{current_app.config['SECRET_KEY']}:{user.email_key}".encode()).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"], salt="letters", signer_kwargs={"digest_method": sha256}
    )
