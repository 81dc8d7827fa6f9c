"""Writes many rows at once, past the session: COPY on PostgreSQL, one prepared statement on SQLite.

The session sees none of it, so what it does for a row by itself is the caller's to do: the id, the counters, and the
search outbox (``SearchableMixin.note``).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from app import richtext
from app.extensions import db
from app.models import Tag
from app.models.columns import now
from app.models.mixins import note_changed
from app.models.upsert import insert_or

MOST_VALUES = 10_000  # In one statement: SQLite takes 32,766 variables, PostgreSQL 65,535.
CACHE = 64 * 1024  # KiB.
T = TypeVar("T")


def pieces(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yields the things in lists of at most this size, in their order."""
    rest = iter(things)
    while piece := list(islice(rest, size)):
        yield piece


def make_room() -> None:
    """Lets SQLite keep more pages in memory on this connection, so that it writes each page of an index less often."""
    if _on_sqlite():
        db.session.connection().exec_driver_sql(f"PRAGMA cache_size = -{CACHE}")


def take_ids(model: Any, count: int) -> Sequence[int]:
    """Returns ids that nobody else gets, in rising order, for rows that are written in this transaction.

    Args:
        model: the model whose rows they are for.
        count: how many.
    """
    if _on_sqlite():
        # Whoever writes holds the only writer's place, so nobody adds a row meanwhile.
        last = db.session.scalar(sa.select(sa.func.max(model.id))) or 0
        return range(last + 1, last + 1 + count)
    sequence = sa.func.pg_get_serial_sequence(sa.func.quote_ident(model.__tablename__), "id")
    each = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count))
    return sorted(db.session.scalars(each))


def write(model: Any, columns: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
    """Writes rows; columns that are not named take the database's own defaults.

    Args:
        model: the model whose rows they are.
        columns: the names of the columns.
        rows: the values, in the order of the columns.
    """
    if not rows:
        return
    if _on_sqlite():
        _insert(model.__table__, columns, rows)
    else:
        _copy(model.__tablename__, columns, rows)


def add(counter: Any, changes: Mapping[int, int]) -> None:
    """Adds to one kept counter of many rows, in the order of their ids, so that two such writers never deadlock.

    Args:
        counter: the column, such as ``Post.reply_count``.
        changes: how much to add, by the row's id.
    """
    table = counter.class_.__table__
    column = table.c[counter.key]
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values({column: column + sa.bindparam("more")})
    )
    rows = [{"row": id, "more": more} for id, more in sorted(changes.items()) if more]
    if rows:
        db.session.connection().execute(statement, rows)


def find(query: sa.Select[*tuple[Any, ...]], column: Any, values: Iterable[Any]) -> Iterator[Any]:
    """Yields the query's rows whose column has one of the values, however many values there are."""
    for piece in pieces(values, MOST_VALUES):
        yield from db.session.execute(query.where(column.in_(piece)))


def tag_ids(names: Iterable[str]) -> dict[str, int]:
    """Returns the ids of hashtags by their keys, making those that are new; the first spelling names a new one."""
    named: dict[str, str] = {}
    for name in names:
        named.setdefault(richtext.tag_key(name), name)
    wanted = sa.select(Tag.key, Tag.id)
    ids = {row.key: row.id for row in find(wanted, Tag.key, named)}
    new = [
        {"key": key, "name": name, "created_at": now()}
        for key, name in sorted(named.items())
        if key not in ids
    ]
    for piece in pieces(new, MOST_VALUES // 3):
        db.session.execute(insert_or(db.session(), Tag).values(piece).on_conflict_do_nothing())
        made = list(find(wanted, Tag.key, [row["key"] for row in piece]))
        ids.update((row.key, row.id) for row in made)
        moment = now()
        rows = [{"index_name": "tag", "row_id": row.id, "revision": 1, "changed_at": moment} for row in made]
        note_changed(db.session(), rows)
    return ids


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


def _insert(table: Any, columns: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
    dialect = db.session.get_bind().dialect
    # A table of these columns alone: the model's would ask for the defaults of the others, row by row.
    narrow = sa.table(table.name, *(sa.column(name, table.c[name].type) for name in columns))
    statement = str(sa.insert(narrow).compile(dialect=dialect))
    turns = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in narrow.columns]
    places = [(place, turn) for place, turn in enumerate(turns) if turn]
    db.session.connection().exec_driver_sql(statement, [_turned(row, places) for row in rows])


def _turned(row: Sequence[Any], places: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    """Returns a row's values as the driver takes them."""
    values = list(row)
    for place, turn in places:
        values[place] = turn(values[place])
    return tuple(values)


def _copy(table: str, columns: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    driver: Any = db.session.connection().connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # The driver is spoken to past SQLAlchemy, whose errors everybody expects.
        raise DBAPIError.instance(
            "COPY", None, error, psycopg.Error, dialect=db.session.get_bind().dialect
        ) from error
