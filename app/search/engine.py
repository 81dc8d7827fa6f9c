"""What every search engine can do, in values that know no feature of the site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol

from app.search.plan import EVERYTHING, Node, Plan
from app.search.tuning import Tuning

_ID_BITS = 31
_LAST_SECOND = 2**32 - 1


class SearchDown(Exception):
    """The engine is away, too slow, or has no index to answer from; the message says which, for the log."""


class NotReady(SearchDown):
    """The engine answers, but its index has to be built first, or lacks what Korean text needs."""


class Mark(NamedTuple):
    """Says up to where an index was told; the database has the same.

    Attributes:
        number: counts up; an older mark never replaces a newer one.
        token: nobody else has it, so that another database with the same number is told apart.
    """

    number: int
    token: str


class Document(NamedTuple):
    """What an engine keeps of a row.

    Attributes:
        id: the row's.
        revision: counts the row's changes; an older one never replaces a newer one.
        moment: when the row was made, in seconds since 1970.
        text: running text, searched by words.
        names: short names, found by their beginnings, their initial consonants and in spite of typing errors.
        terms: exact values to filter by, such as ``lang:ko``.
        weight: how much it counts where no words tell rows apart.
    """

    id: int
    revision: int
    moment: int
    text: str = ""
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    weight: int = 0

    @property
    def place(self) -> int:
        """Where it stands when the newest come first: no two documents of an index have the same."""
        return place_at(self.moment, self.id)


def place_at(moment: int, id: int = 0) -> int:
    """Returns the place of a document: the second, and within it the id; 63 bits reach to the year 2106."""
    return (min(max(moment, 0), _LAST_SECOND) << _ID_BITS) | (id & ((1 << _ID_BITS) - 1))


def moment_of(place: int) -> int:
    """Returns the second that a place stands for, since 1970."""
    return place >> _ID_BITS


class Order(Enum):
    """What comes first.

    Attributes:
        RELEVANCE: what fits best, new rather than old where two fit alike.
        NEWEST: what was made last.
        WEIGHT: what weighs most.
    """

    RELEVANCE = "relevance"
    NEWEST = "newest"
    WEIGHT = "weight"


@dataclass(frozen=True)
class Hit:
    """A document that was found.

    Attributes:
        id: the row's.
        score: how well it fits by relevance; 0.0 in the other orders.
        place: ``Document.place``.
    """

    id: int
    score: float
    place: int


@dataclass(frozen=True)
class Health:
    """How an engine is.

    Attributes:
        engine: its name.
        analysis: what takes Korean words apart, with its version.
        documents: how many each index holds.
        generation: what the index that answers now is called, or None while there is none.
        problem: what is wrong and what to do, or None.
        is_stale: whether a new generation would mend it.
    """

    engine: str
    analysis: str
    documents: dict[str, int] = field(default_factory=dict)
    generation: str | None = None
    problem: str | None = None
    is_stale: bool = False


class Build(Protocol):
    """A new generation of all indexes, made beside the one that answers.

    Attributes:
        name: the generation's name, under which it is found again after an interruption.
    """

    name: str

    def put(self, index: str, documents: Sequence[Document]) -> None:
        """Adds documents or replaces them unless theirs is the older revision.

        Raises:
            SearchDown: not all of them were taken.
        """
        ...

    def drop(self, index: str, gone: Iterable[tuple[int, int]]) -> None:
        """Takes out documents, given as ids and revisions."""
        ...

    def prepare(self) -> None:
        """Does what takes long before the new generation can answer; documents may still come, but not many."""
        ...

    def finish(self, mark: Mark) -> None:
        """Lets the new generation answer, in one step and with that mark, and removes the others."""
        ...

    def abandon(self) -> None:
        """Removes the unfinished generation."""
        ...

    def close(self) -> None:
        """Ends the processes that have helped; what was put stays, and the build can be gone on with."""
        ...


class Engine(Protocol):
    """A full-text engine over several indexes, each named by the table it mirrors.

    Every method raises ``SearchDown`` when the engine cannot answer in time.
    """

    name: str

    def put_many(self, index: str, documents: Sequence[Document]) -> None:
        """Adds documents or replaces them, so that they are found when this returns; an older revision than the one
        that stands there changes nothing.
        """
        ...

    def drop_many(self, index: str, gone: Sequence[tuple[int, int]]) -> None:
        """Takes out documents, given as ids and revisions, so that nothing finds or suggests them any more."""
        ...

    def search(
        self,
        index: str,
        plan: Plan,
        *,
        limit: int,
        order: Order = Order.RELEVANCE,
        after: Hit | None = None,
        now: int = 0,
    ) -> list[Hit]:
        """Returns the hits that follow ``after``.

        Args:
            index: which one.
            plan: what to find.
            limit: how many at most.
            order: what comes first.
            after: the last hit of the page before.
            now: the second since 1970 from which age is counted; the same for all pages of one search.
        """
        ...

    def suggest(self, index: str, start: str, *, limit: int, within: Node = EVERYTHING) -> list[str]:
        """Returns words of an index's texts that begin like this, the most used first.

        Args:
            index: whose words.
            start: what was typed: syllables, of which the last may be unfinished, or initial consonants.
            limit: how many at most.
            within: only words of documents that match this.
        """
        ...

    def similar(self, index: str, word: str, *, limit: int, within: Node = EVERYTHING) -> list[str]:
        """Returns words of an index's texts at most two keystrokes away, the nearest first, then the most used.

        The word itself is the first when a document has it.
        """
        ...

    def explain(self, index: str, plan: Plan, id: int) -> str:
        """Returns the engine's own account of how a document matches, or an empty text when it does not."""
        ...

    def revisions(self, index: str, after: int, limit: int) -> list[tuple[int, int]]:
        """Returns ids behind ``after``, in order, with the revisions that stand in the index."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Lets one process at a time change the index, where the engine itself does not see to that."""
        ...

    def tuning(self) -> Tuning:
        """Returns the site's own words as the generation that answers has them."""
        ...

    def build(self, tuning: Tuning, name: str | None = None) -> Build:
        """Begins a new generation, or goes on with the one of that name if it is still there.

        Args:
            tuning: the site's own words; one that goes on keeps those it began with.
            name: ``Build.name`` of the one to go on with.

        Raises:
            NotReady: the engine lacks what Korean text needs; the message says what to install.
        """
        ...

    def generation(self) -> str | None:
        """Returns the name of the generation that answers at this moment, or None while there is none."""
        ...

    def mark(self, *, glance: bool = False) -> Mark | None:
        """Returns the mark of the generation that answers at this moment, or None while it has none.

        Args:
            glance: whether the generation may be the one that answered a few seconds ago, which costs less.

        Raises:
            NotReady: no generation answers.
        """
        ...

    def set_mark(self, mark: Mark) -> None:
        """Marks the generation that answers, unless it has a newer mark."""
        ...

    def discard(self) -> None:
        """Lets no generation answer until a new one is built."""
        ...

    def health(self) -> Health:
        """Tells how the engine is; never raises."""
        ...
