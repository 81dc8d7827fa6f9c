"""What a site's indices and aliases are called, so that several sites share a cluster and none touches another's."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_GENERATION = re.compile(r"\d{14}-[0-9a-f]{6}")


@dataclass(frozen=True)
class Names:
    """The names of a site's indices.

    Every name that the site reads or writes is an alias; behind it stands an index of the generation that answers,
    which is called as its alias, with the generation's name behind it.

    Attributes:
        prefix: with which all of them begin.
        indexes: the indexes as the engine's callers name them.
        worded: those of them whose words are suggested.
    """

    prefix: str
    indexes: Sequence[str]
    worded: Sequence[str]

    def alias(self, index: str) -> str:
        """Returns under which name an index is read and written."""
        return f"{self.prefix}-{index}"

    def words(self, index: str) -> str:
        """Returns under which name the words of an index are read and written."""
        return f"{self.prefix}-{index}.words"

    @property
    def marks(self) -> str:
        """The name of the index that keeps the generations' marks."""
        return f"{self.prefix}-marks"

    @property
    def aliases(self) -> list[str]:
        """Every alias of the site."""
        return [*map(self.alias, self.indexes), *map(self.words, self.worded)]

    def generation_of(self, physical: str) -> str | None:
        """Returns to which generation an index of the cluster belongs, or None when it is not ours."""
        for alias in self.aliases:
            generation = physical.removeprefix(f"{alias}-")
            if generation != physical and _GENERATION.fullmatch(generation):
                return generation
        return None


def building(physical: str) -> str:
    """Returns the alias under which an index is filled until it answers.

    What is written under an alias alone cannot bring an index into being that somebody has just removed.
    """
    return f"{physical}.building"


def new_generation() -> str:
    """Returns a name for a new generation: the time, and something that nobody else has."""
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
