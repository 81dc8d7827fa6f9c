"""Says who writes each made-up post, and what it answers, before anything is written."""

from collections import deque
from collections.abc import Iterable, Iterator
from random import Random

REPLIES = 0.2
MEMORY = 20_000
"""How many posts back a reply may look; so much is kept, however many posts there are."""
_BACK = 300  # The mean distance between a post and a reply to it, in posts.
_HOT = 0.5  # How many replies go where another one went lately: a few threads grow long (a Simon process).
_LATELY = 200


class Planned:
    """A post that will be written.

    Attributes:
        number: its place among all, from 0.
        author: the author's place among the people.
        parent: the number of the post that it answers, or -1.
        parent_author: the author of that post.
        replies: how many answers it will have.
    """

    __slots__ = ("author", "number", "parent", "parent_author", "replies")

    def __init__(self, number: int, author: int) -> None:
        self.number = number
        self.author = author
        self.parent = self.parent_author = -1
        self.replies = 0


def plan(chance: Random, count: int, authors: Iterable[int]) -> Iterator[Planned]:
    """Yields the posts in their order, each when no later one can answer it any more.

    Args:
        chance: where the numbers come from.
        count: how many posts.
        authors: the places of people, without end.
    """
    waiting: deque[Planned] = deque()
    lately: deque[int] = deque(maxlen=_LATELY)
    for number, author in zip(range(count), authors, strict=False):
        post = Planned(number, author)
        waiting.append(post)
        if number and chance.random() < REPLIES:
            _answer(chance, post, waiting, lately)
        if len(waiting) > MEMORY:
            yield waiting.popleft()
    yield from waiting


def _answer(chance: Random, post: Planned, waiting: deque[Planned], lately: deque[int]) -> None:
    first = waiting[0].number
    if lately and chance.random() < _HOT:
        post.parent = chance.choice(lately)
    else:
        post.parent = post.number - 1 - int(chance.expovariate(1 / _BACK))
    post.parent = min(max(post.parent, first), post.number - 1)
    lately.append(post.parent)
    parent = waiting[post.parent - first]
    parent.replies += 1
    post.parent_author = parent.author
