"""What several models can do alike."""

from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
import sqlalchemy.orm as so
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from app.extensions import db
from app.models.columns import now
from app.models.outbox import OutboxRow
from app.models.upsert import insert_or

_CHANGED = "searchable rows changed in this flush"


class SearchableMixin:
    """A row that a search engine mirrors: give ``__searchable__``, the columns it reads, and the rest follows.

    Changes are gathered at every flush and noted in the outbox, in the same transaction, with the row's revision.
    No engine is spoken to here.
    """

    if TYPE_CHECKING:
        __tablename__: str
        id: so.Mapped[int]

    __searchable__: ClassVar[tuple[str, ...]] = ()

    revision: so.Mapped[int] = so.mapped_column(default=1, server_default="1")

    @classmethod
    def reindex(cls, *where: sa.ColumnExpressionArgument[bool]) -> None:
        """Notes rows that were written in bulk, past the session, for the search engine.

        Args:
            where: which rows; all of them when nothing is given.
        """
        rows = sa.select(sa.literal(cls.__tablename__), cls.id, cls.revision, sa.literal(now()))
        # Without a WHERE, SQLite would read ON CONFLICT as the condition of a join.
        note_changed(db.session(), rows.where(*(where or (sa.true(),))))


def note_changed(session: Session, rows: sa.Select[*tuple[Any, ...]] | list[dict[str, Any]]) -> None:
    """Writes outbox rows, given as values or as a query; one that stands there already takes the newer revision."""
    statement = insert_or(session, OutboxRow)
    columns = ["index_name", "row_id", "revision", "changed_at"]
    statement = statement.values(rows) if isinstance(rows, list) else statement.from_select(columns, rows)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["index_name", "row_id"],
            set_={"revision": statement.excluded.revision, "changed_at": statement.excluded.changed_at},
        )
    )


@event.listens_for(Session, "before_flush")
def _gather(session: Session, context: UOWTransaction, instances: object) -> None:
    """Finds the rows whose searched columns change, and counts their revision up."""
    changed = [row for row in (*session.new, *session.deleted) if isinstance(row, SearchableMixin)]
    for row in session.dirty:
        if isinstance(row, SearchableMixin) and _has_news(row):
            row.revision += 1
            changed.append(row)
    for row in session.deleted:
        if isinstance(row, SearchableMixin):
            row.revision += 1
    session.info[_CHANGED] = changed


@event.listens_for(Session, "after_flush")
def _note(session: Session, context: UOWTransaction) -> None:
    """Notes what was gathered; the new rows have their ids by now."""
    changed: list[SearchableMixin] = session.info.pop(_CHANGED, [])
    if changed:
        moment = now()
        note_changed(
            session,
            [
                {
                    "index_name": row.__tablename__,
                    "row_id": row.id,
                    "revision": row.revision,
                    "changed_at": moment,
                }
                for row in changed
            ],
        )


def _has_news(row: SearchableMixin) -> bool:
    state: Any = sa.inspect(row)
    return any(state.attrs[name].history.has_changes() for name in row.__searchable__)
