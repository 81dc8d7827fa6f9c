"""Pages that neither repeat nor skip a row while people write: each goes on after the last row of the one before."""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa

from app.exceptions import Refused
from app.extensions import db
from app.models.columns import LAST_ID, UtcDateTime

T = TypeVar("T")
R = TypeVar("R")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PER_PAGE = 20

_BACK = "<"  # With it begins what stands for the page before a place.
_LAST_MOMENT = 253_402_300_799_999_999  # The last microsecond of the year 9999, where datetime ends.


class BadCursor(Refused):
    """A cursor that this site has not made."""


@dataclass(frozen=True)
class Wanted:
    """Which page somebody asks for.

    Attributes:
        cursor: where it lies, or None to count pages from the first one.
        per_page: how many rows at most.
        number: which page from the first one, where there is no cursor; 1 is the first.
        with_total: whether all rows are to be counted as well.
    """

    cursor: str | None = None
    per_page: int = PER_PAGE
    number: int = 1
    with_total: bool = False


FIRST = Wanted()


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and where those before and behind them lie.

    Attributes:
        items: the rows, in order.
        next: the cursor of the page behind this one, or None on the last page.
        prev: the cursor of the page before this one, or None on the first page.
        total: how many rows there are on all pages, or None when nobody has asked.
        newer: the cursor of what will be written after the newest row, on the page that holds that row; "" where there
            is no row yet, None on other pages and in lists that are not in the order of time.
    """

    items: Sequence[T]
    next: str | None = None
    prev: str | None = None
    total: int | None = None
    newer: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, change: Callable[[T], R]) -> "Page[R]":
        """Returns the same page of what a function makes of each row."""
        return Page([change(item) for item in self.items], self.next, self.prev, self.total, self.newer)


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
        """Returns the query in this order, going on behind the cursor; one that looks back turns the order round.

        Raises:
            BadCursor: the cursor is not one of ours.
        """
        place = parse_cursor(cursor) if cursor else None
        oldest_first = self.oldest_first ^ bool(place and place.is_backward)
        if place:
            here, there = sa.tuple_(self.moment, self.id), sa.tuple_(*place.values)
            query = query.where(here > there if oldest_first else here < there)
        keys = (self.moment, self.id) if oldest_first else (self.moment.desc(), self.id.desc())
        return query.order_by(*keys)

    def page(
        self, query: sa.Select[Any], wanted: Wanted, place: Callable[[Any], tuple[datetime, int]]
    ) -> Page[Any]:
        """Fetches one page in one statement, and counts all rows in another when that is asked for.

        Args:
            query: the rows, unordered.
            wanted: which page.
            place: gives a fetched row's moment and id.

        Raises:
            BadCursor: the cursor is not one of ours.
        """
        skipped = 0 if wanted.cursor else (wanted.number - 1) * wanted.per_page
        ordered = self.after(query, wanted.cursor).limit(wanted.per_page + 1).offset(skipped or None)
        rows = db.session.execute(ordered).unique().all()
        items = [row[0] if len(row) == 1 else row for row in rows[: wanted.per_page]]
        is_backward = parse_cursor(wanted.cursor).is_backward if wanted.cursor else False
        is_more = len(rows) > wanted.per_page
        before, behind = (is_more, True) if is_backward else (bool(wanted.cursor or skipped), is_more)
        if is_backward:
            items.reverse()
        return Page(
            items,
            make_cursor(*place(items[-1])) if items and behind else None,
            make_cursor(*place(items[0]), is_backward=True) if items and before else None,
            count(query) if wanted.with_total else None,
            None if (behind if self.oldest_first else before) else self._newer(items, wanted, place),
        )

    def _newer(
        self, items: Sequence[Any], wanted: Wanted, place: Callable[[Any], tuple[datetime, int]]
    ) -> str:
        """Returns the cursor of what will be written after the newest row of these."""
        if not items:
            return wanted.cursor or ""
        newest = items[-1 if self.oldest_first else 0]
        return make_cursor(*place(newest), is_backward=not self.oldest_first)


def count(query: sa.Select[Any]) -> int:
    """Returns how many rows a query has; what is only loaded to be shown is left aside."""
    rows = query.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


class Place(NamedTuple):
    """What a cursor stands for.

    Attributes:
        values: a moment and an id, as bound values.
        is_backward: whether the page lies before them.
    """

    values: tuple[Any, Any]
    is_backward: bool


def make_cursor(moment: datetime, id: int, is_backward: bool = False) -> str:
    """Returns the opaque text that stands for the page behind a place in an order, or before it."""
    microseconds = (moment - EPOCH) // timedelta(microseconds=1)
    text = f"{_BACK if is_backward else ''}{microseconds}.{id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_cursor(cursor: str) -> Place:
    """Returns what a cursor stands for.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    try:
        text = base64.b64decode(
            cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        ).decode("ascii")
        parts = text.removeprefix(_BACK).split(".")
        if not all(part.isdigit() for part in parts):  # int() would take 1_0 and blanks as well.
            raise BadCursor
        microseconds, id = (int(part) for part in parts)
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if not (0 <= microseconds <= _LAST_MOMENT and 0 <= id <= LAST_ID):
        raise BadCursor
    moment = sa.literal(EPOCH + timedelta(microseconds=microseconds), UtcDateTime())
    return Place((moment, sa.literal(id, sa.BigInteger())), text.startswith(_BACK))
