"""Removing what nobody needs any more."""

import re
from contextlib import suppress
from datetime import timedelta

from app import email, files
from app.events import turn_of
from app.extensions import queue
from app.models.columns import now
from app.queue import QueueDown, task
from app.services import (
    accounts,
    codes,
    held_names,
    kept_answers,
    notifications,
    sessions,
    tasks,
    tokens,
    translations,
)
from app.transaction import reading, transaction

LETTERS_KEPT = timedelta(days=30)
"""How long the letters of a site without a mail server are kept."""
EXPORTED = re.compile(r"(\d+)-(\d+)-[0-9a-f]+\.zip(?:\.part)?")
"""How the making of exports names its files (``app.tasks.exports``): task, try, and what nobody guesses."""


@task(queue="slow")
def tidy() -> None:
    """Removes expired codes, sessions, tokens, kept answers and held usernames, unused translations, tasks,
    notifications and kept letters of long ago, and accounts that were never confirmed.
    """
    services = (
        codes,
        sessions,
        tokens,
        kept_answers,
        translations,
        tasks,
        notifications,
        held_names,
        accounts,
    )
    for service in services:
        with transaction():
            service.tidy()
    kept = email.transport()
    if isinstance(kept, email.MailFolder):
        kept.clear(now() - LETTERS_KEPT)


@task(queue="default", retries=())
def clear_exports() -> None:
    """Removes exported files that nobody can fetch: those of other days, and what interrupted tries have left."""
    with suppress(QueueDown):
        queue.give_back(turn_of(clear_exports))
    store = files.exports()
    # The names come first: what is kept after this moment is not among them, and what is made is in use already.
    names = store.names()
    with reading():
        kept, at_work = tasks.in_use()
    for name in names:
        found = EXPORTED.fullmatch(name)
        if found and name not in kept and (int(found[1]), int(found[2])) not in at_work:
            store.remove(name)
