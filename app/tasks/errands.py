"""Doing what is owed, and starting again what was left."""

from flask import current_app
from werkzeug.utils import import_string

from app.extensions import queue
from app.queue import Later, task
from app.services import errands
from app.transaction import transaction


@task(queue="urgent", timeout=errands.RUN, retries=())
def run(errand_id: int) -> None:
    """Does an errand unless somebody else has; one that fails stays written down, and is swept up later."""
    with transaction():
        errand = errands.claim(errand_id)
        work = (errand.task, errand.arguments, errand.attempts) if errand else None
    if work is None:
        return
    name, arguments, attempt = work
    try:
        import_string(name)(**arguments)
    except Later as reason:
        current_app.logger.warning("An errand waits", extra={"task": name, "reason": str(reason)})
        _postpone(errand_id, attempt)
    except Exception:
        _postpone(errand_id, attempt)
        raise
    else:
        with transaction():
            errands.done(errand_id)


@task(queue="urgent", retries=())
def sweep() -> None:
    """Starts every errand that is due, and strikes off what would come too late."""
    with transaction():
        waiting = [(errand.id, errand.attempts) for errand in errands.overdue()]
        for late in errands.drop_expired():
            current_app.logger.warning(
                "An errand came too late", extra={"task": late.task, "attempts": late.attempts}
            )
    for errand_id, attempts in waiting:
        # While the workers are busy, the next sweeps need not leave the same try again.
        queue.enqueue_once(f"errand {errand_id}, {attempts}", errands.RUN, run, errand_id=errand_id)


def _postpone(errand_id: int, attempt: int) -> None:
    with transaction():
        errands.postpone(errand_id, attempt)
