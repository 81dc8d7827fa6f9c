"""The search outbox: bringing what has changed to the engine, as it is now."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.extensions import db, search
from app.models import SEARCHED, OutboxRow, Rebuild, search_marks
from app.models.columns import now
from app.search.engine import Document
from app.transaction import reading, step

BATCH = 1000
"""How many rows are brought to the engine at once."""
_VARIABLES = 3000  # Row values in one statement: SQLite takes 32,766 variables, and each row is three.

MODELS = {model.__tablename__: model for model in SEARCHED}


@dataclass(frozen=True)
class Change:
    """What an index has to hear.

    Attributes:
        index: which one.
        documents: what is to be found from now on, as it is now.
        gone: ids and revisions of what is not.
    """

    index: str
    documents: list[Document]
    gone: list[tuple[int, int]]


@dataclass(frozen=True)
class Backlog:
    """What the engine has yet to hear.

    Attributes:
        rows: how many rows.
        since: when the oldest of them changed, or None.
    """

    rows: int
    since: datetime | None


def drain(seconds: float, sign: Callable[[], object] = lambda: None) -> int:
    """Brings the outbox to the engine until it is empty or the time is over, and returns how many rows; commits.

    Args:
        seconds: after this long no further batch is begun.
        sign: is called after each batch.

    Raises:
        SearchDown: the engine did not take them; they stay in the outbox.
    """
    until = time.monotonic() + seconds
    drained = 0
    while is_waited_for() and (count := _drain_batch()):
        drained += count
        sign()
        if time.monotonic() > until:
            break
    return drained


def _drain_batch() -> int:
    """Brings one batch to the engine, and returns how many rows of it are done with."""
    with search.engine.writing():
        with reading():
            search_marks.require_ours()
            rows = take()
            told = changes(rows)
        generation = search.engine.generation()
        mark = search_marks.new_mark()
        step()
        search.engine.set_mark(mark)
        for change in told:
            tell(change)
        if search.engine.generation() != generation:
            return 0  # Another index answers by now, and has to hear of these as well.
        strike(rows)
        search_marks.settle(mark)
        step()
    return len(rows)


def take() -> Sequence[OutboxRow]:
    """Returns the rows that wait longest; they stay in the outbox until ``strike``."""
    waiting = sa.select(OutboxRow).where(OutboxRow.drained_at.is_(None))
    rows = db.session.scalars(waiting.order_by(OutboxRow.changed_at).limit(BATCH)).all()
    for row in rows:
        db.session.expunge(row)
    return rows


def changes(rows: Iterable[OutboxRow]) -> list[Change]:
    """Returns what the engine has to hear of these rows, whatever they were when they were noted."""
    noted: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        noted[row.index_name][row.row_id] = row.revision
    return [_change(index, revisions) for index, revisions in noted.items()]


def strike(rows: Sequence[OutboxRow]) -> None:
    """Strikes off what the engine has heard, unless it has changed again; while an index is rebuilt it is kept."""
    for start in range(0, len(rows), _VARIABLES):
        heard = sa.tuple_(OutboxRow.index_name, OutboxRow.row_id, OutboxRow.changed_at).in_(
            [(row.index_name, row.row_id, row.changed_at) for row in rows[start : start + _VARIABLES]]
        )
        rebuilt = sa.select(Rebuild.id).exists()
        kept = sa.update(OutboxRow).where(heard, rebuilt).values(drained_at=now())
        struck = sa.delete(OutboxRow).where(heard, ~rebuilt)
        for statement in (kept, struck):
            db.session.execute(statement.execution_options(synchronize_session=False))


def is_waited_for() -> bool:
    """Whether anything waits to be brought to the engine."""
    with reading():
        return bool(db.session.scalar(sa.select(sa.exists().where(OutboxRow.drained_at.is_(None)))))


def backlog() -> Backlog:
    """Returns how much waits to be brought to the engine, and since when."""
    query = sa.select(sa.func.count(), sa.func.min(OutboxRow.changed_at))
    count, oldest = db.session.execute(query.where(OutboxRow.drained_at.is_(None))).one()
    return Backlog(count, oldest)


def tell(change: Change) -> None:
    """Brings a change to the engine that answers.

    Raises:
        SearchDown: the engine did not take all of it; it may be told again.
    """
    if change.documents:
        search.engine.put_many(change.index, change.documents)
    if change.gone:
        search.engine.drop_many(change.index, change.gone)


def _change(index: str, revisions: dict[int, int]) -> Change:
    documents = MODELS[index].documents(revisions)
    found = {document.id for document in documents}
    return Change(index, documents, [(id, revision) for id, revision in revisions.items() if id not in found])
