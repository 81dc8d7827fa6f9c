"""Doing what is owed, and starting again what was left."""

from flask import current_app
from werkzeug.utils import import_string

from app.extensions import queue
from app.queue import task
from app.services import errands
from app.transaction import transaction


@task(queue="urgent")
def run(errand_id: int) -> None:
    """Does an errand unless somebody else has; one that fails stays written down."""
    with transaction():
        errand = errands.claim(errand_id)
        work = (errand.task, errand.arguments) if errand else None
    if work is None:
        return
    import_string(work[0])(**work[1])
    with transaction():
        errands.done(errand_id)


@task(queue="urgent", retries=())
def sweep() -> None:
    """Starts every errand that nobody has done in time, and strikes off what would come too late."""
    with transaction():
        waiting = [errand.id for errand in errands.overdue()]
        for late in errands.drop_expired():
            current_app.logger.warning(
                "An errand came too late", extra={"task": late.task, "attempts": late.attempts}
            )
    for errand_id in waiting:
        queue.enqueue(run, errand_id=errand_id)
