"""What a search gives."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from app.models import User
from app.models.keyset import Page

T = TypeVar("T")


class Sort(Enum):
    """What stands first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True)
class Chip:
    """A filter that one can take out again.

    Attributes:
        label: the filter as it was typed.
        without: the query without it.
    """

    label: str
    without: str


@dataclass(frozen=True)
class Hint:
    """What to try when little or nothing was found.

    Attributes:
        did_you_mean: the query with words that people here write, or None.
        other_keyboard: what the same keys give in the other input mode, if that finds something.
        fewer: the query without one of its words, for each word without which something is found.
    """

    did_you_mean: str | None = None
    other_keyboard: str | None = None
    fewer: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """How many posts, people and tags a query finds, for the tabs; None where that is not known.

    Attributes:
        posts: what has all of the query; similar posts are not counted.
        people: members.
        tags: hashtags.
    """

    posts: int | None = None
    people: int | None = None
    tags: int | None = None


MOST_ON_TAB = 99
"""Where the numbers on tabs stop: one more stands for all that are beyond."""


@dataclass(frozen=True)
class Results(Generic[T]):
    """A page of what was found.

    Attributes:
        text: the query, as the search box shows it.
        page: the rows, and where the next ones begin.
        marks: by id, which letters of a post were found.
        near_from: from which place on the rows are near matches only; None when none are.
        chips: the query's filters.
        notes: what the reader should know about the query.
        hint: what to try instead.
        people: on the first page of posts, a few members whose name begins like the query.
        is_resting: whether the engine did not answer; the rows are what the database could give, newest first.
    """

    text: str
    page: Page[T] = field(default_factory=lambda: Page([]))
    marks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    near_from: int | None = None
    chips: tuple[Chip, ...] = ()
    notes: tuple[str, ...] = ()
    hint: Hint = field(default_factory=Hint)
    people: tuple[User, ...] = ()
    is_resting: bool = False
