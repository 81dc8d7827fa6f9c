"""Bringing what people write to the search engine."""

import time
from contextlib import suppress

from flask import current_app

from app.events import turn_of
from app.exceptions import Conflict
from app.extensions import queue
from app.extensions import search as searching
from app.models import SEARCHED, Tag
from app.queue import QueueDown, task
from app.search.engine import NotReady, SearchDown
from app.search.tuning import BadTuning
from app.services import outbox, rebuilds, reconcile

A_WHILE = 20
"""Seconds after which a long task makes room for others, and goes on in another turn."""
ALIVE = 5
"""Seconds without a sign of life after which another worker may drain; a batch takes about one."""
WAITS = 120
"""Seconds after which the next piece of a rebuild may be asked for again, should it have been lost."""


@task(retries=())
def drain() -> None:
    """Brings the outbox to the engine; what the engine cannot take now stays for the next turn."""
    _begin(drain)
    try:
        if searching.engine.generation() is not None and not rebuilds.disown():
            _drain_alone()
            if not rebuilds.is_left():
                return
        _leave_rebuild()
    except NotReady:
        _leave_rebuild()
    except Conflict:
        return  # An index of another database has to wait for whoever is at work on a rebuild.
    except SearchDown as error:
        current_app.logger.warning("The search index waits", extra={"reason": str(error)})


@task(queue="slow", timeout=300, retries=())
def rebuild() -> None:
    """Makes the index anew, a piece a turn, so that letters and notices need not wait for it."""
    _begin(rebuild)
    try:
        if not _needs_rebuild() and rebuilds.current() is None:
            return  # Several have asked for it, and one has done it.
        answers = rebuilds.advance(A_WHILE)
    except Conflict:
        return  # Whoever is at work on it finishes it, or is found dead by a drain.
    except (SearchDown, BadTuning) as error:
        current_app.logger.warning("The search index cannot be made", extra={"reason": str(error)})
        return
    if not answers:
        _leave_rebuild()


@task(queue="slow", timeout=600, retries=())
def reconcile_all() -> None:
    """Compares the index with the database, mends what differs, and renews it when the analysis has changed."""
    try:
        if searching.engine.health().is_stale:
            _leave_rebuild()
            return
        for model in SEARCHED:
            found = reconcile.compare(model.__tablename__)
            reconcile.repair(model.__tablename__, found)
            if found.count:
                current_app.logger.warning(
                    "The search index differed", extra={"index": model.__tablename__, "rows": found.count}
                )
        reconcile.refresh(Tag.__tablename__)
    except SearchDown as error:
        current_app.logger.warning("The search index was not compared", extra={"reason": str(error)})


def _drain_alone() -> None:
    """Drains unless another worker does: both would bring the same rows, in twice the time."""
    until = time.monotonic() + A_WHILE
    # Who was sent away by the one that was about to end may have come for newer rows: so that one looks once more.
    while (left := until - time.monotonic()) > 0 and outbox.is_waited_for():
        with queue.alone(turn_of(drain), ALIVE) as sign:
            if sign is None or not outbox.drain(left, sign):
                return


def _leave_rebuild() -> None:
    queue.enqueue_once(turn_of(rebuild), WAITS, rebuild)


def _needs_rebuild() -> bool:
    return searching.engine.generation() is None or searching.engine.health().is_stale


def _begin(begun: object) -> None:
    """Gives the turn back: what changes from now on may ask for another call."""
    assert callable(begun)
    with suppress(QueueDown):
        queue.give_back(turn_of(begun))
