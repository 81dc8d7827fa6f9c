"""The counters that rows keep beside what they count: proving them equal, and mending them.

It works in windows of a few thousand rows. A window is read in one statement, which sees one moment, so that nothing
seems to differ only because people go on writing. What differs is locked, counted again and mended in a transaction
of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app.extensions import db
from app.models import Follow, Like, Post, User
from app.transaction import reading, release, step

WINDOW = 5000  # Rows.


def _count(owner: Any, *where: sa.ColumnExpressionArgument[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).where(*where).correlate(owner).scalar_subquery()


_reply = so.aliased(Post)
# What each counter must be; a deleted post or reply counts no more.
_TRUTHS: dict[Any, dict[Any, sa.ScalarSelect[int]]] = {
    User: {
        User.post_count: _count(User, Post.author_id == User.id, Post.deleted_at.is_(None)),
        User.follower_count: _count(User, Follow.followed_id == User.id),
        User.following_count: _count(User, Follow.follower_id == User.id),
    },
    Post: {
        Post.like_count: _count(Post, Like.post_id == Post.id),
        Post.reply_count: _count(Post, _reply.parent_id == Post.id, _reply.deleted_at.is_(None)),
    },
}


@dataclass(frozen=True)
class Difference:
    """A counter that says something else than counting does.

    Attributes:
        table: the name of the row's table.
        counter: the name of the column.
        id: the row's id.
        kept: what stood there.
        counted: what there is.
    """

    table: str
    counter: str
    id: int
    kept: int
    counted: int


@dataclass(frozen=True)
class Window:
    """Some neighbouring rows of one table.

    Attributes:
        model: the rows' model.
        first, last: the ids at its ends; both belong to it.
    """

    model: Any
    first: int
    last: int


def windows() -> list[Window]:
    """Returns windows that cover all rows which keep counters."""
    return [window for model in _TRUTHS for window in windows_of(model, 0)]


def windows_of(model: Any, first: int) -> list[Window]:
    """Returns windows that cover the rows of one model from an id on."""
    found = []
    with reading():
        while ids := db.session.execute(_ends(model, first)).one_or_none():
            found.append(Window(model, first, ids.last))
            first = ids.last + 1
        release()
    return found


def check(window: Window) -> list[Difference]:
    """Returns the counters of a window that are wrong, and changes nothing."""
    with reading():
        found = _differences(window.model, window.model.id.between(window.first, window.last))
        release()
    return found


def mend(window: Window) -> list[Difference]:
    """Makes the counters of a window right, and returns those that were wrong."""
    model, mended = window.model, list[Difference]()
    waiting = {difference.id for difference in check(window)}
    while waiting:
        # It never waits for a row while it holds another one, so that nobody's request ends in a deadlock.
        next_one = min(waiting)
        locked = _lock(model, waiting, skip_locked=True) or _lock(model, [next_one], skip_locked=False)
        wrong = _differences(model, model.id.in_(locked))
        _write(model, wrong)
        step()
        mended += wrong
        waiting -= locked or {next_one}
    return mended


def recount() -> Iterator[Difference]:
    """Makes every counter right, window by window, and yields those that were wrong."""
    for window in windows():
        yield from mend(window)


def _ends(model: Any, first: int) -> sa.Select[Any]:
    """Returns the query of the next window's last id; no row when nothing is left."""
    ids = sa.select(model.id).where(model.id >= first).order_by(model.id).limit(WINDOW).subquery()
    last = sa.func.max(ids.c.id)
    return sa.select(last.label("last")).having(last.is_not(None))


def _differences(model: Any, where: sa.ColumnExpressionArgument[bool]) -> list[Difference]:
    truths = _TRUTHS[model]
    wrong = sa.or_(*(counter != truth for counter, truth in truths.items()))
    columns = [column for counter, truth in truths.items() for column in (counter, truth)]
    rows = db.session.execute(sa.select(model.id, *columns).where(where, wrong).order_by(model.id)).all()
    return [
        Difference(model.__tablename__, counter.key, row[0], row[place], row[place + 1])
        for row in rows
        for place, counter in zip(range(1, len(row), 2), truths, strict=True)
        if row[place] != row[place + 1]
    ]


def _lock(model: Any, ids: Iterable[int], skip_locked: bool) -> set[int]:
    rows = sa.select(model.id).where(model.id.in_(ids)).order_by(model.id)
    return set(db.session.scalars(rows.with_for_update(key_share=True, skip_locked=skip_locked)))


def _write(model: Any, differences: list[Difference]) -> None:
    table = model.__table__
    for counter in _TRUTHS[model]:
        rows = [{"row": each.id, "counted": each.counted} for each in differences if each.counter == counter.key]
        right = sa.update(table).where(table.c.id == sa.bindparam("row"))
        if rows:
            db.session.connection().execute(right.values({counter.key: sa.bindparam("counted")}), rows)
