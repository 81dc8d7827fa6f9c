"""The counters that rows keep beside what they count: proving them equal, and mending them.

It works in windows of a few thousand rows. A window is read in one statement, which sees one moment, so that nothing
seems to differ only because people go on writing. What differs is locked, counted again and mended in a transaction
of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Follow, Like, Post, User
from app.transaction import reading, step

WINDOW = 5000  # Rows.


def _is_there(member: Any) -> sa.ColumnElement[bool]:
    """Returns whether a column names a member who is not suspended."""
    suspended: sa.ColumnElement[bool] = member.in_(sa.select(User.id).where(User.suspended_at.is_not(None)))
    return ~suspended


# What each counter counts: the rows, told by whose they are. A deleted post or reply counts no more, nor does what a
# suspended member did to others, because no list shows it.
_COUNTED: dict[Any, dict[Any, tuple[Any, sa.ColumnElement[bool]]]] = {
    User: {
        User.post_count: (Post.author_id, Post.deleted_at.is_(None)),
        User.follower_count: (Follow.followed_id, _is_there(Follow.follower_id)),
        User.following_count: (Follow.follower_id, _is_there(Follow.followed_id)),
    },
    Post: {
        Post.like_count: (Like.post_id, _is_there(Like.user_id)),
        Post.reply_count: (Post.parent_id, sa.and_(Post.deleted_at.is_(None), _is_there(Post.author_id))),
    },
}
Some = Callable[
    [Any], sa.ColumnElement[bool]
]  # Says which ids are meant, for any column that holds such ids.


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
    return [window for model in _COUNTED for window in windows_of(model, 0)]


def windows_of(model: Any, first: int) -> list[Window]:
    """Returns windows that cover the rows of one model from an id on."""
    found = []
    with reading():
        while ids := db.session.execute(_ends(model, first)).one_or_none():
            found.append(Window(model, first, ids.last))
            first = ids.last + 1
    return found


def check(window: Window) -> list[Difference]:
    """Returns the counters of a window that are wrong, and changes nothing."""
    with reading():
        return _differences(window.model, lambda column: column.between(window.first, window.last))


def mend(window: Window) -> list[Difference]:
    """Makes the counters of a window right, and returns those that were wrong."""
    model, mended = window.model, list[Difference]()
    waiting = {difference.id for difference in check(window)}
    while waiting:
        # It never waits for a row while it holds another one, so that nobody's request ends in a deadlock.
        next_one = min(waiting)
        locked = _lock(model, waiting, skip_locked=True) or _lock(model, [next_one], skip_locked=False)
        wrong = _differences(model, _among(locked))
        _write(model, wrong)
        step()
        mended += wrong
        waiting -= locked or {next_one}
    return mended


def recount() -> Iterator[Difference]:
    """Makes every counter right, window by window, and yields those that were wrong."""
    for window in windows():
        yield from mend(window)


def discount(user_id: int) -> None:
    """Takes what a member did to others out of the others' counters, when the member is suspended.

    It locks posts first and then members, each in the order of their ids, as those do who like, answer and follow.
    """
    replies = sa.select(Post.parent_id).where(Post.author_id == user_id, Post.deleted_at.is_(None))
    replies = replies.where(Post.parent_id.is_not(None))
    likes = sa.select(Like.post_id).where(Like.user_id == user_id)
    follows = sa.select(Follow.followed_id).where(Follow.follower_id == user_id)
    followers = sa.select(Follow.follower_id).where(Follow.followed_id == user_id)
    for model, rows in ((Post, (replies, likes)), (User, (follows, followers))):
        held = sa.select(model.id).where(model.id.in_(sa.union(*rows))).order_by(model.id)
        db.session.execute(held.with_for_update(key_share=True)).all()
    _subtract(Post.reply_count, replies)
    _subtract(Post.like_count, likes)
    _subtract(User.follower_count, follows)
    _subtract(User.following_count, followers)


def _subtract(counter: Any, ids: sa.Select[Any]) -> None:
    """Takes from a counter of each row as much as its id occurs in a query."""
    model, (id,) = counter.class_, ids.selected_columns
    counted = ids.with_only_columns(id.label("id"), sa.func.count().label("number")).group_by(id).subquery()
    number = sa.select(counted.c.number).where(counted.c.id == model.id).scalar_subquery()
    change = sa.update(model).where(model.id.in_(ids)).values({counter: counter - number})
    db.session.execute(change.execution_options(synchronize_session=False))


def _ends(model: Any, first: int) -> sa.Select[Any]:
    """Returns the query of the next window's last id; no row when nothing is left."""
    ids = sa.select(model.id).where(model.id >= first).order_by(model.id).limit(WINDOW).subquery()
    last = sa.func.max(ids.c.id)
    return sa.select(last.label("last")).having(last.is_not(None))


def _among(ids: set[int]) -> Some:
    return lambda column: column.in_(ids)


def _differences(model: Any, some: Some) -> list[Difference]:
    """Compares some rows in one statement.

    Each kind is counted as a set. A subquery for each row would be as fast, but where the planner has no statistics
    yet, as after a bulk load, it may read the whole table for each row.
    """
    query = sa.select(model.id).where(some(model.id)).order_by(model.id)
    wrong = []
    for counter, (owner, where) in _COUNTED[model].items():
        counts = sa.select(owner.label("owner"), sa.func.count().label("number")).where(where, some(owner))
        found = counts.group_by(owner).subquery()
        number = sa.func.coalesce(found.c.number, 0)
        query = query.add_columns(counter, number).outerjoin(found, found.c.owner == model.id)
        wrong.append(counter != number)
    return [
        Difference(model.__tablename__, counter.key, row[0], row[place], row[place + 1])
        for row in db.session.execute(query.where(sa.or_(*wrong)))
        for place, counter in zip(range(1, len(row), 2), _COUNTED[model], strict=True)
        if row[place] != row[place + 1]
    ]


def _lock(model: Any, ids: Iterable[int], skip_locked: bool) -> set[int]:
    rows = sa.select(model.id).where(model.id.in_(ids)).order_by(model.id)
    return set(db.session.scalars(rows.with_for_update(key_share=True, skip_locked=skip_locked)))


def _write(model: Any, differences: list[Difference]) -> None:
    table = model.__table__
    for counter in _COUNTED[model]:
        rows = [
            {"row": each.id, "counted": each.counted} for each in differences if each.counter == counter.key
        ]
        right = sa.update(table).where(table.c.id == sa.bindparam("row"))
        if rows:
            db.session.connection().execute(right.values({counter.key: sa.bindparam("counted")}), rows)
