"""Whether the search index and the database belong together.

Each is restored from backups by itself. So every batch that the index is told carries a new mark, which is written to
the database first, then to the index, and then the changes are told. The mark in the index is therefore always one of
those in the database, at whatever step a process was killed; after a restore of either of them it is none, unless
nothing was told since the backup.
"""

import secrets
import time
from weakref import WeakKeyDictionary

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import Base, db, search
from app.models.columns import Id
from app.search.engine import Engine, Mark, NotReady

FRESH = 5.0
"""Seconds for which readers believe that the index is the database's."""
_believed: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()


class NotOurs(NotReady):
    """The index was made from another database, or from another state of this one."""

    def __init__(self) -> None:
        super().__init__("The search index was not made from this database. Run: flask search rebuild")


class SearchMark(Base):
    """A mark that the index may have: the newest, and until that is written there, the ones before it."""

    __tablename__ = "search_mark"

    id: so.Mapped[Id]
    token: so.Mapped[str] = so.mapped_column(sa.String(32))


def is_ours() -> bool:
    """Whether the index that answers was made from this database.

    Raises:
        NotReady: there is none.
        SearchDown: the engine is away.
    """
    found, is_exact = search.engine.mark(glance=True), False
    while True:
        known = {
            Mark(id, token) for id, token in db.session.execute(sa.select(SearchMark.id, SearchMark.token))
        }
        if found in known or (found is None and not known):
            return True
        # Another generation may answer by now, and between the two questions a worker may have told the next batch.
        again = search.engine.mark()
        if is_exact and again == found:
            return False
        found, is_exact = again, True


def require_ours() -> None:
    """Refuses an index that was not made from this database; the other errors are those of ``is_ours``.

    Raises:
        NotOurs: it was made from another one.
    """
    if not is_ours():
        raise NotOurs


def trusted() -> Engine:
    """Returns the engine for a reader.

    Raises:
        NotOurs: its index is of another database.
        NotReady: there is none.
        SearchDown: the engine is away.
    """
    engine = search.engine
    if time.monotonic() - _believed.get(engine, -FRESH) >= FRESH:
        _believed.pop(engine, None)
        require_ours()
        _believed[engine] = time.monotonic()
    return engine


def new_mark() -> Mark:
    """Returns a mark for the index, noted in the database; it is committed before the index gets it."""
    row = SearchMark(token=secrets.token_hex(16))
    db.session.add(row)
    db.session.flush()
    return Mark(row.id, row.token)


def settle(mark: Mark) -> None:
    """Forgets the marks before one that the index has."""
    older = sa.delete(SearchMark).where(SearchMark.id < mark.number)
    db.session.execute(older.execution_options(synchronize_session=False))
