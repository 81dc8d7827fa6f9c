"""Removing what nobody needs any more."""

from app.queue import task
from app.services import accounts, codes, kept_answers, sessions, tokens
from app.transaction import transaction


@task(queue="slow")
def tidy() -> None:
    """Removes expired codes, sessions, tokens and kept answers, and accounts that were never confirmed."""
    for service in (codes, sessions, tokens, kept_answers, accounts):
        with transaction():
            service.tidy()
