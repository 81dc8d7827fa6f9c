"""Writing down where members were seen."""

from app.queue import task
from app.services import sessions
from app.transaction import transactional


@task(queue="default", retries=())
@transactional
def note_seen(session_id: int) -> None:
    """Writes down that a browser was in use; a late or lost note does no harm."""
    sessions.note_seen(session_id)
