"""Writing down when members were seen: once a minute, in bulk."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from app.events import turn_of
from app.extensions import queue
from app.queue import task
from app.services import sessions, tokens
from app.transaction import transaction

AT_ONCE = 500
"""How many rows a transaction writes: on SQLite other writers wait for it."""


@task(queue="default", retries=())
def note_seen() -> None:
    """Writes down which browsers were in use; a late or lost note does no harm."""
    for seen in _gathered(note_seen):
        with transaction():
            sessions.note_seen(seen)


@task(queue="default", retries=())
def note_tokens() -> None:
    """Writes down which tokens were in use; a late or lost note does no harm."""
    for used in _gathered(note_tokens):
        with transaction():
            tokens.note_used(used)


def _gathered(function: Callable[..., object]) -> Iterator[Mapping[int, datetime]]:
    """Returns the ids that were gathered for a task, some at a time, and the moment of each."""
    while ids := queue.gathered(turn_of(function), AT_ONCE):
        yield {id: datetime.fromtimestamp(moment, UTC) for id, moment in ids.items()}
