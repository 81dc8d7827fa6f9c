"""Comparing the search index with the database, and mending what differs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.extensions import db, search
from app.models import OutboxRow, search_marks
from app.models.columns import now
from app.models.mixins import note_changed
from app.models.upsert import update_each
from app.services import outbox
from app.transaction import reading, step

PIECE = 5000
"""How many rows are compared at once."""


@dataclass
class Differences:
    """What differs between an index and its table; rows that wait in the outbox are left aside.

    Attributes:
        missing: ids that should be found and are not.
        outdated: ids of which an older revision is found.
        surplus: ids that are found and should not be, with their revisions.
        newer: ids of which a newer revision is found, with it: this table alone was restored from a backup.
    """

    missing: list[int] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)
    surplus: dict[int, int] = field(default_factory=dict)
    newer: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows differ."""
        return len(self.missing) + len(self.outdated) + len(self.surplus) + len(self.newer)


def compare(index: str, progress: Callable[[int], object] = lambda rows: None) -> Differences:
    """Compares an index with its table, in the order of the ids.

    Args:
        index: which one.
        progress: is told how many rows were compared since it was told last.

    Raises:
        SearchDown: the engine cannot answer, or its index is of another database.
    """
    with reading():
        search_marks.require_ours()
    found = Differences()
    for wanted, standing in _side_by_side(index):
        with reading():
            waiting = _waiting(index, wanted.keys() | standing.keys())
        for id in (wanted.keys() | standing.keys()) - waiting:
            if id not in standing:
                found.missing.append(id)
            elif id not in wanted:
                found.surplus[id] = standing[id]
            elif standing[id] < wanted[id]:
                found.outdated.append(id)
            elif standing[id] > wanted[id]:
                found.newer[id] = standing[id]
        progress(len(wanted))
    return found


def repair(index: str, found: Differences) -> None:
    """Puts what differs into the outbox, from where it is mended; commits.

    An engine keeps the newest revision, so a row of which it has a newer one gets a newer one still.
    """
    ids = [*found.missing, *found.outdated, *found.surplus, *found.newer]
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        model = outbox.MODELS[index]
        newer = [{"id": id, "revision": found.newer[id] + 1} for id in piece if id in found.newer]
        update_each(db.session(), model, newer)
        known = dict(db.session.execute(sa.select(model.id, model.revision).where(model.id.in_(piece))).all())
        moment = now()
        rows = [
            {
                "index_name": index,
                "row_id": id,
                "revision": max(known.get(id, 0), found.surplus.get(id, 0)),
                "changed_at": moment,
            }
            for id in piece
        ]
        note_changed(db.session(), rows)
        step()


def refresh(index: str) -> None:
    """Has every row of a small table brought to the engine again, for what it counts in other tables; commits."""
    outbox.MODELS[index].note()
    step()


def _side_by_side(index: str) -> Iterator[tuple[dict[int, int], dict[int, int]]]:
    """Yields pieces of the table and of the index that span the same ids, as ids and revisions."""
    last = 0
    while True:
        standing = search.engine.revisions(index, last, PIECE)
        with reading():
            ids = _ids(index, last)
        if not standing and not ids:
            return
        ends = [side[-1] for side in ([id for id, _ in standing], ids) if len(side) == PIECE]
        end = min(ends) if ends else max([*(id for id, _ in standing[-1:]), *ids[-1:]])
        with reading():
            rows = outbox.MODELS[index].documents([id for id in ids if id <= end])
        yield (
            {document.id: document.revision for document in rows},
            {id: revision for id, revision in standing if id <= end},
        )
        last = end


def _ids(index: str, last: int) -> list[int]:
    model: Any = outbox.MODELS[index]
    return list(
        db.session.scalars(sa.select(model.id).where(model.id > last).order_by(model.id).limit(PIECE))
    )


def _waiting(index: str, ids: set[int]) -> set[int]:
    query = sa.select(OutboxRow.row_id).where(OutboxRow.index_name == index, OutboxRow.drained_at.is_(None))
    return set(db.session.scalars(query.where(OutboxRow.row_id.in_(ids))))
