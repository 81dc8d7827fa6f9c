"""Making members' copies of what is theirs: begun, made try by try, and swept when a worker is gone."""

import errno
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import to_user_timezone

from app import archive, files, i18n
from app.exceptions import NotFound
from app.extensions import live, queue
from app.models.columns import now
from app.queue import task
from app.services import exports, rooms, tasks
from app.transaction import reading, transaction

KEPT = timedelta(days=7)
TELL_EVERY = 0.25  # Seconds between two signs of life.
TIMEOUT = 600  # Seconds of one try.
ENOUGH = 540  # After so many seconds the try itself gives the task up, and can still say so.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class TooLong(Exception):
    """The try goes on for longer than it may."""


@dataclass(frozen=True)
class Try:
    """One try at one member's copy.

    Attributes:
        locale: the language the copy is made in; None means the site's.
        timezone: the time zone of its times; None means the site's.
    """

    task_id: int
    attempt: int
    user_id: int
    username: str
    locale: str | None
    timezone: str | None


class Watch:
    """Shows how far a try is, at most four times a second, and ends it when it does not count any more.

    Args:
        own: the try.
        total: how many pieces there are, about.
    """

    def __init__(self, own: Try, total: int) -> None:
        self.own = own
        self.step = ""
        self.done, self.total = 0, total
        self._began = time.monotonic()
        self._told = 0.0

    def at(self, step: str) -> None:
        """Notes which part of the work begins."""
        if step != self.step:
            self.step = step
            self._tell()

    def did(self, pieces: int) -> None:
        """Notes that so many pieces more are done."""
        self.done += pieces
        self.total = max(self.total, self.done)
        self.alive()

    def alive(self) -> None:
        """Shows that the work goes on.

        Raises:
            Overtaken: somebody else does it, or nobody wants it any more.
            TooLong: it has gone on for too long.
        """
        moment = time.monotonic()
        if moment - self._began > ENOUGH:
            raise TooLong
        if moment - self._told >= TELL_EVERY:
            self._tell()

    def _tell(self) -> None:
        with transaction():
            tasks.beat(self.own.task_id, self.own.attempt, self.step, self.done, self.total)
        live.tell(rooms.member(self.own.user_id), "task", id=self.own.task_id)
        self._told = time.monotonic()


@task(queue="urgent")
def begin(task_id: int) -> None:
    """Leaves a task that was started for the workers that take their time."""
    with reading():
        due = tasks.waiting(task_id)
    if due:
        queue.enqueue(make, task_id=due.task_id, attempt=due.attempt)


@task(queue="urgent", retries=())
def sweep() -> None:
    """Leaves the tasks whose worker is gone for another one, and those that nobody has begun."""
    with transaction():
        begins = tasks.sweep()
    for due in begins:
        queue.enqueue(make, task_id=due.task_id, attempt=due.attempt)


@task(queue="slow", timeout=TIMEOUT, retries=())
def make(task_id: int, attempt: int) -> None:
    """Makes a copy, unless this try is not wanted any more; what goes wrong is tried again by the next sweep."""
    with suppress(tasks.Overtaken):
        own = _claimed(task_id, attempt)
        try:
            _make(own)
        except (tasks.Overtaken, NotFound):
            return  # Cancelled, or taken for dead and given to another; or the member is no more.
        except Exception as error:
            with transaction():
                _write_off(own, error)
            raise


def _claimed(task_id: int, attempt: int) -> Try:
    with transaction():
        member = tasks.claim(task_id, attempt).user
        return Try(task_id, attempt, member.id, member.username, member.locale, member.timezone)


def _make(own: Try) -> None:
    store, moment = files.exports(), now()
    name = f"{own.task_id}-{own.attempt}-{files.unguessable()}.zip"
    watch = Watch(own, exports.count(own.user_id))
    with i18n.spoken_to(own.locale, own.timezone), store.workshop(name) as folder:
        made = archive.make(exports.material(own.user_id), folder, moment, watch)
        size, called = made.path.stat().st_size, _download_name(own, moment)
        store.keep(made.path, name)
    result = {"file": name, "name": called, "size": size, "counts": dict(made.counts)}
    try:
        with transaction():
            tasks.finish(own.task_id, own.attempt, result, moment + KEPT)
    except tasks.Overtaken:
        store.remove(name)
        raise


def _download_name(own: Try, moment: datetime) -> str:
    return f"hanmadi-{own.username}-{to_user_timezone(moment):%Y%m%d}.zip"


def _write_off(own: Try, error: Exception) -> None:
    """Gives the task up where another try would end as this one, and has it tried again otherwise."""
    if isinstance(error, TooLong):
        tasks.fail(own.task_id, own.attempt, tasks.TOO_LONG)
    elif isinstance(error, OSError) and error.errno in NO_ROOM:
        tasks.fail(own.task_id, own.attempt, tasks.FULL)
    else:
        tasks.lay_down(own.task_id, own.attempt)
