"""Words to ask for, each with the posts that hold it.

A word is one that the analyser reads so when it stands alone, as somebody types it: 함 and 조아 are no nouns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.search.truth import Reader, Truth

MOST = 0.05
"""In such a share of the posts a word may be, at most."""
EACH = 300

_reader = Reader()


@dataclass(frozen=True)
class Chosen:
    """Chooses the words that are asked for.

    Attributes:
        truth: what they are chosen from.
        seed: makes the same choice.
        least: in so many posts a word must be.
    """

    truth: Truth
    seed: int
    least: int

    def usual(self, found: list[int]) -> bool:
        """Whether a word of these posts is neither rare nor everywhere."""
        return self.least <= len(found) <= MOST * self.truth.posts

    def some(self, words: Iterable[Any], fits: Callable[[Any], bool]) -> list[Any]:
        """Returns some of the words that fit."""
        found = sorted(words)
        Random(self.seed).shuffle(found)
        return [word for word in found[: 3 * EACH] if fits(word)][:EACH]


@dataclass(frozen=True)
class Asked:
    """What somebody types, the posts that hold it, and those of which that is left open."""

    text: str
    truth: frozenset[int]
    open: frozenset[int] = frozenset()


def nouns(chosen: Chosen, least: int, most: int = 99) -> list[Asked]:
    """Returns nouns of so many syllables."""
    truth = chosen.truth
    usual = [
        noun for noun, found in truth.nouns.items() if chosen.usual(found) and least <= len(noun) <= most
    ]
    return [
        Asked(noun, truth.noun(noun), truth.open(noun)) for noun in chosen.some(usual, _reader.reads_noun)
    ]


def verbs(chosen: Chosen) -> list[Asked]:
    """Returns verbs and adjectives by their dictionary form."""
    usual = [word for word, found in chosen.truth.verbs.items() if chosen.usual(found)]
    return [
        Asked(word, frozenset(chosen.truth.verbs[word])) for word in chosen.some(usual, _reader.reads_verb)
    ]


def compounds(chosen: Chosen) -> list[tuple[tuple[str, str], Asked]]:
    """Returns pairs of nouns that somebody wrote without a space, each typed so."""
    truth = chosen.truth
    usual = [pair for pair in truth.unspaced if chosen.usual(truth.pairs[pair])]
    return [
        (pair, Asked("".join(pair), truth.compound(pair), truth.open("".join(pair))))
        for pair in chosen.some(usual, _reader.reads_pair)
    ]
