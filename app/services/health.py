"""How the parts are that the site stands on: which are away, late or missing, and since when."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app import traces
from app.extensions import db, queue, search
from app.models import Errand
from app.models.columns import now
from app.models.search_marks import NotOurs, trusted
from app.queue import QueueDown, Status
from app.search.engine import NotReady, SearchDown
from app.services import outbox
from app.transaction import reading, savepoint

OK, DOWN, LATE = "ok", "down", "late"
ESSENTIAL = ("database", "schema")
"""Without these the site cannot answer; without the others it does, and something waits."""
CLOCK_LATE = 60  # Seconds without a tick of the scheduler, which ticks once a second.
QUEUE_LATE = {"urgent": 60, "default": 300, "slow": 3600}  # Seconds that a job waits.
OUTBOX_LATE = 60  # Seconds until a change should be found.
LETTERS_LATE = 600  # Seconds until a letter should have gone.
DISK_LEAST = 500_000_000  # Bytes.

_VERSION = sa.table("alembic_version", sa.column("version_num"))


@dataclass(frozen=True)
class Part:
    """How a part is.

    Attributes:
        state: ``ok``, ``down`` or ``late``.
        advice: what whoever runs the site has to do, where waiting does not help; strangers may read it.
        details: numbers for whoever runs the site, such as ages in seconds.
    """

    state: str
    advice: str = ""
    details: dict[str, float | None] = field(default_factory=dict)


def parts() -> dict[str, Part]:
    """Returns how each part is; a part of which nothing can be known is left out."""
    with reading():
        return dict(_parts())


def is_ready(found: dict[str, Part]) -> bool:
    """Returns whether the site can answer."""
    return all(name in found and found[name].state == OK for name in ESSENTIAL)


def _parts() -> Iterator[tuple[str, Part]]:
    database = _asked(_ask_database, SQLAlchemyError)
    ask_index: Callable[[], object] = search.engine.tuning
    yield "database", database
    if database.state == OK:
        schema = _schema()
        yield "schema", schema
        if schema.state == OK:
            yield "outbox", _outbox()
            yield "letters", _letters()
            ask_index = _ask_index
    store = _asked(queue.ping, QueueDown)
    yield "store", store
    if store.state == OK:
        yield from _work()
    yield "search", _asked(ask_index, SearchDown)
    yield "disk", _disk()


def _asked(ask: Callable[[], object], failure: type[Exception]) -> Part:
    """Asks a part for an answer; the reason of a failure, which may name an address, stays in the log."""
    try:
        ask()
    except failure as error:
        current_app.logger.warning("A part is down", extra={"reason": traces.words(error)})
        if isinstance(error, NotOurs):
            return Part(DOWN, str(error))
        advice = search.engine.health().problem if isinstance(error, NotReady) else None
        return Part(DOWN, advice or "")
    return Part(OK)


def _ask_index() -> None:
    trusted().tuning()


def _ask_database() -> None:
    db.session.execute(sa.select(sa.literal(1)))


def _schema() -> Part:
    """Compares the tables with the migrations of this version; those of a newer version are fine (expand, contract)."""
    try:
        with savepoint():
            version = db.session.scalar(sa.select(_VERSION.c.version_num))
    except SQLAlchemyError:
        version = None
    known = _revisions(str(Path(current_app.root_path).parent / "migrations"))
    if version is None or version in known[1:]:
        return Part(DOWN, "The tables are older than this version. Run: ./boot.sh migrate")
    return Part(OK)


@cache
def _revisions(folder: str) -> list[str]:
    """Returns the names of all migrations, the newest first."""
    return [script.revision for script in ScriptDirectory(folder).walk_revisions()]


def _outbox() -> Part:
    backlog = outbox.backlog()
    age = (now() - backlog.since).total_seconds() if backlog.since else None
    details = {"waiting": backlog.rows, "oldest_seconds": age}
    return _late(age, OUTBOX_LATE, "What was written is not found yet. Look at: flask search status", details)


def _letters() -> Part:
    mails = Errand.task.startswith("app.tasks.mail.", autoescape=True)
    query = sa.select(sa.func.count(), sa.func.min(Errand.created_at)).where(mails)
    waiting, since = db.session.execute(query).one()
    age = (now() - since).total_seconds() if waiting else None
    details = {"waiting": waiting, "oldest_seconds": age}
    return _late(age, LETTERS_LATE, "Letters wait. Look at: flask jobs list", details)


def _work() -> Iterator[tuple[str, Part]]:
    try:
        status = queue.status()
    except QueueDown:
        return
    yield "clock", _clock(status)
    yield "workers", _workers(status)
    for name, one in status.queues.items():
        details = {"waiting": one.waiting, "oldest_seconds": one.oldest}
        yield f"queue {name}", _late(one.oldest, QUEUE_LATE[name], "Start more workers.", details)


def _clock(status: Status) -> Part:
    details = {"seconds": status.clock}
    if status.clock is None or status.clock > CLOCK_LATE:
        return Part(DOWN, "Nothing is started by the clock. Run: ./boot.sh scheduler", details)
    return Part(OK, details=details)


def _workers(status: Status) -> Part:
    details: dict[str, float | None] = {name: one.workers for name, one in status.queues.items()}
    missing = [name for name, workers in details.items() if not workers]
    if missing:
        return Part(DOWN, f"Nobody works on {', '.join(missing)}. Run: ./boot.sh slow-worker", details)
    return Part(OK, details=details)


def _disk() -> Part:
    try:
        free = shutil.disk_usage(current_app.config["DATA_DIR"]).free
    except OSError:
        return Part(DOWN, "The data folder cannot be read.")
    if free < DISK_LEAST:
        return Part(DOWN, "The disk of the data folder is nearly full.", {"free_bytes": free})
    return Part(OK, details={"free_bytes": free})


def _late(age: float | None, most: float, advice: str, details: dict[str, float | None]) -> Part:
    is_late = age is not None and age > most
    return Part(LATE if is_late else OK, advice if is_late else "", details)
