"""Reading long lists piece by piece, each in a short transaction of its own: none is open while files are written."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from app.exceptions import NotFound
from app.extensions import db
from app.models import User
from app.transaction import reading

PIECE = 200
"""How many rows are read at once: so few that no piece takes a second, on the slowest machine."""

R = TypeVar("R")


def pieces(
    query: sa.Select[Any],
    keys: Sequence[Any],
    make: Callable[[Sequence[Any]], list[R]],
    oldest_first: bool = False,
) -> Iterator[list[R]]:
    """Yields a query's rows, as what a function makes of them while the transaction lasts.

    Args:
        query: the rows, unordered.
        keys: the columns that order them, of which no two rows have the same values.
        make: gets the rows, with what was selected and then the keys.
        oldest_first: whether the smallest keys come first.
    """
    ordered = query.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
    ordered = ordered.order_by(*(key if oldest_first else key.desc() for key in keys)).limit(PIECE)
    onward = ordered
    while True:
        with reading():
            rows = db.session.execute(onward).unique().all()
            if not rows:
                return
            made = make(rows)
            last = rows[-1][-len(keys) :]
        yield made
        here, there = sa.tuple_(*keys), _place(keys, last)
        onward = ordered.where(here > there if oldest_first else here < there)


def _place(keys: Sequence[Any], values: Sequence[Any]) -> sa.ColumnElement[Any]:
    return sa.tuple_(*(sa.literal(value, key.type) for value, key in zip(values, keys, strict=True)))


def member(user_id: int) -> User:
    """Returns the member whose copy it is, in the transaction that is open.

    Raises:
        NotFound: they are no more.
    """
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found
