"""Making the search index anew beside the one that answers, in pieces, while people write.

While the row of ``Rebuild`` exists, the outbox keeps what it has drained. So whatever changes after that row was
committed is heard by the new index too, whether the copy has come past it or not; the revision decides what stands.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.exceptions import Conflict
from app.extensions import db, search
from app.models import SEARCHED, OutboxRow, Rebuild, search_marks
from app.models.columns import now
from app.search import tuning
from app.search.engine import Build
from app.services import outbox
from app.transaction import reading, release, step

PIECE = 4_000
"""How many rows are copied at once: so many are copied again where the process is killed."""
BUSY = timedelta(seconds=60)
"""After so long without a sign, whoever was at work is taken for dead."""
FEW = 100
"""So few rows are left to catch up with that the rest can wait for the moment of the change."""

Progress = Callable[[str, int, int], object]


def current() -> Rebuild | None:
    """Returns the rebuild that was begun and not finished."""
    found: Rebuild | None = db.session.scalar(sa.select(Rebuild).execution_options(populate_existing=True))
    return found


def is_left() -> bool:
    """Whether a rebuild was begun that nobody is at work on."""
    with reading():
        rebuild = current()
        return rebuild is not None and (rebuild.busy_until is None or rebuild.busy_until < now())


def advance(seconds: float, progress: Progress = lambda index, done, all: None) -> bool:
    """Begins a rebuild or goes on with one, commits what it has done, and returns whether the new index answers.

    Args:
        seconds: after this long no further piece is begun.
        progress: is told the index that is copied, how many of its rows are, and how many there are.

    Raises:
        Conflict: somebody else is at work on it.
        SearchDown: the engine is away, or lacks what Korean text needs.
        BadTuning: a file of the site's own words cannot be read.
    """
    if search.engine.generation() is not None:
        disown()
    _claim()
    try:
        with closing(_open()) as build:
            until = time.monotonic() + seconds
            for _ in _pieces(build, progress):
                if time.monotonic() > until:
                    return False
            _answer(build)
            return True
    finally:
        release()
        _update(busy_until=None)


def abandon() -> None:
    """Gives up a rebuild that was begun, so that the next one begins from nothing.

    Raises:
        Conflict: somebody is at work on it.
        SearchDown: the engine is away.
    """
    with reading():
        if current() is None:
            return
    _claim()
    _open().abandon()
    _forget()


def disown() -> bool:
    """Lets an index that was made from another database answer no more, and returns whether it is such a one.

    It comes from a backup, or the database does, and with it perhaps a rebuild that was begun then.

    Raises:
        Conflict: somebody is at work on a rebuild.
        SearchDown: the engine is away, or no index answers.
    """
    with reading():
        if search_marks.is_ours():
            return False
    current_app.logger.error("The search index was not made from this database, and is made anew")
    abandon()
    search.engine.discard()
    return True


def _claim() -> None:
    """Takes the rebuild for this process, writing its row where there is none."""
    answers = search.engine.generation()
    if current() is None:
        db.session.add(Rebuild(id=1, generation="", begun_at=now()))
        if answers is None:
            # Nothing answers that could hear of these, and the copy takes them as they are.
            db.session.execute(sa.delete(OutboxRow).execution_options(synchronize_session=False))
        db.session.flush()
    free = sa.or_(Rebuild.busy_until.is_(None), Rebuild.busy_until < now())
    taken: Any = db.session.execute(
        sa.update(Rebuild)
        .where(free)
        .values(busy_until=now() + BUSY)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        release()
        raise Conflict("Another process is making the search index. Wait until it is done.")
    step()


def _open() -> Build:
    """Returns the new index; one that the engine has lost is begun again from the first row."""
    with reading():
        name = db.session.scalars(sa.select(Rebuild.generation)).one()
    words = tuning.read(current_app.config["SEARCH_DICTIONARY"], current_app.config["SEARCH_SYNONYMS"])
    build = search.engine.build(words, name or None)
    if build.name != name:
        _update(generation=build.name, index_name="", last_id=0)
    return build


def _pieces(build: Build, progress: Progress) -> Iterator[None]:
    """Copies the tables piece by piece, in the order of their ids; what was copied before is not copied again."""
    names = [model.__tablename__ for model in SEARCHED]
    with reading():
        rebuild = db.session.scalars(sa.select(Rebuild)).one()
        began, last = rebuild.index_name or names[0], rebuild.last_id
    for name in names[names.index(began) :]:
        model = outbox.MODELS[name]
        with reading():
            total = db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
            done = db.session.scalar(sa.select(sa.func.count()).where(model.id <= last)) or 0
        progress(name, done, total)
        while True:
            with reading():
                ids = _next_ids(model, last)
                documents = model.documents(ids)
            if not ids:
                break
            build.put(name, documents)
            last, done = ids[-1], done + len(ids)
            _update(index_name=name, last_id=last, busy_until=now() + BUSY)
            progress(name, done, total)
            yield
        last = 0


def _next_ids(model: Any, last: int) -> Sequence[int]:
    return db.session.scalars(
        sa.select(model.id).where(model.id > last).order_by(model.id).limit(PIECE)
    ).all()


def _answer(build: Build) -> None:
    """Lets the new index catch up with what has changed, and answer."""
    told: dict[tuple[str, int], Any] = {}
    while _catch_up(build, told) > FEW:
        _update(busy_until=now() + BUSY)
    build.prepare()
    _update(busy_until=now() + BUSY)
    _catch_up(build, told)
    with search.engine.writing():
        _catch_up(build, told)
        mark = search_marks.new_mark()
        step()
        build.finish(mark)
        # An engine that other machines write to may have taken a change into the old index since.
        _catch_up(None, told)
        search_marks.settle(mark)
        _forget()


def _catch_up(build: Build | None, told: dict[tuple[str, int], Any]) -> int:
    """Brings what the outbox holds to the new index, or to the engine once that answers, and returns how much."""
    count = 0
    for rows in _outbox_pieces():
        news = [row for row in rows if told.get((row.index_name, row.row_id)) != row.changed_at]
        with reading():
            changes = outbox.changes(news)
        for change in changes:
            if build is None:
                outbox.tell(change)
            else:
                build.put(change.index, change.documents)
                build.drop(change.index, change.gone)
        told.update(((row.index_name, row.row_id), row.changed_at) for row in news)
        count += len(news)
    return count


def _outbox_pieces() -> Iterator[Sequence[OutboxRow]]:
    """Yields everything that the outbox holds, drained or not."""
    place = ("", 0)
    key = sa.tuple_(OutboxRow.index_name, OutboxRow.row_id)
    while True:
        behind = key > sa.tuple_(sa.literal(place[0]), sa.literal(place[1], sa.BigInteger()))
        query = sa.select(OutboxRow).where(behind).order_by(OutboxRow.index_name, OutboxRow.row_id)
        with reading():
            rows = db.session.scalars(query.limit(outbox.BATCH)).all()
            db.session.expunge_all()
        if not rows:
            return
        place = (rows[-1].index_name, rows[-1].row_id)
        yield rows


def _forget() -> None:
    """Strikes the rebuild off, and what the outbox has kept for it."""
    release()
    for statement in (sa.delete(OutboxRow).where(OutboxRow.drained_at.is_not(None)), sa.delete(Rebuild)):
        db.session.execute(statement.execution_options(synchronize_session=False))
    step()


def _update(**values: Any) -> None:
    db.session.execute(sa.update(Rebuild).values(values).execution_options(synchronize_session=False))
    step()
