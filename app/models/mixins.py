"""What several models can do alike."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import sqlalchemy as sa
import sqlalchemy.orm as so
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from app.events import SearchOutdated, record
from app.extensions import db
from app.models.columns import now
from app.models.keyset import Page
from app.models.outbox import OutboxRow
from app.models.search_marks import trusted
from app.models.upsert import insert_or
from app.search import plan
from app.search.engine import Document, Hit, Order
from app.search.query import parse

_CHANGED = "searchable rows changed in this flush"


class SearchableMixin:
    """A row that a search engine mirrors: give ``__searchable__``, the columns it reads, ``documents`` and
    ``indexed``.

    Changes are gathered at every flush and noted in the outbox, in the same transaction, with the row's revision.
    A task brings them to the engine; nothing that writes waits for it.
    """

    if TYPE_CHECKING:
        __tablename__: str
        id: so.Mapped[int]

    __searchable__: ClassVar[tuple[str, ...]] = ()

    revision: so.Mapped[int] = so.mapped_column(default=1, server_default="1")

    @classmethod
    def documents(cls, ids: Collection[int]) -> list[Document]:
        """Returns what the engine keeps of these rows as they are now; rows that nobody may find are left out."""
        raise NotImplementedError(f"{cls.__name__} must say what the search engine keeps of it.")

    @classmethod
    def indexed(cls) -> sa.Select[int]:
        """Returns the query of the ids of all rows that the engine keeps something of."""
        raise NotImplementedError(f"{cls.__name__} must say which rows the search engine keeps.")

    @classmethod
    def search(cls, text: str, limit: int = 20) -> Sequence[Self]:
        """Returns the rows that a text finds, what fits best first; for the shell, which sees what anybody may find.

        Args:
            text: words and phrases; filters are the service's to understand (``app.services.search``).
            limit: how many rows at most.

        Raises:
            SearchDown: the engine cannot answer.
        """
        asked = plan.strict(parse(text, {}), lambda tag: plan.Term(f"{tag.name}:{tag.value}"), {})
        found = {hit.id: place for place, hit in enumerate(cls.hits(asked, limit=limit))}
        rows = db.session.scalars(sa.select(cls).where(cls.id.in_(found)))
        return sorted(rows, key=lambda row: found[row.id])

    @classmethod
    def hits(
        cls,
        asked: plan.Plan,
        *,
        limit: int,
        order: Order = Order.RELEVANCE,
        after: Hit | None = None,
        now: int = 0,
    ) -> list[Hit]:
        """Returns what the engine finds, as ids; the arguments and errors are those of ``Engine.search``."""
        return trusted().search(cls.__tablename__, asked, limit=limit, order=order, after=after, now=now)

    @classmethod
    def reindex(cls, *where: sa.ColumnExpressionArgument[bool]) -> None:
        """Tells the search engine of rows that were changed in bulk, past the session, or through other rows.

        Args:
            where: which rows; all of them when nothing is given.
        """
        change = sa.update(cls).where(*where).values(revision=cls.revision + 1)
        db.session.execute(change.execution_options(synchronize_session=False))
        cls.note(*where)

    @classmethod
    def note(cls, *where: sa.ColumnExpressionArgument[bool]) -> None:
        """Tells the search engine of rows that were written in bulk and are new; see ``reindex`` for others.

        Args:
            where: which rows; all of them when nothing is given.
        """
        rows = sa.select(sa.literal(cls.__tablename__), cls.id, cls.revision, sa.literal(now()))
        # Without a WHERE, SQLite would read ON CONFLICT as the condition of a join.
        note_changed(db.session(), rows.where(*(where or (sa.true(),))))


class PaginatedAPIMixin:
    """A row that the interface lists."""

    @classmethod
    def to_collection_dict(
        cls,
        page: Page[Self],
        show: Callable[[Self], dict[str, Any]],
        per_page: int,
        here: str,
        address: Callable[..., str],
    ) -> dict[str, Any]:
        """Returns a page of rows with links to itself, the first one and its neighbours.

        Args:
            page: the rows, fetched.
            show: gives what is told of a row.
            per_page: how many were asked for.
            here: the page's own address.
            address: gives that of a page from its ``cursor``, and the first page's without.
        """
        meta = {"per_page": per_page} | ({} if page.total is None else {"total": page.total})
        links = {
            "self": here,
            "first": address(),
            "prev": address(cursor=page.prev) if page.prev else None,
            "next": address(cursor=page.next) if page.next else None,
        }
        if page.newer is not None:
            links["newer"] = address(cursor=page.newer) if page.newer else address()
        return {"items": [show(row) for row in page], "_meta": meta, "_links": links}


def note_changed(session: Session, rows: sa.Select[*tuple[Any, ...]] | list[dict[str, Any]]) -> None:
    """Writes outbox rows, given as values or as a query; one that stands there already takes the newer revision."""
    statement = insert_or(session, OutboxRow)
    columns = ["index_name", "row_id", "revision", "changed_at"]
    statement = statement.values(rows) if isinstance(rows, list) else statement.from_select(columns, rows)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["index_name", "row_id"],
            set_={
                "revision": statement.excluded.revision,
                "changed_at": statement.excluded.changed_at,
                "drained_at": None,
            },
        )
    )
    record(SearchOutdated())


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
