"""Removing what nobody needs any more."""

from app.queue import task
from app.services import accounts, codes, sessions
from app.transaction import transaction


@task(queue="slow")
def tidy() -> None:
    """Removes expired codes and sessions, and accounts that were never confirmed."""
    for service in (codes, sessions, accounts):
        with transaction():
            service.tidy()
