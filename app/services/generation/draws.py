"""Seeded chance: few are chosen often and many seldom, and texts are put together from shipped lines."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from app import language
from app.services import texts

_AT_ONCE = 4096
_LONGEST_LINE = 90
_MOST_LINES = 3


class Skewed:
    """Draws places from 0 to size - 1: the n-th most popular with a chance in proportion to 1 / n ** steepness (Zipf).

    Args:
        chance: where the numbers come from.
        size: how many places.
        steepness: 0 makes all alike; 1 is a Zipf distribution in the narrow sense.
        mixed: whether popularity has nothing to do with the order of the places.
    """

    def __init__(self, chance: Random, size: int, steepness: float, mixed: bool = True) -> None:
        self._chance = chance
        self._places = list(range(size))
        if mixed:
            chance.shuffle(self._places)
        self._weights = [1 / rank**steepness for rank in range(1, size + 1)]
        self._sums = list(accumulate(self._weights))

    def __iter__(self) -> Iterator[int]:
        """Yields places without end."""
        while True:
            yield from self._chance.choices(self._places, cum_weights=self._sums, k=_AT_ONCE)

    def several(self, count: int) -> list[int]:
        """Returns different places, at most as many as there are."""
        if 4 * count < len(self._places):
            found: dict[int, None] = {}
            while len(found) < count:
                drawn = self._chance.choices(self._places, cum_weights=self._sums, k=count)
                found.update(dict.fromkeys(drawn))
            return list(found)[:count]
        # Drawing again and again would take long when nearly all are wanted; this draws without putting back
        # (Efraimidis and Spirakis, 2006).
        keys = [self._chance.random() ** (1 / weight) for weight in self._weights]
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=True)
        return [self._places[rank] for rank in order[:count]]


class Texts:
    """Puts posts and replies together from the shipped lines, each with its language.

    Args:
        chance: where the numbers come from.
    """

    def __init__(self, chance: Random) -> None:
        talks = [*texts.talks()]
        self._chance = chance
        self._opening = _with_language([*texts.reviews(), *(talk.question for talk in talks)])
        self._answers = _with_language([talk.answer for talk in talks])

    def opening(self) -> tuple[str, str]:
        """Returns the text of a post and its language."""
        lines = self._chance.choices(self._opening, k=self._chance.randint(1, _MOST_LINES))
        return " ".join([line for line, _ in lines]), lines[0][1]

    def answer(self) -> tuple[str, str]:
        """Returns the text of a reply and its language."""
        return self._chance.choice(self._answers)


def _with_language(lines: list[str]) -> list[tuple[str, str]]:
    return [(line, language.detect(line)) for line in lines if len(line) <= _LONGEST_LINE]
