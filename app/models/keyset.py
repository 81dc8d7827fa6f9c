"""Pages that neither repeat nor skip a row while people write: each goes on after the last row of the one before."""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from app.exceptions import Refused
from app.extensions import db
from app.models.columns import LAST_ID, UtcDateTime

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PER_PAGE = 20

_LAST_MOMENT = 253_402_300_799_999_999  # The last microsecond of the year 9999, where datetime ends.


class BadCursor(Refused):
    """A cursor that this site has not made."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and where the next ones begin.

    Attributes:
        items: the rows, in order.
        next: the cursor of the page after this one, or None on the last page.
    """

    items: Sequence[T]
    next: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Keyset:
    """An order over a moment and an id, newest first unless ``oldest_first``.

    Attributes:
        moment: the column of times.
        id: the column that tells rows of one moment apart.
        oldest_first: whether time runs down the page.
    """

    moment: Any
    id: Any
    oldest_first: bool = False

    def after(self, query: sa.Select[Any], cursor: str | None) -> sa.Select[Any]:
        """Returns the query in this order, going on behind the cursor.

        Raises:
            BadCursor: the cursor is not one of ours.
        """
        if cursor:
            here, place = sa.tuple_(self.moment, self.id), sa.tuple_(*parse_cursor(cursor))
            query = query.where(here > place if self.oldest_first else here < place)
        keys = (self.moment, self.id) if self.oldest_first else (self.moment.desc(), self.id.desc())
        return query.order_by(*keys)

    def page(
        self,
        query: sa.Select[Any],
        cursor: str | None,
        place: Callable[[Any], tuple[datetime, int]],
        per_page: int = PER_PAGE,
    ) -> Page[Any]:
        """Fetches one page in one statement.

        Args:
            query: the rows, unordered.
            cursor: where to go on, or None for the first page.
            place: gives a fetched row's moment and id.
            per_page: how many rows at most.

        Raises:
            BadCursor: the cursor is not one of ours.
        """
        rows = db.session.execute(self.after(query, cursor).limit(per_page + 1)).unique().all()
        items = [row[0] if len(row) == 1 else row for row in rows[:per_page]]
        return Page(items, make_cursor(*place(items[-1])) if len(rows) > per_page else None)


def make_cursor(moment: datetime, id: int) -> str:
    """Returns the opaque text that stands for a place in an order."""
    microseconds = (moment - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{microseconds}.{id}".encode()).decode().rstrip("=")


def parse_cursor(cursor: str) -> tuple[Any, Any]:
    """Returns the moment and the id of a cursor, as bound values.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    try:
        text = base64.b64decode(
            cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        ).decode()
        microseconds, id = (int(part) for part in text.split("."))
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if not (0 <= microseconds <= _LAST_MOMENT and 0 <= id <= LAST_ID):
        raise BadCursor
    return sa.literal(EPOCH + timedelta(microseconds=microseconds), UtcDateTime()), sa.literal(
        id, sa.BigInteger()
    )
