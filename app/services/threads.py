"""Conversations: what a post answers, and the replies below it, in pieces of bounded size."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import policy
from app.exceptions import NotFound
from app.extensions import db
from app.models import Post, User
from app.models.keyset import PER_PAGE, BadCursor, Keyset, Page, Wanted, make_cursor
from app.services import posts, users

MOST_ANCESTORS = 20
MOST_DIGITS = 20  # Of an id.
MOST_PIECES = (
    100  # So many a cursor remembers; from further up there is no way back to those it has forgotten.
)
SHOWN_BELOW = (
    3,
    2,
)  # How many replies to a reply are shown, and how many below those; the rest is a page away.

OLDEST_FIRST = Keyset(Post.created_at, Post.id, oldest_first=True)
NEWEST_FIRST = Keyset(Post.created_at, Post.id)


@dataclass
class Node:
    """A reply and the first replies to it.

    Attributes:
        post: the reply; a deleted one shows only its place.
        children: what answers it, oldest first.
        more: whether there are answers that are not shown here.
    """

    post: Post
    children: list["Node"] = field(default_factory=list)
    more: bool = False


def open_at(post_id: int, viewer: Any) -> list[Post]:
    """Returns a post behind what it answers, the conversation's beginning first: the nearest twenty posts above it.

    Raises:
        NotFound: there is no such post that the viewer may see.
    """
    chain = _chain(post_id, viewer, MOST_ANCESTORS + 1)
    if not chain or not policy.may_read(viewer, chain[-1]):
        raise NotFound
    return chain


def way_up(post: Post, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns a piece of the way from a post up to the beginning of its conversation; each piece reads downwards.

    A cursor holds the ids with which the pieces below this one end, and this one's own.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    ends = _ends(wanted.cursor) if wanted.cursor else [post.id]
    chain = _chain(ends[-1], viewer, wanted.per_page)
    above = chain[0].parent_id if chain else None
    total = (
        db.session.scalar(sa.select(sa.func.count()).select_from(_up(post.id))) if wanted.with_total else None
    )
    return Page(chain, _way([*ends, above]) if above else None, _way(ends[:-1]) if ends[1:] else None, total)


def _ends(cursor: str) -> list[int]:
    ends = cursor.split("_")
    if not all(end.isascii() and end.isdigit() and len(end) < MOST_DIGITS for end in ends):
        raise BadCursor
    return [int(end) for end in ends]


def _way(ends: list[int]) -> str:
    return "_".join(map(str, ends[-MOST_PIECES:]))


def _chain(post_id: int, viewer: Any, most: int) -> list[Post]:
    """Returns a post behind what it answers, so many posts at most."""
    up = _up(post_id, most)
    query = _with_details(viewer).join(up, up.c.id == Post.id).order_by(up.c.height.desc())
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _up(post_id: int, most: int | None = None) -> sa.CTE:
    """Returns the ids of a post and of all that it answers, and how high each stands."""
    start = sa.select(Post.id, Post.parent_id, sa.literal(0).label("height")).where(Post.id == post_id)
    up = start.cte("up", recursive=True)
    above = sa.select(Post.id, Post.parent_id, up.c.height + 1).join(up, Post.id == up.c.parent_id)
    return up.union_all(above if most is None else above.where(up.c.height < most - 1))


def replies(post: Post, viewer: Any, cursor: str | None, newest_first: bool) -> Page[Node]:
    """Returns one page of the replies to a post, each with the first replies below it, in one statement.

    Args:
        post: the post that is answered.
        viewer: who looks.
        cursor: where to go on, or None for the first page.
        newest_first: the order of the direct replies; those below them are always oldest first.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    order = NEWEST_FIRST if newest_first else OLDEST_FIRST
    direct = (
        order.after(_places(viewer).where(Post.parent_id == post.id), cursor)
        .limit(PER_PAGE + 1)
        .cte("direct")
    )
    levels, above = [sa.select(direct.c.id)], direct
    for number, shown in enumerate(SHOWN_BELOW):
        above = _first_below(above, shown + 1, viewer).cte(f"below_{number}")
        levels.append(sa.select(above.c.id))
    wanted = _with_details(viewer).where(Post.id.in_(sa.union_all(*levels)))
    found = db.session.execute(wanted.add_columns(_has_readable_below(viewer))).all()
    return _arrange(post, found, newest_first)


def answers(post: Post, viewer: Any, wanted: Wanted) -> Page[Post]:
    """Returns one page of what answers a post directly and can be read, the oldest first.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    query = posts.shown_to(viewer).where(Post.parent_id == post.id)
    return OLDEST_FIRST.page(query, wanted, lambda reply: (reply.created_at, reply.id))


def _places(viewer: Any) -> sa.Select[Any]:
    """Returns the query of the posts that have a place in a conversation: they can be read, or something below can."""
    readable = sa.and_(*policy.is_readable(viewer))
    return sa.select(Post.id).join(Post.author).where(sa.or_(readable, _has_readable_below(viewer)))


def _has_readable_below(viewer: Any) -> sa.ColumnElement[bool]:
    """Returns whether the viewer can read something below a post of a query, directly or below what cannot be read.

    It walks down through unreadable posts alone, which are few, and ends at the first post that can be read.
    """

    def level() -> tuple[Any, sa.Select[Any]]:
        post: Any = so.aliased(Post)
        author = so.aliased(User)
        readable = sa.and_(*policy.is_readable(viewer, post, author)).label("readable")
        return post, sa.select(post.id, readable).join(author, author.id == post.author_id)

    first, direct = level()
    walk = direct.where(first.parent_id == Post.id).correlate(Post).cte("walk", recursive=True, nesting=True)
    deeper, below = level()
    walk = walk.union_all(below.join(walk, walk.c.id == deeper.parent_id).where(~walk.c.readable))
    return sa.select(walk.c.id).where(walk.c.readable).exists()


def _first_below(above: Any, most: int, viewer: Any) -> sa.Select[Any]:
    turn = (
        sa.func.row_number()
        .over(partition_by=Post.parent_id, order_by=(Post.created_at, Post.id))
        .label("turn")
    )
    ranked = _places(viewer).add_columns(turn).where(Post.parent_id.in_(sa.select(above.c.id))).subquery()
    return sa.select(ranked.c.id).where(ranked.c.turn <= most)


def _with_details(viewer: Any) -> sa.Select[Any]:
    author = so.contains_eager(Post.author).options(*users.bonds_with(viewer))
    return sa.select(Post).join(Post.author).options(author, *posts.details_for(viewer))


def _arrange(root: Post, found: Any, newest_first: bool) -> Page[Node]:
    children: dict[int | None, list[Node]] = {}
    for post, goes_on in sorted(found, key=lambda row: (row.Post.created_at, row.Post.id)):
        children.setdefault(post.parent_id, []).append(Node(post, more=goes_on))
    direct = children.get(root.id, [])
    if newest_first:
        direct.reverse()
    page = Page(direct[:PER_PAGE])
    if len(direct) > PER_PAGE:
        last = page.items[-1].post
        page = Page(page.items, make_cursor(last.created_at, last.id))
    for node in page:
        _hang(node, children, SHOWN_BELOW)
    return page


def _hang(node: Node, children: dict[int | None, list[Node]], shown: tuple[int, ...]) -> None:
    below = children.get(node.post.id, [])
    if not shown:
        return  # Whether there is more was asked with the post.
    node.children, node.more = below[: shown[0]], len(below) > shown[0]
    for child in node.children:
        _hang(child, children, shown[1:])
