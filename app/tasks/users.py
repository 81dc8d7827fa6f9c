"""Writing down where members were seen."""

from app.queue import task
from app.services import sessions, tokens
from app.transaction import transactional


@task(queue="default", retries=())
@transactional
def note_seen(session_id: int) -> None:
    """Writes down that a browser was in use; a late or lost note does no harm."""
    sessions.note_seen(session_id)


@task(queue="default", retries=())
@transactional
def note_token(token_id: int) -> None:
    """Writes down that a token was in use; a late or lost note does no harm."""
    tokens.note_used(token_id)
