"""Removing what nobody needs any more."""

from app.queue import task
from app.services import accounts, codes, sessions, tokens
from app.transaction import transaction


@task(queue="slow")
def tidy() -> None:
    """Removes expired codes, sessions and tokens, and accounts that were never confirmed."""
    for service in (codes, sessions, tokens, accounts):
        with transaction():
            service.tidy()
