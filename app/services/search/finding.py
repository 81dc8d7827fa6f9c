"""Searching: asks the engine, and lets the policy decide what of its answer this viewer sees and counts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app import policy
from app.extensions import db, search
from app.models import Post, Tag, User
from app.models.columns import now
from app.models.keyset import Page, Wanted, count
from app.models.mixins import SearchableMixin
from app.models.search_marks import trusted
from app.search import highlight, plan
from app.search.engine import Hit, Order, SearchDown
from app.search.morphemes import OwnWords
from app.search.query import parse
from app.services import posts as posts_service
from app.services import users
from app.services.search import hints, naming, places, resting
from app.services.search.budget import Budget
from app.services.search.filters import OPERATORS, Asked
from app.services.search.places import NEAR, STRICT, Place
from app.services.search.results import MOST_ON_TAB, Hint, Numbers, Results, Sort

FEW = 5
"""When fewer are found, near matches follow."""
MOST_COUNTED = 1000
"""Where counting stops: nobody reads further, and each row has to be asked of the policy."""
_ROUNDS = 5  # How often the engine is asked again for a page of which the viewer may not see everything.
_ORDERS = {Sort.RELEVANCE: Order.RELEVANCE, Sort.NEWEST: Order.NEWEST}
_NAMED = 6.0  # What a name that begins like the query adds to the score of a person or tag.


def posts(
    text: str,
    viewer: Any,
    wanted: Wanted,
    sort: Sort = Sort.RELEVANCE,
    budget: Budget | None = None,
) -> Results[Post]:
    """Returns a page of the posts that a query finds.

    Args:
        text: what was typed.
        viewer: who asks.
        wanted: which page; numbers mean nothing here, and a total stays unknown beyond ``MOST_COUNTED``.
        sort: what stands first.
        budget: the time of the whole page, where it asks for more than this.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    place = places.parse(wanted.cursor) if wanted.cursor else None
    budget = budget or Budget()
    asked = Asked(text, viewer)
    if asked.query.is_empty:
        return Results(asked.query.source.strip(), notes=tuple(asked.notes))
    visible = posts_service.shown_to(viewer)
    try:
        return _posts(asked, Finder(Post, asked, visible, budget, _ORDERS[sort]), place, wanted, viewer)
    except SearchDown as error:
        _log(error)
        return resting.posts(asked, viewer, wanted.per_page)


def people(text: str, viewer: Any, wanted: Wanted, budget: Budget | None = None) -> Results[User]:
    """Returns a page of the people whose name, or what they tell about themselves, a query finds.

    The arguments and errors are those of ``posts``.
    """
    return _named(Naming(text, viewer, User, users.listed_to(viewer), "@＠", budget or Budget()), wanted)


def tags(text: str, viewer: Any, wanted: Wanted, budget: Budget | None = None) -> Results[Tag]:
    """Returns a page of the tags whose name a query finds; the arguments and errors are those of ``posts``."""
    return _named(Naming(text, viewer, Tag, policy.visible_tags(viewer), "#＃", budget or Budget()), wanted)


def numbers(text: str, viewer: Any, budget: Budget) -> Numbers:
    """Returns how many posts, people and tags a query finds for this viewer, up to ``MOST_ON_TAB`` and one more.

    What the engine does not tell in time stays unknown.
    """
    if budget.is_spent:
        return Numbers()
    asked = Asked(text, viewer)
    if asked.query.is_empty:
        return Numbers()
    asks: dict[str, Callable[[], int]] = {
        "posts": lambda: Finder(Post, asked, posts_service.shown_to(viewer), budget).number(),
        "people": lambda: Naming(text, viewer, User, users.listed_to(viewer), "@＠", budget).number(),
        "tags": lambda: Naming(text, viewer, Tag, policy.visible_tags(viewer), "#＃", budget).number(),
    }
    found: dict[str, int] = {}
    try:
        for name, ask in asks.items():
            if budget.is_spent:
                break
            found[name] = ask()
    except SearchDown as error:
        _log(error)
    return Numbers(**found)


class Finder:
    """Fetches pages of one search.

    Args:
        model: what is searched.
        asked: what was typed.
        visible: the query of the rows that the viewer may see.
        budget: the time of the page.
        order: what stands first.
        change: makes a plan fit what is searched.
    """

    def __init__(
        self,
        model: type[SearchableMixin],
        asked: Asked,
        visible: sa.Select[Any],
        budget: Budget,
        order: Order = Order.RELEVANCE,
        change: Callable[[plan.Plan], plan.Plan] = lambda made: made,
    ) -> None:
        self._model, self._visible, self._order, self.budget = model, visible, order, budget
        self._id: Any = model.id
        synonyms = search.engine.tuning().synonyms
        budget.require()
        trusted()
        budget.require()
        # Near matches are asked for where there are few others, so their plan is made when they are.
        self._plans: dict[str, Callable[[], plan.Plan]] = {
            STRICT: lambda: change(plan.strict(asked.query, asked.resolve, synonyms)),
            NEAR: lambda: plan.near(asked.query, asked.resolve, synonyms),
        }

    def fill(self, place: Place, room: int) -> tuple[list[Any], Place | None]:
        """Returns up to so many rows from a place on, and where the next ones begin, or None behind the last."""
        rows: list[Any] = []
        asked = self._plans[place.stage]()
        for _ in range(_ROUNDS):
            wanted = room - len(rows) + 1
            hits = self._model.hits(asked, limit=wanted, order=self._order, after=place.after, now=place.now)
            taken = hits[: wanted - 1]
            rows += self._rows(taken)
            if len(hits) < wanted:
                return rows, None
            place = Place(place.now, place.stage, taken[-1])
            if len(rows) >= room or self.budget.is_spent:
                break
        return rows, place

    def count(self, with_near: bool = True) -> int | None:
        """Returns how many rows the viewer may see on all pages, or None when they are too many to be counted.

        Args:
            with_near: whether near matches follow where there are few others.
        """
        start = Place(int(now().timestamp()))
        strict = self._count(start)
        if strict is None or strict >= FEW or not with_near:
            return strict
        near = self._count(replace(start, stage=NEAR))
        return None if near is None else strict + near

    def _count(self, start: Place) -> int | None:
        asked = self._plans[start.stage]()
        hits = self._model.hits(asked, limit=MOST_COUNTED + 1, order=self._order, now=start.now)
        if len(hits) > MOST_COUNTED:
            return None
        return count(self._visible.where(self._id.in_([hit.id for hit in hits])))

    def number(self) -> int:
        """Returns how many rows the viewer may see that match strictly, at most one more than ``MOST_ON_TAB``."""
        hits = self._model.hits(self._plans[STRICT](), limit=MOST_COUNTED, order=Order.NEWEST)
        if not hits:
            return 0
        seen = self._visible.where(self._id.in_([hit.id for hit in hits]))
        return count(seen.limit(MOST_ON_TAB + 1))

    def _rows(self, hits: Sequence[Hit]) -> list[Any]:
        seen = self._visible.where(self._id.in_([hit.id for hit in hits]))
        found = {row.id: row for row in db.session.scalars(seen).unique()} if hits else {}
        return [found[hit.id] for hit in hits if hit.id in found]


def _posts(asked: Asked, finder: Finder, place: Place | None, wanted: Wanted, viewer: Any) -> Results[Post]:
    start = place or Place(int(now().timestamp()))
    rows, following, near_from = _page(finder, start, wanted.per_page)
    hint = Hint()

    def in_time() -> bool:
        return not finder.budget.is_spent

    if start.is_first and len(rows if near_from is None else rows[:near_from]) < FEW:
        hint = hints.find(asked, rows, near_from, in_time)
    own = OwnWords(search.engine.tuning().words)
    return Results(
        asked.query.source.strip(),
        _between(rows, start, following, finder.count() if wanted.with_total and in_time() else None),
        {row.id: highlight.spans(row.body, asked.query, own) for row in rows},
        near_from,
        asked.chips,
        tuple(asked.notes),
        hint,
        naming.above(asked.query, viewer) if start.is_first and in_time() else (),
    )


def _page(finder: Finder, start: Place, per_page: int) -> tuple[list[Any], Place | None, int | None]:
    """Returns a page's rows, where the next page begins, and from where on its rows are near matches."""
    rows, following = finder.fill(start, per_page)
    if start.stage == NEAR:
        return rows, following, 0
    if following is not None or not start.is_first or len(rows) >= FEW:
        return rows, following, None
    behind = Place(start.now, NEAR)
    if len(rows) == per_page or finder.budget.is_spent:
        return rows, behind, None
    near, following = finder.fill(behind, per_page - len(rows))
    return rows + near, following, len(rows) if near else None


def _between(rows: list[Any], start: Place, following: Place | None, total: int | None) -> Page[Any]:
    """Returns rows as a page that knows its neighbours."""
    behind = following.behind(start).cursor() if following else None
    before = start.before.cursor() if start.before else None
    return Page(rows, behind, before, total)


class Naming:
    """A search of what is mostly known by its name; filters of posts say nothing about it and are left aside.

    Args:
        text: what was typed.
        viewer: who asks.
        model: what is searched.
        visible: the query of the rows that the viewer may see.
        signs: what may stand before a name.
        budget: the time of the page.
    """

    def __init__(
        self, text: str, viewer: Any, model: Any, visible: sa.Select[Any], signs: str, budget: Budget
    ) -> None:
        query = parse(text, OPERATORS)
        self._budget = budget
        self.text = query.source.strip()
        self.name = (query.text or query.source).strip().lstrip(signs)
        self.model, self.visible = model, visible
        self._plain = Asked(self.name, viewer)

    def finder(self) -> Finder:
        """Returns what fetches the rows."""
        start = plan.Start(self.name)

        def by_name(made: plan.Plan) -> plan.Plan:
            return plan.Plan(plan.Some((made.gate, start)), made.text, (*made.boosts, (start, _NAMED)))

        return Finder(self.model, self._plain, self.visible, self._budget, change=by_name)

    def number(self) -> int:
        """Returns ``Finder.number``."""
        return self.finder().number() if self.name else 0

    def other_keyboard(self) -> str | None:
        """Returns what the same keys give in the other input mode, if that names something the viewer may see."""

        def finds(other: str) -> bool:
            ids = [hit.id for hit in self.model.hits(plan.named(other), limit=FEW, order=Order.WEIGHT)]
            return bool(ids) and count(self.visible.where(self.model.id.in_(ids))) > 0

        return hints.other_keyboard(self._plain.query, finds)


def _named(sought: Naming, wanted: Wanted) -> Results[Any]:
    place = places.parse(wanted.cursor) if wanted.cursor else None
    if not sought.name:
        return Results(sought.text)
    try:
        finder = sought.finder()
        start = place or Place(int(now().timestamp()))
        rows, following = finder.fill(start, wanted.per_page)
        total = finder.count(with_near=False) if wanted.with_total and not finder.budget.is_spent else None
        keyboard = None if rows or not start.is_first or finder.budget.is_spent else sought.other_keyboard()
    except SearchDown as error:
        _log(error)
        return resting.named(sought.text, sought.model, sought.visible, sought.name, wanted.per_page)
    return Results(sought.text, _between(rows, start, following, total), hint=Hint(other_keyboard=keyboard))


def _log(error: SearchDown) -> None:
    current_app.logger.warning("Search rests", extra={"reason": str(error)})
