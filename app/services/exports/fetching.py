"""A finished copy: whether it can still be had, and where it is."""

from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app import files
from app.exceptions import Gone, NotFound
from app.models import Task
from app.models.columns import now
from app.services import tasks


@dataclass(frozen=True)
class Fetched:
    """A file that a member may have.

    Attributes:
        path: where it is.
        name: what it is called on the member's disk.
        state: tells it from every other file.
    """

    path: Path
    name: str
    state: str


def is_kept(task: Task) -> bool:
    """Whether a task has made a file whose days are not over."""
    return task.state == tasks.DONE and task.expires_at is not None and task.expires_at > now()


def fetch(task: Task) -> Fetched:
    """Returns the file that a task has made.

    Args:
        task: the viewer's own (``tasks.find``).

    Raises:
        NotFound: it has made none, or none yet.
        Gone: the file is not kept any longer.
    """
    if task.state != tasks.DONE or task.result is None:
        raise NotFound
    name = task.result["file"]
    path = files.exports().path(name) if is_kept(task) else None
    if path is None:
        raise Gone(_l("This file was kept for seven days, and they are over. Export again to get a new one."))
    return Fetched(path, task.result["name"], name.partition(".")[0])
