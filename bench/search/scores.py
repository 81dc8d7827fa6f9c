"""Counts what was found of what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from statistics import mean

from bench.search.words import Asked

HEAD = ("", "asked", "recall", "precision", "recall (macro)", "precision (macro)")


@dataclass
class Score:
    """Right, missed and wrong posts of each query; recall and precision are over all of them (micro), and means."""

    name: str
    cases: list[tuple[str, Set[int], Set[int]]] = field(default_factory=list)

    def note(self, asked: Asked, found: Set[int]) -> None:
        """Counts a query; of what is left open, nothing counts."""
        self.cases.append((asked.text, asked.truth, found - (asked.open - asked.truth)))

    @property
    def row(self) -> list[str]:
        """The score as a line of a table."""
        right = sum(len(truth & found) for _, truth, found in self.cases)
        there = sum(len(truth) for _, truth, _ in self.cases)
        found = sum(len(found) for _, _, found in self.cases)
        recalls = [len(truth & found) / len(truth) for _, truth, found in self.cases]
        precisions = [len(truth & found) / len(found) for _, truth, found in self.cases if found]
        values = (right / there, right / max(found, 1), mean(recalls), mean(precisions))
        return [self.name, str(len(self.cases)), *(f"{value:.3f}" for value in values)]

    def show(self, texts: Mapping[int, str], most: int) -> None:
        """Prints some posts that were missed, and some that were wrong, one of a query at most."""
        for title, minus in (("missed", _missed), ("wrong", _wrong)):
            failures = [(text, min(ids)) for text, truth, found in self.cases if (ids := minus(truth, found))]
            if failures:
                print(f"\n{self.name}: {title}")
            for text, id in failures[:: max(len(failures) // most, 1)][:most]:
                print(f"  {text} | {texts[id]}")


def score(name: str, asked: Sequence[Asked], find: Callable[[str], Set[int]]) -> Score:
    """Returns how well something finds these words."""
    made = Score(name)
    for one in asked:
        made.note(one, find(one.text))
    return made


def _missed(truth: Set[int], found: Set[int]) -> Set[int]:
    return truth - found


def _wrong(truth: Set[int], found: Set[int]) -> Set[int]:
    return found - truth
