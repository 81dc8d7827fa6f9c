"""Makes what was ordered, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import sqlalchemy as sa

from app.extensions import db
from app.models import User
from app.services import bulk, counters
from app.services.generation.population import People, follow, join
from app.services.generation.timeline import Timeline
from app.transaction import step


@dataclass(frozen=True)
class Order:
    """What to make.

    Attributes:
        users: how many people.
        posts: how many posts and replies, all by them.
        follows: how many of them each one follows.
        seed: the same seed makes the same people, texts and likes.
        password_hash: what all of them sign in with (``passwords.keep``).
    """

    users: int
    posts: int
    follows: int
    seed: int
    password_hash: str

    @property
    def follows_each(self) -> int:
        """How many others each one can follow."""
        return min(self.follows, self.users - 1)

    @property
    def size(self) -> int:
        """How many people, follows and posts it is, all told."""
        return self.users + self.users * self.follows_each + self.posts


def generate(order: Order) -> Iterator[int]:
    """Makes what was ordered, beside what is there, and yields after each step how many rows it has made.

    When it is interrupted, what was yielded stays. The counters are right at the end, or after ``counters.recount``.

    Args:
        order: at least one user.
    """
    chance = Random(order.seed)  # noqa: S311 - nothing secret comes of it, and it must come again
    people = People()
    bulk.make_room()
    yield from join(people, order.users, order.password_hash, chance)
    yield from follow(people, order.follows_each, chance)
    yield from Timeline(people, order.posts, chance).write()
    for window in counters.windows_of(User, people.ids[0]):
        counters.mend(window)
    _refresh_statistics()


def _refresh_statistics() -> None:
    """Lets PostgreSQL look at what it holds now; it would do so by itself, but after the first slow queries."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("ANALYZE"))
        step()
